"""Webhooks, and the messages to them."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops

TABLES = ("webhook", "webhook_draft", "webhook_message")


class Migration(migrations.Migration):
    dependencies = [("pilah", "0010_live")]

    initial = False

    operations = [
        ops.CreateModel(
            name="Webhook",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("workspace_id", fields.BigIntField()),
                ("name", fields.TextField(unique=False)),
                ("url", fields.TextField(unique=False)),
                ("types", ArrayField(element_type="TEXT")),
                ("segment_ids", ArrayField(null=True, element_type="BIGINT")),
                ("secret", fields.TextField(unique=False)),
                ("previous_secret", fields.TextField(null=True, unique=False)),
                ("previous_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("is_enabled", fields.BooleanField(db_default=True)),
                ("disabled_reason", fields.TextField(null=True, unique=False)),
                ("failures", fields.IntField(db_default=0)),
                ("failing_since", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("paused_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("asked_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("epoch", fields.IntField(db_default=0)),
                ("is_resending", fields.BooleanField(db_default=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("deleted_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "webhook",
                "app": "pilah",
                "pk_attr": "id",
                "table_description": "`segment_ids` is null for all dynamic segments. The secret signs, so it is kept as it is.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="WebhookDraft",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("workspace_id", fields.BigIntField()),
                ("type", fields.TextField(unique=False)),
                ("segment_id", fields.BigIntField(null=True)),
                ("content", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("webhook_ids", ArrayField(element_type="BIGINT")),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "webhook_draft",
                "app": "pilah",
                "pk_attr": "id",
                "table_description": "What happened, once for all webhooks that want it, until each has a message of its own.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="WebhookMessage",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("workspace_id", fields.BigIntField()),
                ("webhook_id", fields.BigIntField()),
                ("type", fields.TextField(unique=False)),
                ("segment_id", fields.BigIntField(null=True)),
                ("contact_ids", ArrayField(element_type="BIGINT")),
                ("order_keys", ArrayField(element_type="BIGINT")),
                ("content", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("state", fields.TextField(unique=False)),
                ("tries", fields.IntField(db_default=0)),
                ("attempts", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("epoch", fields.IntField(db_default=0)),
                ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ("leased_until", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("blocked_by", fields.BigIntField(null=True)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("finished_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "webhook_message",
                "app": "pilah",
                "pk_attr": "id",
                "table_description": "`content` is what happened to each of the contacts; nobody's address is in it.",
            },
            bases=["Model"],
        ),
        ops.RunSQL(
            [
                *(
                    statement
                    for table in TABLES
                    for statement in (
                        f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey",
                        f"ALTER TABLE {table} ALTER COLUMN id DROP DEFAULT",
                        f"DROP SEQUENCE {table}_id_seq",
                        f"ALTER TABLE {table} ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY",
                        f"ALTER TABLE {table} ADD PRIMARY KEY (workspace_id, id)",
                        f"ALTER TABLE {table} ADD FOREIGN KEY (workspace_id) REFERENCES workspace (id)",
                    )
                ),
                "CREATE INDEX webhook_message_log ON webhook_message (workspace_id, webhook_id, id)",
                "CREATE INDEX webhook_message_due ON webhook_message (workspace_id, webhook_id, epoch, due_at, id) "
                "WHERE finished_at IS NULL AND blocked_by IS NULL",
                "CREATE INDEX webhook_message_blocked ON webhook_message (workspace_id, blocked_by) "
                "WHERE blocked_by IS NOT NULL",
                "CREATE INDEX webhook_message_given_up ON webhook_message (workspace_id, webhook_id, id) "
                "WHERE state = 'GIVEN_UP'",
                "ALTER TABLE webhook_message ADD FOREIGN KEY (workspace_id, webhook_id) "
                "REFERENCES webhook (workspace_id, id)",
                "ALTER TABLE webhook_draft SET (autovacuum_vacuum_scale_factor = 0, "
                "autovacuum_vacuum_threshold = 1000)",
                # What is earlier is sought here for each message, and a pending list would be read whole each time.
                "CREATE INDEX webhook_message_order ON webhook_message USING gin (order_keys) "
                "WITH (fastupdate = off) WHERE finished_at IS NULL",
                "CREATE INDEX webhook_message_age ON webhook_message USING brin (created_at)",
            ]
        ),
    ]
