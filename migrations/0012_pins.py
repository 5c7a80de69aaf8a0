"""Contacts that are always in a segment, or never, whatever its filter says."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("pilah", "0011_webhooks")]

    initial = False

    operations = [
        ops.CreateModel(
            name="SegmentPin",
            fields=[
                ("contact_id", fields.BigIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ("segment_id", fields.BigIntField()),
                ("workspace_id", fields.BigIntField()),
                ("is_included", fields.BooleanField()),
                ("actor_kind", fields.TextField(null=True, unique=False)),
                ("token_id", fields.BigIntField(null=True)),
                ("subject", fields.TextField(null=True, unique=False)),
                ("pinned_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "segment_pin",
                "app": "pilah",
                "pk_attr": "contact_id",
                "table_description": "A contact that is always in a dynamic segment (`is_included`), or never, whatever the filter says.",
            },
            bases=["Model"],
        ),
        ops.RunSQL(
            [
                "ALTER TABLE segment_pin DROP CONSTRAINT segment_pin_pkey",
                "ALTER TABLE segment_pin ADD PRIMARY KEY (workspace_id, segment_id, contact_id)",
                "ALTER TABLE segment_pin ADD FOREIGN KEY (workspace_id, segment_id) "
                "REFERENCES segment (workspace_id, id) ON DELETE CASCADE",
                "ALTER TABLE segment_pin ADD FOREIGN KEY (workspace_id, contact_id) "
                "REFERENCES contact (workspace_id, id) ON DELETE CASCADE",
                "CREATE INDEX segment_pin_contact ON segment_pin (workspace_id, contact_id, segment_id, is_included)",
                "CREATE INDEX segment_pin_kind ON segment_pin (workspace_id, segment_id, is_included, contact_id)",
                # As for fixed lists: a segment without figures is taken for a small one.
                "ALTER TABLE segment_pin ALTER COLUMN workspace_id SET (n_distinct = -0.001)",
                "ALTER TABLE segment_pin ALTER COLUMN segment_id SET (n_distinct = -0.001)",
            ]
        ),
    ]
