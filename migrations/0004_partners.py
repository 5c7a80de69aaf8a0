"""Answers to calls that may come twice, and what was taken off the do-not-contact list."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("pilah", "0003_exports")]

    initial = False

    operations = [
        ops.CreateModel(
            name="DoNotContactRemoval",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("workspace_id", fields.BigIntField()),
                ("hash", fields.CharField(max_length=64)),
                ("cause", fields.TextField(unique=False)),
                ("consent", fields.TextField(unique=False)),
                ("added_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("removed_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "do_not_contact_removal",
                "app": "pilah",
                "pk_attr": "id",
                "table_description": "What was taken off the list, why it had been on it, and how the person agreed.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="IdempotentAnswer",
            fields=[
                ("key", fields.CharField(primary_key=True, unique=True, db_index=True, max_length=200)),
                ("workspace_id", fields.BigIntField()),
                ("input_hash", fields.BinaryField()),
                ("answer", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "idempotent_answer",
                "app": "pilah",
                "pk_attr": "key",
                "table_description": "`input_hash` is the SHA-256 of what was asked; `answer` is null while that is being done.",
            },
            bases=["Model"],
        ),
        ops.RunSQL(
            [
                # One workspace is one shard: every key begins with it.
                "ALTER TABLE do_not_contact_removal DROP CONSTRAINT do_not_contact_removal_pkey",
                "ALTER TABLE do_not_contact_removal ALTER COLUMN id DROP DEFAULT",
                "DROP SEQUENCE do_not_contact_removal_id_seq",
                "ALTER TABLE do_not_contact_removal ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY",
                "ALTER TABLE do_not_contact_removal ADD PRIMARY KEY (workspace_id, id)",
                "ALTER TABLE idempotent_answer DROP CONSTRAINT idempotent_answer_pkey",
                "ALTER TABLE idempotent_answer ADD PRIMARY KEY (workspace_id, key)",
                *(
                    f"ALTER TABLE {table} ADD FOREIGN KEY (workspace_id) REFERENCES workspace (id)"
                    for table in ("do_not_contact_removal", "idempotent_answer")
                ),
                "CREATE INDEX idempotent_answer_age ON idempotent_answer (created_at)",
            ]
        ),
    ]
