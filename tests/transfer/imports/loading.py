"""Loads a file as a server would, and looks at what came of it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from asyncpg import Record

from app.queries.connections import connection
from app.queries.imports import ledger
from app.queries.imports.changing import ask_undo, start_checked
from app.queries.imports.counting import Counts, import_counts
from app.queries.imports.ledger import ImportRow
from app.queries.imports.refusals import all_refused_rows
from app.transfer.imports.options import read_options
from app.transfer.work import next_import


@dataclass(frozen=True, slots=True)
class Loaded:
    """An import that is over: as it is kept, its counts, and the line, reason and cells of every refused row."""

    row: ImportRow
    counts: Counts
    refused: tuple[Record, ...]

    @property
    def numbers(self) -> tuple[int, int, int, int]:
        """Created, changed, unchanged, refused."""
        return self.counts.created, self.counts.changed, self.counts.unchanged, self.counts.refused

    @property
    def reasons(self) -> list[tuple[int, str]]:
        """The line and the reason of each refused row."""
        return [(row["line"], row["reason"]) for row in self.refused]

    @property
    def new_fields(self) -> list[str]:
        """The names of the fields that were made, or would be."""
        columns = self.row.plan["plan"]["columns"] if self.row.plan else []
        return [column["name"] for column in columns if column.get("is_new")]

    @property
    def new_labels(self) -> list[str]:
        """The names of the labels that were made, or would be."""
        return list(self.row.plan["new_labels"]) if self.row.plan else []


class Dock:
    """Where a workspace's files come in, in a folder of their own."""

    def __init__(self, folder: Path, workspace: int) -> None:
        self.folder = folder
        self.workspace = workspace

    async def ask(
        self, content: str | bytes, into: int | None = None, *, dry_run: bool = False, **options: Any
    ) -> int:
        """The id of an import that waits."""
        name = token_hex(8)
        (self.folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        asked = read_options(options).to_document()
        return await ledger.create_import(
            into or self.workspace, "contacts.csv", name, len(content), asked, is_dry_run=dry_run
        )

    async def load(
        self, content: str | bytes, into: int | None = None, *, dry_run: bool = False, **options: Any
    ) -> Loaded:
        """Import a text, whatever becomes of it."""
        import_id = await self.ask(content, into, dry_run=dry_run, **options)
        return await self.finish(import_id, into)

    async def start(self, import_id: int) -> Loaded:
        """Do what a dry run has shown."""
        await start_checked(self.workspace, import_id)
        return await self.finish(import_id)

    async def undo(self, import_id: int) -> Loaded:
        """Take an import back."""
        await ask_undo(self.workspace, import_id)
        return await self.finish(import_id)

    async def finish(self, import_id: int, into: int | None = None) -> Loaded:
        """Work on an import until it is over."""
        workspace = into or self.workspace
        while (row := await ledger.find_import(workspace, import_id)).finished_at is None:
            if not await next_import(self.folder):
                await asyncio.sleep(0.01)
        return Loaded(
            row,
            await counts_of(workspace, import_id),
            tuple([row async for row in all_refused_rows(workspace, import_id)]),
        )

    def left(self) -> list[str]:
        """The names of the files in the folder."""
        return sorted(path.name for path in self.folder.iterdir() if path.is_file())


async def counts_of(workspace: int, import_id: int) -> Counts:
    """How far an import has come."""
    return (await import_counts(workspace, [import_id]))[import_id]


async def until(true: Callable[[], Awaitable[object]], seconds: float = 30) -> None:
    """Wait for it."""
    for _ in range(int(seconds * 200)):
        if await true():
            return
        await asyncio.sleep(0.005)
    raise TimeoutError


async def contact(workspace: int, email: str) -> Any:
    """The row of an address, with its labels' names."""
    async with connection() as borrowed:
        return await borrowed.fetchrow(
            "SELECT *, ARRAY(SELECT name FROM label WHERE label.workspace_id = $1 "
            "AND label.id = ANY(label_ids) ORDER BY name) AS labels "
            "FROM contact WHERE workspace_id = $1 AND email_folded = $2",
            workspace,
            email,
        )


async def everyone(workspace: int) -> dict[str, dict[str, Any]]:
    """Every contact's row to the letter, by address."""
    async with connection() as borrowed:
        rows = await borrowed.fetch("SELECT * FROM contact WHERE workspace_id = $1 ORDER BY id", workspace)
    return {row["email_folded"]: dict(row) for row in rows}


async def history(workspace: int, email: str) -> list[tuple[str | None, str, str]]:
    """What happened to an address's status, the newest first: from, to, cause."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "SELECT previous, status_change.status, cause FROM status_change JOIN contact "
            "ON contact.workspace_id = status_change.workspace_id AND contact.id = status_change.contact_id "
            "WHERE status_change.workspace_id = $1 AND contact.email_folded = $2 ORDER BY status_change.id DESC",
            workspace,
            email,
        )
    return [(row["previous"], row["status"], row["cause"]) for row in rows]


async def stage_tables() -> list[str]:
    """The tables of staged rows that are there."""
    async with connection() as borrowed:
        rows = await borrowed.fetch("SELECT relname FROM pg_class WHERE relname ~ '^import_stage_[0-9]+$'")
    return [row["relname"] for row in rows]
