"""Mutations of imports. A file comes in by `POST /imports`."""

import strawberry
from strawberry.types.info import Info

from app.filters.ids import number_of
from app.graphql.context import Context
from app.graphql.errors import InputError, paid_out
from app.graphql.types.file_import import Import, import_type
from app.queries.imports.changing import ask_undo, cancel_import, start_checked
from app.queries.imports.ledger import find_import


@strawberry.input(description="An import, by its id.")
class ImportIdInput:
    """An import, by its id."""

    id: strawberry.ID


@strawberry.type(description="An import as it is now, or why not.")
class ImportPayload:
    """An import as it is now, or why not."""

    import_: Import | None = strawberry.field(name="import", default=None)
    errors: list[InputError] = strawberry.field(default_factory=list)


@strawberry.type
class ImportMutations:
    """Mutations of imports."""

    @strawberry.mutation(description="Do what a dry run has shown.")
    @paid_out(ImportPayload)
    async def start_import(self, info: Info[Context, None], input: ImportIdInput) -> ImportPayload:
        """Do what a dry run has shown."""
        info.context.require("import")
        number = number_of(input.id, "Import")
        await start_checked(info.context.workspace_id, number)
        return await _payload(info, number)

    @strawberry.mutation(description="Stop an import, or give a dry run up; what is done stays, and can be undone.")
    @paid_out(ImportPayload)
    async def cancel_import(self, info: Info[Context, None], input: ImportIdInput) -> ImportPayload:
        """Stop an import."""
        info.context.require("import")
        number = number_of(input.id, "Import")
        await cancel_import(info.context.workspace_id, number)
        return await _payload(info, number)

    @strawberry.mutation(description="Take an import back whole, but for what was changed since; within 30 days.")
    @paid_out(ImportPayload)
    async def undo_import(self, info: Info[Context, None], input: ImportIdInput) -> ImportPayload:
        """Take an import back."""
        info.context.require("import")
        number = number_of(input.id, "Import")
        await ask_undo(info.context.workspace_id, number)
        return await _payload(info, number)


async def _payload(info: Info[Context, None], number: int) -> ImportPayload:
    return ImportPayload(import_=import_type(await find_import(info.context.workspace_id, number)))
