"""Who is in each dynamic segment, kept: what changed, who entered and left and why, and when time will tell."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops

IDENTIFIED = ("noted_change", "contact_change", "membership_change")


class Migration(migrations.Migration):
    dependencies = [("pilah", "0009_erasures")]

    initial = False

    operations = [
        ops.CreateModel(
            name="NotedChange",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("workspace_id", fields.BigIntField()),
                ("contact_ids", ArrayField(element_type="BIGINT")),
                ("cause", fields.TextField(unique=False)),
                ("field_keys", ArrayField(element_type="TEXT")),
                ("label_ids", ArrayField(element_type="BIGINT")),
                ("previous", fields.TextField(null=True, unique=False)),
                ("status", fields.TextField(null=True, unique=False)),
                ("import_id", fields.BigIntField(null=True)),
                ("list_id", fields.BigIntField(null=True)),
                ("is_bulk", fields.BooleanField(db_default=False)),
                ("is_judged", fields.BooleanField(db_default=False)),
                ("noted_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "noted_change",
                "app": "pilah",
                "pk_attr": "id",
                "table_description": "Noted by whoever writes contacts, in the same transaction; taken by the live engine.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ContactChange",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("workspace_id", fields.BigIntField()),
                ("contact_ids", ArrayField(element_type="BIGINT")),
                ("cause", fields.TextField(unique=False)),
                ("field_keys", ArrayField(element_type="TEXT")),
                ("label_ids", ArrayField(element_type="BIGINT")),
                ("previous", fields.TextField(null=True, unique=False)),
                ("status", fields.TextField(null=True, unique=False)),
                ("import_id", fields.BigIntField(null=True)),
                ("list_id", fields.BigIntField(null=True)),
                ("noted_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("seen_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "contact_change",
                "app": "pilah",
                "pk_attr": "id",
                "table_description": "A noted change that has been seen to, in the order in which that became visible.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="MembershipChange",
            fields=[
                ("id", fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("workspace_id", fields.BigIntField()),
                ("segment_id", fields.BigIntField()),
                ("contact_id", fields.BigIntField()),
                ("is_entering", fields.BooleanField()),
                ("reason", fields.TextField(unique=False)),
                ("detail", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ("changed_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "membership_change",
                "app": "pilah",
                "pk_attr": "id",
                "table_description": "The ledger: each entering and leaving, in the order in which it became visible.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SegmentMember",
            fields=[
                ("contact_id", fields.BigIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ("segment_id", fields.BigIntField()),
                ("workspace_id", fields.BigIntField()),
                ("entered_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "segment_member",
                "app": "pilah",
                "pk_attr": "contact_id",
                "table_description": "Who is in a dynamic segment now.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="LiveSegment",
            fields=[
                ("segment_id", fields.BigIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ("workspace_id", fields.BigIntField()),
                ("meaning", fields.TextField(unique=False)),
                ("members", fields.BigIntField(db_default=0)),
                ("built_to", fields.BigIntField(null=True)),
                ("built_until", fields.BigIntField()),
                ("is_announced", fields.BooleanField(db_default=False)),
                ("begun_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
                ("ready_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "live_segment",
                "app": "pilah",
                "pk_attr": "segment_id",
                "table_description": "What a segment's members were told for; `built_to` is the contact up to which they are, null where all are.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="LiveWorkspace",
            fields=[
                ("workspace_id", fields.BigIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ("catalog_version", fields.BigIntField(db_default=0)),
                ("edition", fields.BigIntField(db_default=0)),
                ("next_due_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("audited_segment_id", fields.BigIntField(db_default=0)),
                ("audited_contact_id", fields.BigIntField(db_default=0)),
                ("audited_at", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ("differences", fields.BigIntField(db_default=0)),
                ("ledger_after", fields.BigIntField(db_default=0)),
                ("ledger_since", fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "live_workspace",
                "app": "pilah",
                "pk_attr": "workspace_id",
                "table_description": "Locked by the one engine that works on the workspace.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ContactDue",
            fields=[
                ("contact_id", fields.BigIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ("workspace_id", fields.BigIntField()),
                ("due_at", fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "contact_due",
                "app": "pilah",
                "pk_attr": "contact_id",
                "table_description": "When a contact is to be looked at again, though nobody changes it.",
            },
            bases=["Model"],
        ),
        ops.AddField(model_name="Segment", name="announced_version", field=fields.BigIntField(null=True)),
        ops.RunSQL(
            [
                *(
                    statement
                    for table in IDENTIFIED
                    for statement in (
                        f"ALTER TABLE {table} DROP CONSTRAINT {table}_pkey",
                        f"ALTER TABLE {table} ALTER COLUMN id DROP DEFAULT",
                        f"DROP SEQUENCE {table}_id_seq",
                        f"ALTER TABLE {table} ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY",
                        f"ALTER TABLE {table} ADD PRIMARY KEY (workspace_id, id)",
                        f"ALTER TABLE {table} ADD FOREIGN KEY (workspace_id) REFERENCES workspace (id)",
                    )
                ),
                "ALTER TABLE noted_change ALTER COLUMN noted_at SET DEFAULT clock_timestamp()",
                "ALTER TABLE noted_change SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)",
                "CREATE INDEX noted_change_ahead ON noted_change (workspace_id, id) WHERE NOT is_bulk AND NOT is_judged",
                "ALTER TABLE contact_change ALTER COLUMN seen_at SET DEFAULT clock_timestamp()",
                "CREATE INDEX membership_change_segment ON membership_change (workspace_id, segment_id, id)",
                "CREATE INDEX membership_change_contact ON membership_change (workspace_id, contact_id, id)",
                "ALTER TABLE segment_member DROP CONSTRAINT segment_member_pkey",
                "ALTER TABLE segment_member ADD PRIMARY KEY (workspace_id, contact_id, segment_id)",
                "CREATE INDEX segment_member_segment ON segment_member (workspace_id, segment_id, contact_id)",
                "ALTER TABLE live_segment DROP CONSTRAINT live_segment_pkey",
                "ALTER TABLE live_segment ADD PRIMARY KEY (workspace_id, segment_id)",
                "ALTER TABLE live_segment ADD FOREIGN KEY (workspace_id) REFERENCES workspace (id)",
                "ALTER TABLE live_segment SET (fillfactor = 50)",
                "CREATE INDEX live_segment_building ON live_segment (workspace_id) WHERE ready_at IS NULL",
                "ALTER TABLE live_workspace ADD FOREIGN KEY (workspace_id) REFERENCES workspace (id)",
                "ALTER TABLE live_workspace SET (fillfactor = 50)",
                "ALTER TABLE contact_due DROP CONSTRAINT contact_due_pkey",
                "ALTER TABLE contact_due ADD PRIMARY KEY (workspace_id, contact_id)",
                "CREATE INDEX contact_due_at ON contact_due (workspace_id, due_at)",
            ]
        ),
    ]
