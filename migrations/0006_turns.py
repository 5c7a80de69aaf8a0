"""What the planner takes a workspace for, and how often an import was begun in vain."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

# Between two looks of ANALYZE a workspace may grow from one contact to a million. As one of a thousand, a look-up of
# one contact by an index that merely begins with the workspace is never as cheap as by the right one; and those whose
# size is known go by that.
HELD_TO_SHARE = {
    "contact": ["workspace_id"],
    "status_change": ["workspace_id", "import_id"],
    "segment_contact": ["workspace_id", "segment_id"],
}


class Migration(migrations.Migration):
    dependencies = [("pilah", "0005_import_endings")]

    initial = False

    operations = [
        ops.AddField(model_name="FileImport", name="attempts", field=fields.IntField(null=True)),
        ops.RunSQL(["UPDATE file_import SET attempts = 0"]),
        ops.AlterField(model_name="FileImport", name="attempts", field=fields.IntField(default=0)),
        ops.AddField(model_name="FileImport", name="reached", field=fields.TextField(null=True, unique=False)),
        ops.AddField(
            model_name="FileImport",
            name="missed_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.RunSQL(
            [
                "ALTER TABLE file_import ALTER COLUMN attempts SET DEFAULT 0",
                *(
                    f"ALTER TABLE {table} ALTER COLUMN {column} SET (n_distinct = -0.001)"
                    for table, columns in HELD_TO_SHARE.items()
                    for column in columns
                ),
                *(f"ANALYZE {table}" for table in HELD_TO_SHARE),
            ]
        ),
    ]
