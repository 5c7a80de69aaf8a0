"""Imports of files: their parts, what they refused and changed, and addresses that are never to be contacts again."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops

SALT = "sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8'))"


class Migration(migrations.Migration):
    dependencies = [("pilah", "0001_initial")]

    initial = False

    operations = [
        ops.CreateModel(
            name="DoNotContact",
            fields=[
                ("hash", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ("workspace_id", fields.BigIntField()),
                ("cause", fields.TextField(unique=False)),
                ("added_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "do_not_contact",
                "app": "pilah",
                "pk_attr": "hash",
                "table_description": "`hash` is the SHA-256, in hex, of the workspace's salt and the folded address; it outlives the contact.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="FileImport",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("workspace_id", fields.BigIntField()),
                ("name", fields.TextField(unique=False)),
                ("stored", fields.TextField(unique=False)),
                ("size", fields.BigIntField()),
                ("state", fields.TextField(unique=False)),
                ("is_dry_run", fields.BooleanField()),
                ("options", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("plan", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ("samples", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ("problem", fields.TextField(null=True, unique=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("started_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("finished_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "file_import",
                "app": "pilah",
                "pk_attr": "id",
                "table_description": "`stored` names its file among the stored ones, `options` are the caller's, `plan` says what columns become.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="FileImportPart",
            fields=[
                ("number", fields.IntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ("workspace_id", fields.BigIntField()),
                ("import_id", fields.BigIntField()),
                ("start_byte", fields.BigIntField()),
                ("end_byte", fields.BigIntField()),
                ("line", fields.BigIntField()),
                ("rows", fields.IntField()),
                ("is_staged", fields.BooleanField(default=False)),
                ("is_merged", fields.BooleanField(default=False)),
                ("created", fields.IntField(default=0)),
                ("changed", fields.IntField(default=0)),
                ("unchanged", fields.IntField(default=0)),
                ("repeated", ArrayField(null=True, element_type="BIGINT")),
            ],
            options={
                "table": "file_import_part",
                "app": "pilah",
                "pk_attr": "number",
                "table_description": "Whole rows of the file, staged in one transaction and merged in one; the counts are of contacts.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ImportedChange",
            fields=[
                ("contact_id", fields.BigIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ("workspace_id", fields.BigIntField()),
                ("import_id", fields.BigIntField()),
                ("before", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("after", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("labels_added", ArrayField(element_type="BIGINT")),
                ("labels_removed", ArrayField(element_type="BIGINT")),
            ],
            options={
                "table": "imported_change",
                "app": "pilah",
                "pk_attr": "contact_id",
                "table_description": "What an import changed of a contact that was there: the differing values before and after, for its undoing.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="KeptByUndo",
            fields=[
                ("contact_id", fields.BigIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ("workspace_id", fields.BigIntField()),
                ("import_id", fields.BigIntField()),
                ("keys", ArrayField(null=True, element_type="TEXT")),
            ],
            options={
                "table": "kept_by_undo",
                "app": "pilah",
                "pk_attr": "contact_id",
                "table_description": "What an undoing left alone, since somebody had changed it: some values, or (`keys` null) a whole contact.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="RefusedRow",
            fields=[
                ("line", fields.BigIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ("workspace_id", fields.BigIntField()),
                ("import_id", fields.BigIntField()),
                ("reason", fields.TextField(unique=False)),
                ("cells", ArrayField(null=True, element_type="TEXT")),
            ],
            options={
                "table": "refused_row",
                "app": "pilah",
                "pk_attr": "line",
                "table_description": "A row that was left out, and why; `cells` are as they stood in the file.",
            },
            bases=["Model"],
        ),
        ops.AddField(
            model_name="StatusChange",
            name="import_id",
            field=fields.BigIntField(null=True),
        ),
        ops.AddField(
            model_name="Workspace",
            name="salt",
            field=fields.BinaryField(null=True),
        ),
        ops.RunSQL(
            [
                # One workspace is one shard: every key begins with it.
                *(
                    statement
                    for table, key in {
                        "do_not_contact": "hash",
                        "file_import": "id",
                        "file_import_part": "import_id, number",
                        "imported_change": "import_id, contact_id",
                        "kept_by_undo": "import_id, contact_id",
                        "refused_row": "import_id, line",
                    }.items()
                    for statement in (
                        f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey",
                        f"ALTER TABLE {table} ADD PRIMARY KEY (workspace_id, {key})",
                    )
                ),
                "ALTER TABLE file_import ALTER COLUMN id DROP DEFAULT",
                "DROP SEQUENCE file_import_id_seq",
                "ALTER TABLE file_import ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY",
                *(
                    f"ALTER TABLE {table} ADD FOREIGN KEY (workspace_id) REFERENCES workspace (id)"
                    for table in ("do_not_contact", "file_import")
                ),
                # Not on what has a row a contact: a million looks at one and the same import.
                "ALTER TABLE file_import_part ADD FOREIGN KEY (workspace_id, import_id) "
                "REFERENCES file_import (workspace_id, id) ON DELETE CASCADE",
                # Its contact belongs to the workspace already.
                "ALTER TABLE status_change DROP CONSTRAINT status_change_workspace_id_fkey",
                "CREATE INDEX file_import_unfinished ON file_import (id) WHERE finished_at IS NULL",
                "CREATE INDEX status_change_import ON status_change (workspace_id, import_id, contact_id) "
                "WHERE import_id IS NOT NULL",
                f"ALTER TABLE workspace ALTER COLUMN salt SET DEFAULT {SALT}",
                f"UPDATE workspace SET salt = {SALT}",  # noqa: S608
                "ALTER TABLE workspace ALTER COLUMN salt SET NOT NULL",
            ]
        ),
    ]
