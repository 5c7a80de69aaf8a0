"""`pilah import`."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import typer

from app.cli.database import ask, files_folder, read_settings
from app.cli.following import followed
from app.cli.imports import RefusedFile, Workspace, write_refused
from app.cli.outcomes import outcome
from app.cli.recording import by_operator
from app.queries.workspaces import find_workspace
from app.transfer.files.uploads import store
from app.transfer.imports.asking import ask_import
from app.transfer.imports.options import read_options
from app.transfer.work import WORK_CONNECTIONS

BLOCK_BYTES = 1_000_000
LARGEST_FILE = 2**63


def import_file(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="CSV, CSV packed by gzip, NDJSON or Parquet; its columns have names."),
    ],
    workspace: Workspace,
    status: Annotated[
        str, typer.Option(help="The status of new contacts: pending, or active with --consent.")
    ] = "pending",
    consent: Annotated[str | None, typer.Option(help="How the new contacts agreed to be mailed.")] = None,
    mode: Annotated[str, typer.Option(help="create, update, or create-and-update.")] = "create-and-update",
    mapping: Annotated[str | None, typer.Option(metavar="JSON", help="What columns become, by header.")] = None,
    tool: Annotated[str | None, typer.Option(help="Whose export it is, where that can't be told; or none.")] = None,
    encoding: Annotated[str | None, typer.Option(help="The file's encoding, where it is told wrongly.")] = None,
    delimiter: Annotated[str | None, typer.Option(help="What parts the cells, where it is told wrongly.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would happen, and change nothing.")] = False,
    refused: RefusedFile = None,
) -> None:
    """Load contacts from a file.

    Known addresses get the file's values and labels; nobody who unsubscribed or bounced is made sendable.
    """
    folder = files_folder(read_settings())
    asked: dict[str, object] = {"status": status, "consent": consent, "mode": mode, "tool": tool}
    asked |= {"encoding": encoding, "delimiter": delimiter, "dryRun": str(dry_run), "mapping": mapping}
    read_options(asked)

    async def work() -> str:
        found = await find_workspace(workspace)
        stored = await store(folder, _blocks(file), LARGEST_FILE)
        async with by_operator(found.id, "createImport"):
            import_id = await ask_import(folder, found.id, file.name, stored, asked)
        row, counts = await followed(workspace, found.id, import_id, folder)
        if refused is not None:
            await write_refused(found.id, import_id, refused)
        return await outcome(workspace, found.id, row, counts)

    sys.stdout.write(ask(work, WORK_CONNECTIONS))


async def _blocks(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as opened:
        while block := await asyncio.to_thread(opened.read, BLOCK_BYTES):
            yield block
