"""Addresses that must never be contacts again, kept as salted hashes alone."""

from tortoise import fields
from tortoise.models import Model


class DoNotContact(Model):
    """`hash` is the SHA-256, in hex, of the workspace's salt and the folded address; it outlives the contact."""

    hash = fields.CharField(max_length=64, primary_key=True)
    workspace_id = fields.BigIntField()
    cause = fields.TextField()
    added_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "do_not_contact"


class DoNotContactRemoval(Model):
    """What was taken off the list, why it had been on it, and how the person agreed."""

    id = fields.BigIntField(primary_key=True)
    workspace_id = fields.BigIntField()
    hash = fields.CharField(max_length=64)
    cause = fields.TextField()
    consent = fields.TextField()
    added_at = fields.DatetimeField()
    removed_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "do_not_contact_removal"
