"""Exports to files, which are made in the background."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("pilah", "0002_imports")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Export",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("workspace_id", fields.BigIntField()),
                ("name", fields.TextField(unique=False)),
                ("document", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ("options", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("state", fields.TextField(unique=False)),
                ("stored", fields.TextField(unique=False)),
                ("attempts", fields.IntField(default=0)),
                ("rows", fields.BigIntField(null=True)),
                ("bytes", fields.BigIntField(null=True)),
                ("problem", fields.TextField(null=True, unique=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("started_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("finished_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "export",
                "app": "pilah",
                "pk_attr": "id",
                "table_description": "`document` is the stored filter, null for everyone; `options` are the caller's; `stored` names the file.",
            },
            bases=["Model"],
        ),
        ops.RunSQL(
            [
                "ALTER TABLE export DROP CONSTRAINT export_pkey",
                "ALTER TABLE export ALTER COLUMN id DROP DEFAULT",
                "DROP SEQUENCE export_id_seq",
                "ALTER TABLE export ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY",
                "ALTER TABLE export ADD PRIMARY KEY (workspace_id, id)",
                "ALTER TABLE export ADD FOREIGN KEY (workspace_id) REFERENCES workspace (id)",
                "CREATE INDEX export_unfinished ON export (id) WHERE finished_at IS NULL",
                "CREATE INDEX export_finished ON export (finished_at) WHERE finished_at IS NOT NULL",
            ]
        ),
    ]
