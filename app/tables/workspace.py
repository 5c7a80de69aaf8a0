"""A tenant: everything else belongs to exactly one."""

from tortoise import fields
from tortoise.models import Model


class Workspace(Model):
    """`catalog_version` grows with every change of its fields, labels, segments or settings."""

    id = fields.BigIntField(primary_key=True)
    name = fields.TextField()
    time_zone = fields.TextField()
    salt = fields.BinaryField(null=True)  # chosen by PostgreSQL; see do_not_contact
    catalog_version = fields.BigIntField(default=1)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "workspace"
