"""A segment as it was after one of its edits, and who made that."""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model


class SegmentVersion(Model):
    """`number` is 1 for the segment as it was first made; `document` is its stored filter, null of a fixed list.

    `document_bytes` is its length as text; `field_keys`, `label_ids` and `segment_ids` are what it refers to.
    `actor_kind` tells which of a token, a subject and the operator made it; it is null where nobody noted that.
    """

    segment_id = fields.BigIntField(primary_key=True, generated=False)
    number = fields.IntField()
    workspace_id = fields.BigIntField()
    name = fields.TextField()
    document: fields.JSONField[dict[str, object] | None] = fields.JSONField(null=True)
    document_bytes = fields.IntField()
    field_keys = ArrayField(element_type="text")
    label_ids = ArrayField(element_type="bigint")
    segment_ids = ArrayField(element_type="bigint")
    returned_to = fields.IntField(null=True)
    actor_kind = fields.TextField(null=True)
    token_id = fields.BigIntField(null=True)
    subject = fields.TextField(null=True)
    made_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "segment_version"
