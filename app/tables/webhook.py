"""An address that is told what happens, what there is to tell, and the messages: waiting ones and sent ones."""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model


class Webhook(Model):
    """`segment_ids` is null for all dynamic segments. The secret signs, so it is kept as it is.

    `previous_secret` signs too until `previous_until`. `failures` counts those since the last delivery, of which
    the first was at `failing_since`; nothing is sent before `paused_until`, nor before `asked_until`, which its
    receiver named. `epoch` counts how often it was switched on or led elsewhere: what failed before then is tried
    anew. While `is_resending` what was given up is queued again, and nothing is sent.
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
    asked_until = fields.DatetimeField(null=True)
    epoch = fields.IntField(db_default=0)
    is_resending = fields.BooleanField(db_default=False)
    created_at = fields.DatetimeField(auto_now_add=True)
    deleted_at = fields.DatetimeField(null=True)

    class Meta:
        table = "webhook"


class WebhookDraft(Model):
    """What happened, once for all webhooks that want it, until each has a message of its own."""

    id = fields.BigIntField(primary_key=True)
    workspace_id = fields.BigIntField()
    type = fields.TextField()
    segment_id = fields.BigIntField(null=True)
    content: fields.JSONField[list[dict[str, object]]] = fields.JSONField()
    webhook_ids = ArrayField(element_type="bigint")
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "webhook_draft"


class WebhookMessage(Model):
    """`content` is what happened to each of the contacts; nobody's address is in it.

    It is not sent before `due_at`, unless its `epoch` is an earlier one than the webhook's. Whoever sends it has it
    until `leased_until`, so that a killed sender's is sent by another. While `blocked_by` an earlier message it isn't
    looked at: one with one of its `order_keys`, each of which a webhook and a contact make together. `tries` counts
    since it was queued or asked for again, `attempts` tells of the last ones.
    """

    id = fields.BigIntField(primary_key=True)
    workspace_id = fields.BigIntField()
    webhook_id = fields.BigIntField()
    type = fields.TextField()
    segment_id = fields.BigIntField(null=True)
    contact_ids = ArrayField(element_type="bigint")
    order_keys = ArrayField(element_type="bigint")
    content: fields.JSONField[list[dict[str, object]]] = fields.JSONField()
    state = fields.TextField()
    tries = fields.IntField(db_default=0)
    attempts: fields.JSONField[list[dict[str, object]]] = fields.JSONField()
    epoch = fields.IntField(db_default=0)
    due_at = fields.DatetimeField()
    leased_until = fields.DatetimeField(null=True)
    blocked_by = fields.BigIntField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = "webhook_message"
