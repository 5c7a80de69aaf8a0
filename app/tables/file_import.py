"""An import of a file: what was asked, how far it has come, what it refused, changed, and could not take back."""

from datetime import datetime

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.models import Model


class FileImport(Model):
    """`stored` names its file among the stored ones, `options` are the caller's, `plan` says what columns become.

    `ending` is the state that it comes to once it has cleared away; `counts` are its last ones, with the reasons.
    `attempts` is how often it was begun without getting further than `reached`; `missed_at` is since when those who
    would have begun it have lacked its file.
    """

    id = fields.BigIntField(primary_key=True)
    workspace_id = fields.BigIntField()
    name = fields.TextField()
    stored = fields.TextField()
    size = fields.BigIntField()
    state = fields.TextField()
    is_dry_run = fields.BooleanField()
    options: fields.JSONField[dict[str, object]] = fields.JSONField()
    plan: fields.JSONField[dict[str, object] | None] = fields.JSONField(null=True)
    samples: fields.JSONField[list[object] | None] = fields.JSONField(null=True)
    ending = fields.TextField(null=True)
    counts: fields.JSONField[dict[str, object] | None] = fields.JSONField(null=True)
    problem = fields.TextField(null=True)
    attempts = fields.IntField(default=0)
    reached = fields.TextField(null=True)
    missed_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    started_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)
    finished_at: fields.Field[datetime | None] = fields.DatetimeField(null=True)

    class Meta:
        table = "file_import"


class FileImportPart(Model):
    """Whole rows of the file, staged in one transaction and merged in one; the counts are of contacts.

    `repeated` are the contacts that had opted out already where the file says so again, `statuses` counts what the
    rows' contacts are by now, `samples` are a dry run's first rows.
    """

    number = fields.IntField(primary_key=True, generated=False)
    workspace_id = fields.BigIntField()
    import_id = fields.BigIntField()
    start_byte = fields.BigIntField()
    end_byte = fields.BigIntField()
    line = fields.BigIntField()
    rows = fields.IntField()
    is_staged = fields.BooleanField(default=False)
    is_merged = fields.BooleanField(default=False)
    created = fields.IntField(default=0)
    changed = fields.IntField(default=0)
    unchanged = fields.IntField(default=0)
    repeated = ArrayField(element_type="bigint", null=True)
    statuses: fields.JSONField[dict[str, int] | None] = fields.JSONField(null=True)
    samples: fields.JSONField[list[object] | None] = fields.JSONField(null=True)

    class Meta:
        table = "file_import_part"


class RefusedRow(Model):
    """A row that was left out, and why; `cells` are as they stood in the file."""

    line = fields.BigIntField(primary_key=True, generated=False)
    workspace_id = fields.BigIntField()
    import_id = fields.BigIntField()
    reason = fields.TextField()
    cells = ArrayField(element_type="text", null=True)

    class Meta:
        table = "refused_row"


class ImportedChange(Model):
    """What an import changed of a contact that was there: the differing values before and after, for its undoing."""

    contact_id = fields.BigIntField(primary_key=True, generated=False)
    workspace_id = fields.BigIntField()
    import_id = fields.BigIntField()
    before: fields.JSONField[dict[str, object]] = fields.JSONField()
    after: fields.JSONField[dict[str, object]] = fields.JSONField()
    labels_added = ArrayField(element_type="bigint")
    labels_removed = ArrayField(element_type="bigint")

    class Meta:
        table = "imported_change"


class KeptByUndo(Model):
    """What an undoing left alone, since somebody had changed it: some values, or (`keys` null) a whole contact."""

    contact_id = fields.BigIntField(primary_key=True, generated=False)
    workspace_id = fields.BigIntField()
    import_id = fields.BigIntField()
    keys = ArrayField(element_type="text", null=True)

    class Meta:
        table = "kept_by_undo"
