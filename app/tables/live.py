"""Who is in each dynamic segment, kept: changes that wait and that were seen to, members, the ledger, what is due."""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model


class NotedChange(Model):
    """Noted by whoever writes contacts, in the same transaction; taken by the live engine.

    `is_judged` where the contacts have been looked at, but changes before it have yet to be told.
    """

    id = fields.BigIntField(primary_key=True)
    workspace_id = fields.BigIntField()
    contact_ids = ArrayField(element_type="bigint")
    cause = fields.TextField()
    field_keys = ArrayField(element_type="text")
    label_ids = ArrayField(element_type="bigint")
    previous = fields.TextField(null=True)
    status = fields.TextField(null=True)
    import_id = fields.BigIntField(null=True)
    list_id = fields.BigIntField(null=True)
    is_bulk = fields.BooleanField(db_default=False)
    is_judged = fields.BooleanField(db_default=False)
    noted_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "noted_change"


class ContactChange(Model):
    """A noted change that has been seen to, in the order in which that became visible."""

    id = fields.BigIntField(primary_key=True)
    workspace_id = fields.BigIntField()
    contact_ids = ArrayField(element_type="bigint")
    cause = fields.TextField()
    field_keys = ArrayField(element_type="text")
    label_ids = ArrayField(element_type="bigint")
    previous = fields.TextField(null=True)
    status = fields.TextField(null=True)
    import_id = fields.BigIntField(null=True)
    list_id = fields.BigIntField(null=True)
    noted_at = fields.DatetimeField(auto_now_add=True)
    seen_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "contact_change"


class MembershipChange(Model):
    """The ledger: each entering and leaving, in the order in which it became visible."""

    id = fields.BigIntField(primary_key=True)
    workspace_id = fields.BigIntField()
    segment_id = fields.BigIntField()
    contact_id = fields.BigIntField()
    is_entering = fields.BooleanField()
    reason = fields.TextField()
    detail: fields.JSONField[dict[str, object] | None] = fields.JSONField(null=True)
    changed_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "membership_change"


class SegmentMember(Model):
    """Who is in a dynamic segment now."""

    contact_id = fields.BigIntField(primary_key=True, generated=False)
    segment_id = fields.BigIntField()
    workspace_id = fields.BigIntField()
    entered_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "segment_member"


class LiveSegment(Model):
    """What a segment's members were told for; `built_to` is the contact up to which they are, null where all are."""

    segment_id = fields.BigIntField(primary_key=True, generated=False)
    workspace_id = fields.BigIntField()
    meaning = fields.TextField()
    members = fields.BigIntField(db_default=0)
    built_to = fields.BigIntField(null=True)
    built_until = fields.BigIntField()
    is_announced = fields.BooleanField(db_default=False)
    begun_at = fields.DatetimeField(auto_now_add=True)
    ready_at = fields.DatetimeField(null=True)

    class Meta:
        table = "live_segment"


class LiveWorkspace(Model):
    """Locked by the one engine that works on the workspace."""

    workspace_id = fields.BigIntField(primary_key=True, generated=False)
    catalog_version = fields.BigIntField(db_default=0)
    edition = fields.BigIntField(db_default=0)
    next_due_at = fields.DatetimeField(null=True)
    audited_segment_id = fields.BigIntField(db_default=0)
    audited_contact_id = fields.BigIntField(db_default=0)
    audited_at = fields.DatetimeField(null=True)
    differences = fields.BigIntField(db_default=0)
    ledger_after = fields.BigIntField(db_default=0)
    ledger_since = fields.DatetimeField(null=True)

    class Meta:
        table = "live_workspace"


class ContactDue(Model):
    """When a contact is to be looked at again, though nobody changes it."""

    contact_id = fields.BigIntField(primary_key=True, generated=False)
    workspace_id = fields.BigIntField()
    due_at = fields.DatetimeField()

    class Meta:
        table = "contact_due"
