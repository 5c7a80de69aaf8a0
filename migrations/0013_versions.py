"""What a segment was after each of its edits; those that are there are at their first version."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("pilah", "0012_pins")]

    initial = False

    operations = [
        ops.CreateModel(
            name="SegmentVersion",
            fields=[
                ("segment_id", fields.BigIntField(generated=False, primary_key=True, unique=True, db_index=True)),
                ("number", fields.IntField()),
                ("workspace_id", fields.BigIntField()),
                ("name", fields.TextField(unique=False)),
                ("document", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ("document_bytes", fields.IntField()),
                ("field_keys", ArrayField(element_type="TEXT")),
                ("label_ids", ArrayField(element_type="BIGINT")),
                ("segment_ids", ArrayField(element_type="BIGINT")),
                ("returned_to", fields.IntField(null=True)),
                ("actor_kind", fields.TextField(null=True, unique=False)),
                ("token_id", fields.BigIntField(null=True)),
                ("subject", fields.TextField(null=True, unique=False)),
                ("made_at", fields.DatetimeField(auto_now=False, auto_now_add=True)),
            ],
            options={
                "table": "segment_version",
                "app": "pilah",
                "pk_attr": "segment_id",
                "table_description": "`number` is 1 for the segment as it was first made; `document` is its stored filter, null of a fixed list.",
            },
            bases=["Model"],
        ),
        ops.AddField(model_name="Segment", name="version", field=fields.IntField(db_default=1)),
        ops.RunSQL(
            [
                "ALTER TABLE segment_version DROP CONSTRAINT segment_version_pkey",
                "ALTER TABLE segment_version ADD PRIMARY KEY (workspace_id, segment_id, number)",
                "ALTER TABLE segment_version ADD FOREIGN KEY (workspace_id, segment_id) "
                "REFERENCES segment (workspace_id, id) ON DELETE CASCADE",
                "INSERT INTO segment_version (workspace_id, segment_id, number, name, document, document_bytes, "
                "field_keys, label_ids, segment_ids, made_at) SELECT workspace_id, id, version, name, document, "
                "coalesce(octet_length(document::text), 0), field_keys, label_ids, segment_ids, updated_at "
                "FROM segment",
            ]
        ),
    ]
