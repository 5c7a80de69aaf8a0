"""A tag on contacts."""

from tortoise import fields
from tortoise.models import Model


class Label(Model):
    """`folded_name` is unique among the labels that are not archived."""

    id = fields.BigIntField(primary_key=True)
    workspace_id = fields.BigIntField()
    name = fields.TextField()
    folded_name = fields.TextField()
    created_at = fields.DatetimeField(auto_now_add=True)
    archived_at = fields.DatetimeField(null=True)

    class Meta:
        table = "label"
