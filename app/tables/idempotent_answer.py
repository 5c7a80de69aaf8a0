"""Answers to calls that may be sent again: the same call gets the same answer and changes nothing."""

from tortoise import fields
from tortoise.models import Model


class IdempotentAnswer(Model):
    """`input_hash` is the SHA-256 of what was asked; `answer` is null while that is being done."""

    key = fields.CharField(max_length=200, primary_key=True)
    workspace_id = fields.BigIntField()
    input_hash = fields.BinaryField()
    answer: fields.JSONField[object] = fields.JSONField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "idempotent_answer"
