"""Receipts of erasures."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("pilah", "0008_audit")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Erasure",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("workspace_id", fields.BigIntField()),
                ("hash", fields.CharField(max_length=64)),
                ("last_import_id", fields.BigIntField()),
                ("removed", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ("files", ArrayField(element_type="TEXT")),
                ("erased_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("settled_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "erasure",
                "app": "pilah",
                "pk_attr": "id",
                "table_description": "`hash` is the address's, as on the do-not-contact list; `removed` is null until traces have been sought.",
            },
            bases=["Model"],
        ),
        ops.RunSQL(
            [
                "ALTER TABLE erasure DROP CONSTRAINT erasure_pkey",
                "ALTER TABLE erasure ALTER COLUMN id DROP DEFAULT",
                "DROP SEQUENCE erasure_id_seq",
                "ALTER TABLE erasure ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY",
                "ALTER TABLE erasure ADD PRIMARY KEY (workspace_id, id)",
                "ALTER TABLE erasure ADD FOREIGN KEY (workspace_id) REFERENCES workspace (id)",
                "CREATE INDEX erasure_unsettled ON erasure (id) WHERE settled_at IS NULL",
            ]
        ),
    ]
