"""A person: one row holds everything that a filter asks of it."""

from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields import BigIntField, DatetimeField, JSONField, TextField
from tortoise.models import Model


class Contact(Model):
    """`fields` holds the custom values as entered, `folded` those and the system's texts as compared, by key."""

    id = BigIntField(primary_key=True)
    workspace_id = BigIntField()
    email = TextField()
    email_folded = TextField()
    name = TextField(null=True)
    source = TextField(null=True)
    external_id = TextField(null=True)
    status = TextField()
    label_ids = ArrayField(element_type="bigint")
    fields: JSONField[dict[str, object]] = JSONField()
    folded: JSONField[dict[str, object]] = JSONField()
    created_at = DatetimeField(auto_now_add=True)
    updated_at = DatetimeField(auto_now=True)
    subscribed_at = DatetimeField(null=True)
    last_sent_at = DatetimeField(null=True)
    last_opened_at = DatetimeField(null=True)
    last_clicked_at = DatetimeField(null=True)

    class Meta:
        table = "contact"
