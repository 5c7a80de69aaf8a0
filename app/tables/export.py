"""An export to a file: what was asked, how far it has come, and until when its file is kept."""

from datetime import datetime

from tortoise import fields
from tortoise.models import Model


class Export(Model):
    """`document` is the stored filter, null for everyone; `options` are the caller's; `stored` names the file."""

    id = fields.BigIntField(primary_key=True)
    workspace_id = fields.BigIntField()
    name = fields.TextField()
    document: fields.JSONField[dict[str, object] | None] = fields.JSONField(null=True)
    options: fields.JSONField[dict[str, object]] = fields.JSONField()
    state = fields.TextField()
    stored = fields.TextField()
    attempts = fields.IntField(default=0)
    rows: fields.Field[int | None] = fields.BigIntField(null=True)
    bytes: fields.Field[int | None] = fields.BigIntField(null=True)
    problem = fields.TextField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    started_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    finished_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta:
        table = "export"
