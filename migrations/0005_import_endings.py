"""How an import ends is kept before it clears away, and what it counted outlives what it kept."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [("pilah", "0004_partners")]

    initial = False

    operations = [
        ops.AddField(model_name="FileImport", name="ending", field=fields.TextField(null=True, unique=False)),
        ops.AddField(
            model_name="FileImport",
            name="counts",
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name="FileImportPart",
            name="statuses",
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        ops.AddField(
            model_name="FileImportPart",
            name="samples",
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
    ]
