"""`pilah import` and `pilah undo-import`."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from shlex import quote
from typing import Annotated, Any

import typer

from app.cli.database import ask, files_folder, read_settings
from app.cli.printing import Bars
from app.filters.ids import from_global, to_global
from app.filters.problems import Code, Refused, speakable
from app.queries.imports import ledger
from app.queries.imports.changing import ask_undo
from app.queries.imports.counting import Counts, import_counts
from app.queries.imports.ledger import ImportRow, ImportState
from app.queries.imports.refusals import all_refused_rows, refused_rows
from app.queries.imports.undoing import kept_contacts
from app.queries.workspaces import find_workspace
from app.transfer.files.uploads import store
from app.transfer.imports.asking import ask_import
from app.transfer.imports.options import read_options
from app.transfer.work import WORK_CONNECTIONS, working

MOST_TOLD = 1_000
BLOCK_BYTES = 1_000_000
SECONDS_BETWEEN_LOOKS = 0.1
LARGEST_FILE = 2**63

WORKSPACE = typer.Option(help="The workspace's name.")


def import_file(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="CSV, CSV packed by gzip, NDJSON or Parquet; its columns have names."),
    ],
    workspace: Annotated[str, WORKSPACE],
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
    refused: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write the line and reason of every refused row.")
    ] = None,
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
        import_id = await ask_import(folder, found.id, file.name, stored, asked)
        row, counts = await _followed(found.id, import_id, folder)
        _refuse_failure(row)
        if refused is not None:
            await _write_refused(found.id, import_id, refused)
        return await _told(workspace, found.id, row, counts)

    sys.stdout.write(ask(work, WORK_CONNECTIONS))


def undo_import(
    id: Annotated[str, typer.Argument(help="The import's id.")], workspace: Annotated[str, WORKSPACE]
) -> None:
    """Take an import back: what it made goes and what it changed returns, unless somebody changed it since."""
    folder = files_folder(read_settings())

    async def work() -> str:
        found = await find_workspace(workspace)
        known = from_global(id)
        import_id = known[1] if known and known[0] == "Import" else 0
        await ask_undo(found.id, import_id)
        _refuse_failure((await _followed(found.id, import_id, folder))[0])
        kept = await kept_contacts(found.id, import_id, MOST_TOLD)
        lines = ["Undone."]
        lines += [
            f"Left alone, as changed since: {to_global('Contact', row['contact_id'])}{_keys(row)}" for row in kept
        ]
        return "".join(f"{line}\n" for line in lines)

    sys.stdout.write(ask(work, WORK_CONNECTIONS))


def _keys(row: Any) -> str:
    return "" if row["keys"] is None else f" ({', '.join(row['keys'])})"


async def _blocks(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as opened:
        while block := await asyncio.to_thread(opened.read, BLOCK_BYTES):
            yield block


async def _followed(workspace_id: int, import_id: int, folder: Path) -> tuple[ImportRow, Counts]:
    """The import once it is over; this process works on it, unless a server does already."""
    async with working(folder):
        with Bars() as bars:
            while True:
                row = await ledger.find_import(workspace_id, import_id)
                counts = (await import_counts(workspace_id, [import_id]))[import_id]
                if row.finished_at is not None:
                    return row, counts
                bars.show(row.state.value.title(), _done(row.state, counts), counts.rows)
                await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


def _refuse_failure(row: ImportRow) -> None:
    if row.problem is not None:
        raise Refused.because(Code.NOT_ALLOWED, row.problem, "file")


def _done(state: ImportState, counts: Counts) -> int:
    return counts.merged if state is ImportState.MERGING else counts.staged


async def _write_refused(workspace_id: int, import_id: int, path: Path) -> None:
    with path.open("w", encoding="utf-8") as told:
        async for row in all_refused_rows(workspace_id, import_id):
            told.write(_refused(row))


def _refused(row: Any) -> str:
    return speakable(f"line {row['line']}: {row['reason']}\n")


async def _told(workspace: str, workspace_id: int, row: ImportRow, counts: Counts) -> str:
    would = "would be " if row.is_dry_run else ""
    text = (
        f"{counts.created:,} {would}created, {counts.changed:,} {would}changed, {counts.unchanged:,} unchanged, "
        f"{counts.refused:,} refused.\n"
    )
    columns = row.plan["plan"]["columns"] if row.plan else []
    made = [column["name"] for column in columns if column.get("is_new")]
    expanded = {one["place"] for one in row.plan["plan"]["expansions"]} if row.plan else set()
    left = [
        column["name"]
        for place, column in enumerate(columns)
        if column["role"] == "NOTHING" and column.get("name") and place not in expanded
    ]
    labels = [f'"{name}"' for name in row.plan["new_labels"]] if row.plan else []
    for what, names in (("New fields", made), ("New labels", labels), ("Left out", left)):
        if names:
            text += f"{what}: {speakable(', '.join(names))}.\n"
    if not row.is_dry_run:
        text += f"To take it back: pilah undo-import {to_global('Import', row.id)} --workspace {quote(workspace)}\n"
    rows = await refused_rows(workspace_id, row.id, 0, MOST_TOLD)
    text += "".join(map(_refused, rows))
    if counts.refused > len(rows):
        text += f"and {counts.refused - len(rows):,} more; `--refused FILE` has them all written\n"
    return text
