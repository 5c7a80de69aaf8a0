"""A custom field: a property of contacts that the workspace declared."""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model


class Field(Model):
    """`key` and `type` never change; `options` are a CHOICE's."""

    id = fields.BigIntField(primary_key=True)
    workspace_id = fields.BigIntField()
    key = fields.TextField()
    name = fields.TextField()
    type = fields.TextField()
    options = ArrayField(element_type="text")
    created_at = fields.DatetimeField(auto_now_add=True)
    archived_at = fields.DatetimeField(null=True)

    class Meta:
        table = "field"
