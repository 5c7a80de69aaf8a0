"""The receipt of a person's erasure: when, and how much of what went; nothing in it tells who it was."""

from datetime import datetime

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model


class Erasure(Model):
    """`hash` is the address's, as on the do-not-contact list; `removed` is null until traces have been sought.

    Imports up to `last_import_id` may have been running; `files` are those of exports that are still to be removed.
    """

    id = fields.BigIntField(primary_key=True)
    workspace_id = fields.BigIntField()
    hash = fields.CharField(max_length=64)
    last_import_id = fields.BigIntField()
    removed: fields.JSONField[dict[str, int] | None] = fields.JSONField(null=True)
    files = ArrayField(element_type="text")
    erased_at = fields.DatetimeField(auto_now_add=True)
    settled_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta:
        table = "erasure"
