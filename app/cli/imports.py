"""`pilah imports`, `start-import`, `cancel-import` and `undo-import`."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.database import ask, files_folder, read_settings
from app.cli.following import followed
from app.cli.outcomes import outcome, undone
from app.cli.printing import print_table
from app.cli.recording import by_operator
from app.filters.ids import number_of, to_global
from app.queries.imports.changing import ask_undo, start_checked
from app.queries.imports.changing import cancel_import as cancel
from app.queries.imports.counting import import_counts
from app.queries.imports.ledger import ImportState, find_import
from app.queries.imports.listing import newest_imports
from app.queries.workspaces import find_workspace
from app.transfer.files.drafts import PRIVATE
from app.transfer.mending import mendable_csv
from app.transfer.work import WORK_CONNECTIONS

MOST_LISTED = 100

Id = Annotated[str, typer.Argument(metavar="ID", help="The import's id, as `pilah imports` shows it.")]
Workspace = Annotated[str, typer.Option(help="The workspace's name.")]
RefusedFile = Annotated[
    Path | None,
    typer.Option("--refused", metavar="FILE", help="Where to write refused rows: a CSV, to mend and import again."),
]


def list_imports(workspace: Workspace) -> None:
    """List a workspace's imports, the newest first."""

    async def work() -> list[tuple[object, ...]]:
        found = await find_workspace(workspace)
        rows = await newest_imports(found.id, MOST_LISTED)
        counts = await import_counts(found.id, [row.id for row in rows])
        return [
            (
                *(to_global("Import", row.id), row.name, row.state.value, f"{row.created_at:%Y-%m-%d %H:%M} UTC"),
                *(f"{number:,}" for number in _counted(counts[row.id])),
            )
            for row in rows
        ]

    numbers = ("Rows", "Created", "Changed", "Unchanged", "Refused")
    print_table(("Id", "File", "State", "Asked for", *numbers), ask(work), frozenset(numbers))


def start_import(id: Id, workspace: Workspace, refused: RefusedFile = None) -> None:
    """Do what a dry run has shown, or go on with whatever was interrupted."""
    folder = files_folder(read_settings())

    async def work() -> str:
        found, import_id = await find_workspace(workspace), number_of(id, "Import")
        if (await find_import(found.id, import_id)).finished_at is not None:
            async with by_operator(found.id, "startImport", "Import", import_id):
                await start_checked(found.id, import_id)
        row, counts = await followed(workspace, found.id, import_id, folder)
        if refused is not None:
            await write_refused(found.id, import_id, refused)
        return await outcome(workspace, found.id, row, counts)

    sys.stdout.write(ask(work, WORK_CONNECTIONS))


def cancel_import(id: Id, workspace: Workspace) -> None:
    """Stop an import; what it has done stays, and can be undone."""

    async def work() -> None:
        found, import_id = await find_workspace(workspace), number_of(id, "Import")
        async with by_operator(found.id, "cancelImport", "Import", import_id):
            await cancel(found.id, import_id)

    ask(work)
    sys.stdout.write("Cancelled.\n")


def undo_import(id: Id, workspace: Workspace) -> None:
    """Take an import back, or go on with that: what it made goes, what it changed returns, unless changed since."""
    folder = files_folder(read_settings())

    async def work() -> str:
        found, import_id = await find_workspace(workspace), number_of(id, "Import")
        if (await find_import(found.id, import_id)).state is not ImportState.UNDOING:
            async with by_operator(found.id, "undoImport", "Import", import_id):
                await ask_undo(found.id, import_id)
        await followed(workspace, found.id, import_id, folder, go_on="undo-import")
        return await undone(found.id, import_id)

    sys.stdout.write(ask(work, WORK_CONNECTIONS))


async def write_refused(workspace_id: int, import_id: int, path: Path) -> None:
    """Write the rows that an import refused and that can be mended, as a CSV."""
    row = await find_import(workspace_id, import_id)
    await asyncio.to_thread(path.touch, PRIVATE)
    with path.open("w", encoding="utf-8", newline="") as file:
        async for piece in mendable_csv(workspace_id, row):
            await asyncio.to_thread(file.write, piece)


def _counted(counts: Any) -> tuple[int, ...]:
    return counts.rows, counts.created, counts.changed, counts.unchanged, counts.refused
