"""The first tables, with the keys and indexes that Tortoise can't declare."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Contact",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("workspace_id", fields.BigIntField()),
                ("email", fields.TextField(unique=False)),
                ("email_folded", fields.TextField(unique=False)),
                ("name", fields.TextField(null=True, unique=False)),
                ("source", fields.TextField(null=True, unique=False)),
                ("external_id", fields.TextField(null=True, unique=False)),
                ("status", fields.TextField(unique=False)),
                ("label_ids", ArrayField(element_type="BIGINT")),
                ("fields", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("folded", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("updated_at", fields.DatetimeField(auto_now=True, auto_now_add=False)),
                ("subscribed_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("last_sent_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("last_opened_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("last_clicked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "contact",
                "app": "pilah",
                "pk_attr": "id",
                "table_description": "`fields` holds the custom values as entered, `folded` those and the system's texts as compared, by key.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Field",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("workspace_id", fields.BigIntField()),
                ("key", fields.TextField(unique=False)),
                ("name", fields.TextField(unique=False)),
                ("type", fields.TextField(unique=False)),
                ("options", ArrayField(element_type="TEXT")),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("archived_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "field",
                "app": "pilah",
                "pk_attr": "id",
                "table_description": "`key` and `type` never change; `options` are a CHOICE's.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Label",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("workspace_id", fields.BigIntField()),
                ("name", fields.TextField(unique=False)),
                ("folded_name", fields.TextField(unique=False)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("archived_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "label",
                "app": "pilah",
                "pk_attr": "id",
                "table_description": "`folded_name` is unique among the labels that are not archived.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Segment",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("workspace_id", fields.BigIntField()),
                ("name", fields.TextField(unique=False)),
                ("folded_name", fields.TextField(unique=False)),
                ("kind", fields.TextField(unique=False)),
                ("document", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ("field_keys", ArrayField(element_type="TEXT")),
                ("label_ids", ArrayField(element_type="BIGINT")),
                ("segment_ids", ArrayField(element_type="BIGINT")),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("updated_at", fields.DatetimeField(auto_now=True, auto_now_add=False)),
                ("deleted_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "segment",
                "app": "pilah",
                "pk_attr": "id",
                "table_description": "`document` is the stored filter; `field_keys`, `label_ids` and `segment_ids` are what it refers to.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SegmentContact",
            fields=[
                ("contact_id", fields.BigIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ("segment_id", fields.BigIntField()),
                ("workspace_id", fields.BigIntField()),
            ],
            options={
                "table": "segment_contact",
                "app": "pilah",
                "pk_attr": "contact_id",
                "table_description": "A member of a fixed list.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="StatusChange",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("workspace_id", fields.BigIntField()),
                ("contact_id", fields.BigIntField()),
                ("previous", fields.TextField(null=True, unique=False)),
                ("status", fields.TextField(unique=False)),
                ("cause", fields.TextField(unique=False)),
                ("note", fields.TextField(null=True, unique=False)),
                ("changed_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "status_change",
                "app": "pilah",
                "pk_attr": "id",
                "table_description": "`previous` is null where the contact was created; `cause` is the event, `note` what the caller stated.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Token",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("workspace_id", fields.BigIntField()),
                ("name", fields.TextField(unique=False)),
                ("prefix", fields.TextField(unique=False)),
                ("hash", fields.BinaryField()),
                ("scopes", ArrayField(element_type="TEXT")),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("revoked_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "token",
                "app": "pilah",
                "pk_attr": "id",
                "table_description": "`prefix` is the start of the token as it was shown, to tell tokens apart.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Workspace",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("name", fields.TextField(unique=False)),
                ("time_zone", fields.TextField(unique=False)),
                ("catalog_version", fields.BigIntField(default=1)),
                ("created_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "workspace",
                "app": "pilah",
                "pk_attr": "id",
                "table_description": "`catalog_version` grows with every change of its fields, labels, segments or settings.",
            },
            bases=["Model"],
        ),
        ops.RunSQL(
            [
                # One workspace is one shard: every key begins with it.
                *(
                    statement
                    for table in ("contact", "field", "label", "segment", "status_change", "token")
                    for statement in (
                        f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey",
                        f"ALTER TABLE {table} ALTER COLUMN id DROP DEFAULT",
                        f"DROP SEQUENCE {table}_id_seq",
                        f"ALTER TABLE {table} ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY",
                        f"ALTER TABLE {table} ADD PRIMARY KEY (workspace_id, id)",
                        f"ALTER TABLE {table} ADD FOREIGN KEY (workspace_id) REFERENCES workspace (id)",
                    )
                ),
                "CREATE UNIQUE INDEX workspace_name ON workspace (name)",
                "CREATE UNIQUE INDEX token_hash ON token (workspace_id, hash)",
                "CREATE UNIQUE INDEX field_key ON field (workspace_id, key)",
                "CREATE UNIQUE INDEX label_name ON label (workspace_id, folded_name) WHERE archived_at IS NULL",
                "CREATE UNIQUE INDEX segment_name ON segment (workspace_id, folded_name) WHERE deleted_at IS NULL",
                "CREATE UNIQUE INDEX contact_email ON contact (workspace_id, email_folded)",
                "CREATE UNIQUE INDEX contact_external_id ON contact (workspace_id, external_id) "
                "WHERE external_id IS NOT NULL",
                "CREATE INDEX contact_status ON contact (workspace_id, status, id)",
                "CREATE INDEX contact_labels ON contact USING gin (label_ids)",
                "CREATE INDEX contact_folded ON contact USING gin (folded jsonb_path_ops)",
                "ALTER TABLE contact ADD CHECK (status IN ('ACTIVE', 'PENDING', 'UNSUBSCRIBED', 'HARD_BOUNCE'))",
                "ALTER TABLE status_change ADD FOREIGN KEY (workspace_id, contact_id) "
                "REFERENCES contact (workspace_id, id) ON DELETE CASCADE",
                "CREATE INDEX status_change_contact ON status_change (workspace_id, contact_id, id)",
                "ALTER TABLE segment_contact DROP CONSTRAINT segment_contact_pkey",
                "ALTER TABLE segment_contact ADD PRIMARY KEY (workspace_id, segment_id, contact_id)",
                "ALTER TABLE segment_contact ADD FOREIGN KEY (workspace_id, segment_id) "
                "REFERENCES segment (workspace_id, id) ON DELETE CASCADE",
                "ALTER TABLE segment_contact ADD FOREIGN KEY (workspace_id, contact_id) "
                "REFERENCES contact (workspace_id, id) ON DELETE CASCADE",
                "CREATE INDEX segment_contact_contact ON segment_contact (workspace_id, contact_id)",
            ]
        ),
    ]
