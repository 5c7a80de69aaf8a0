"""A named filter, or a fixed list with its members; and who is in or out of a segment by hand."""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model


class Segment(Model):
    """`document` is the stored filter; `field_keys`, `label_ids` and `segment_ids` are what it refers to.

    `announced_version` is the catalog's with which an edit came of which those are told who follow members; `version`
    is the number of the latest of its own.
    """

    id = fields.BigIntField(primary_key=True)
    workspace_id = fields.BigIntField()
    name = fields.TextField()
    folded_name = fields.TextField()
    kind = fields.TextField()
    document: fields.JSONField[dict[str, object] | None] = fields.JSONField(null=True)
    field_keys = ArrayField(element_type="text")
    label_ids = ArrayField(element_type="bigint")
    segment_ids = ArrayField(element_type="bigint")
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)
    deleted_at = fields.DatetimeField(null=True)
    announced_version = fields.BigIntField(null=True)
    version = fields.IntField(db_default=1)

    class Meta:
        table = "segment"


class SegmentContact(Model):
    """A member of a fixed list."""

    contact_id = fields.BigIntField(primary_key=True, generated=False)
    segment_id = fields.BigIntField()
    workspace_id = fields.BigIntField()

    class Meta:
        table = "segment_contact"


class SegmentPin(Model):
    """A contact that is always in a dynamic segment (`is_included`), or never, whatever the filter says.

    `actor_kind` tells which of a token, a subject and the operator pinned it; it is null where nobody noted that.
    """

    contact_id = fields.BigIntField(primary_key=True, generated=False)
    segment_id = fields.BigIntField()
    workspace_id = fields.BigIntField()
    is_included = fields.BooleanField()
    actor_kind = fields.TextField(null=True)
    token_id = fields.BigIntField(null=True)
    subject = fields.TextField(null=True)
    pinned_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "segment_pin"
