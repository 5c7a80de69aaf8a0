"""An address that is told what happens, and the messages to it: those that wait, and those that were sent."""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model


class Webhook(Model):
    """`segment_ids` is null for all dynamic segments. The secret signs, so it is kept as it is.

    `previous_secret` signs too until `previous_until`. `failures` counts those since the last delivery, of which
    the first was at `failing_since`; nothing is sent before `paused_until`.
    """

    id = fields.BigIntField(primary_key=True)
    workspace_id = fields.BigIntField()
    name = fields.TextField()
    url = fields.TextField()
    types = ArrayField(element_type="text")
    segment_ids = ArrayField(element_type="bigint", null=True)
    secret = fields.TextField()
    previous_secret = fields.TextField(null=True)
    previous_until = fields.DatetimeField(null=True)
    is_enabled = fields.BooleanField(db_default=True)
    disabled_reason = fields.TextField(null=True)
    failures = fields.IntField(db_default=0)
    failing_since = fields.DatetimeField(null=True)
    paused_until = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    deleted_at = fields.DatetimeField(null=True)

    class Meta:
        table = "webhook"


class WebhookMessage(Model):
    """`content` is what happened to each of the contacts; nobody's address is in it.

    It is not sent before `due_at`, which whoever sends it moves on, so that a killed sender's is sent by another.
    `tries` counts since it was queued or asked for again, `attempts` tells of the last ones.
    """

    id = fields.BigIntField(primary_key=True)
    workspace_id = fields.BigIntField()
    webhook_id = fields.BigIntField()
    type = fields.TextField()
    segment_id = fields.BigIntField(null=True)
    contact_ids = ArrayField(element_type="bigint")
    content: fields.JSONField[list[dict[str, object]]] = fields.JSONField()
    state = fields.TextField()
    tries = fields.IntField(db_default=0)
    attempts: fields.JSONField[list[dict[str, object]]] = fields.JSONField()
    due_at = fields.DatetimeField()
    created_at = fields.DatetimeField(auto_now_add=True)
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = "webhook_message"
