"""One call that changed something or took contacts out: who made it, on what, and what became of it."""

from tortoise import fields
from tortoise.models import Model


class AuditEntry(Model):
    """`token_id` is whose token it was, or `subject` whom an identity provider named; neither was the operator.

    PostgreSQL refuses to change a row, and to delete one that is younger than 90 days.
    """

    id = fields.BigIntField(primary_key=True)
    workspace_id = fields.BigIntField()
    token_id = fields.BigIntField(null=True)
    subject = fields.TextField(null=True)
    operation = fields.TextField()
    object_kind = fields.TextField(null=True)
    object_id = fields.BigIntField(null=True)
    outcome = fields.TextField()
    problem = fields.TextField(null=True)
    request_id = fields.TextField(null=True)
    happened_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "audit_entry"
