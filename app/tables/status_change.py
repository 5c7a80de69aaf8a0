"""What happened to a contact's status: the consent history."""

from tortoise import fields
from tortoise.models import Model


class StatusChange(Model):
    """`previous` is null where the contact was created; `cause` is the event, `note` what the caller stated."""

    id = fields.BigIntField(primary_key=True)
    workspace_id = fields.BigIntField()
    contact_id = fields.BigIntField()
    previous = fields.TextField(null=True)
    status = fields.TextField()
    cause = fields.TextField()
    note = fields.TextField(null=True)
    import_id: fields.Field[int | None] = fields.BigIntField(null=True)
    changed_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "status_change"
