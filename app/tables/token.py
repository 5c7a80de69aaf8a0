"""A key to one workspace; the secret is kept as its SHA-256 only."""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model


class Token(Model):
    """`prefix` is the start of the token as it was shown, to tell tokens apart."""

    id = fields.BigIntField(primary_key=True)
    workspace_id = fields.BigIntField()
    name = fields.TextField()
    prefix = fields.TextField()
    hash = fields.BinaryField()
    scopes = ArrayField(element_type="text")
    created_at = fields.DatetimeField(auto_now_add=True)
    expires_at = fields.DatetimeField(null=True)
    last_used_at = fields.DatetimeField(null=True)  # to the minute
    revoked_at = fields.DatetimeField(null=True)

    class Meta:
        table = "token"
