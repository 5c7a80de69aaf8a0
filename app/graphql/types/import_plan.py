"""What an import makes of its file: of each column, and of rows taken as samples."""

from collections.abc import Mapping
from typing import Any

import strawberry

from app.graphql.enums import ColumnRole, ColumnRule, FieldType
from app.graphql.scalars import Json
from app.transfer.columns.plan import Column, Plan


@strawberry.type(description="A column of an imported file, and what it becomes.")
class ImportColumn:
    """A column of an imported file, and what it becomes."""

    header: str = strawberry.field(description="What the file calls it; the key where it stands in a column of JSON.")
    role: ColumnRole
    key: str | None = strawberry.field(description="The key of the field that it fills.")
    name: str | None = strawberry.field(description="What people call that field.")
    type: FieldType
    is_new: bool = strawberry.field(description="Whether the import makes that field.")
    form: str | None = strawberry.field(description="How the file writes days, moments or numbers.")
    rule: ColumnRule
    clears: bool = strawberry.field(description="Whether an empty cell clears the contact's value.")
    note: str | None = strawberry.field(description="What somebody should know before the column is loaded.")


@strawberry.type(description="A row of a dry run, and the contact that it would make or change.")
class ImportSample:
    """A row of a dry run, and the contact that it would make or change."""

    line: int
    before: Json | None = strawberry.field(description="Null where the contact would be new.")
    after: Json


def import_columns(document: Mapping[str, Any]) -> list[ImportColumn]:
    """The columns of an import's plan, as it is kept: the header's, then those within columns of JSON."""
    plan = Plan.from_document(document["plan"])
    within = (key for expansion in plan.expansions for key in expansion.keys)
    headers = (*document["file"]["header"], *within)
    return [_column(header, column) for header, column in zip(headers, plan.columns, strict=True)]


def _column(header: str, column: Column) -> ImportColumn:
    return ImportColumn(
        header=header,
        role=column.role,
        key=column.key or None,
        name=column.name or None,
        type=column.type,
        is_new=column.is_new,
        form=column.form or None,
        rule=column.rule,
        clears=column.clears,
        note=column.note or None,
    )
