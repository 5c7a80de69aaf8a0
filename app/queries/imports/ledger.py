"""The ledger of imports: what was asked, and how far each has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import orjson
from asyncpg import Record

from app.filters.problems import Code, Refused
from app.queries.connections import Connection, connection, transaction
from app.queries.keyset import Order, Page, Window, fetch_page
from app.queries.statements import select
from app.tables.file_import import FileImport

UNDOABLE_DAYS = 30

NEWEST_FIRST = Order("file_import.id", descending=True)


class ImportState(Enum):
    """Where an import stands. CHECKED is the end of a dry run; what has no `finished_at` is still being worked on."""

    QUEUED = "QUEUED"
    LOADING = "LOADING"
    MERGING = "MERGING"
    DONE = "DONE"
    CHECKED = "CHECKED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    UNDOING = "UNDOING"
    UNDONE = "UNDONE"


RUNNING = (ImportState.QUEUED, ImportState.LOADING, ImportState.MERGING)
UNDOABLE = (ImportState.DONE, ImportState.CANCELLED, ImportState.FAILED)

COLUMNS = (
    *("file_import.id", "name", "stored", "size", "state", "is_dry_run", "options", "plan", "samples"),
    *("problem", "created_at", "started_at", "finished_at"),
)


@dataclass(frozen=True, slots=True)
class ImportRow:
    """An import as it is kept."""

    id: int
    name: str
    stored: str
    size: int
    state: ImportState
    is_dry_run: bool
    options: dict[str, Any]
    plan: dict[str, Any] | None
    samples: list[Any] | None
    problem: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows of the file there are, are staged and merged; what became of contacts; and rows refused."""

    rows: int = 0
    staged: int = 0
    merged: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0


def import_row(row: Record) -> ImportRow:
    """A row of COLUMNS."""
    found = dict(row)
    for name in ("options", "plan", "samples"):
        found[name] = found[name] and orjson.loads(found[name])
    return ImportRow(**{**found, "state": ImportState(found["state"])})


async def create_import(
    workspace_id: int, name: str, stored: str, size: int, options: dict[str, Any], *, is_dry_run: bool
) -> int:
    """A new import's id, waiting to be worked on."""
    async with connection() as borrowed:
        made: int = await borrowed.fetchval(
            "INSERT INTO file_import (workspace_id, name, stored, size, state, is_dry_run, options, created_at) "
            "VALUES ($1, $2, $3, $4, 'QUEUED', $5, $6, now()) RETURNING id",
            workspace_id,
            name,
            stored,
            size,
            is_dry_run,
            orjson.dumps(options).decode(),
        )
    return made


async def find_import(workspace_id: int, import_id: int) -> ImportRow:
    """An import by its id; raises Refused NOT_FOUND."""
    async with connection() as borrowed:
        row = await borrowed.fetchrow(
            f"SELECT {', '.join(COLUMNS)} FROM file_import WHERE workspace_id = $1 AND id = $2",
            workspace_id,
            import_id,
        )
    if row is None:
        raise not_found()
    return import_row(row)


async def imports_page(workspace_id: int, window: Window) -> Page:
    """A page of imports, newest first; `import_row` reads its rows."""
    return await fetch_page(select(FileImport, COLUMNS, workspace_id), NEWEST_FIRST, window)


async def import_counts(workspace_id: int, import_ids: Sequence[int]) -> dict[int, Counts]:
    """How far each import has come."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "SELECT import.id, coalesce(sum(part.rows), 0), coalesce(sum(part.rows) FILTER (WHERE is_staged), 0), "
            "coalesce(sum(part.rows) FILTER (WHERE is_merged), 0), coalesce(sum(part.created), 0), "
            "coalesce(sum(part.changed), 0), coalesce(sum(part.unchanged), 0), (SELECT count(*) FROM refused_row "
            "WHERE refused_row.workspace_id = $1 AND refused_row.import_id = import.id) "
            "FROM unnest($2::bigint[]) AS import (id) LEFT JOIN file_import_part AS part "
            "ON part.workspace_id = $1 AND part.import_id = import.id GROUP BY import.id",
            workspace_id,
            list(import_ids),
        )
    return {row[0]: Counts(*map(int, tuple(row)[1:])) for row in rows}


async def start_checked(workspace_id: int, import_id: int) -> None:
    """Do what a dry run has shown; raises Refused where it is none, or is not done."""
    await _change(
        workspace_id,
        import_id,
        "state = 'QUEUED', is_dry_run = FALSE, created_at = now(), finished_at = NULL, started_at = NULL, "
        "plan = NULL, samples = NULL",
        "state = 'CHECKED' AND finished_at > now() - interval '30 days'",
        "only a dry run that is done can be started",
        clean=True,
    )


async def cancel_import(workspace_id: int, import_id: int) -> None:
    """Stop an import; what it has merged stays, and can be undone. Raises Refused where it is over."""
    await _change(
        workspace_id,
        import_id,
        "state = 'CANCELLED', finished_at = now()",
        "state IN ('QUEUED', 'LOADING', 'MERGING')",
        "this import is over already",
    )


async def ask_undo(workspace_id: int, import_id: int) -> None:
    """Let an import be taken back; raises Refused where it can't be, or not any more."""
    await _change(
        workspace_id,
        import_id,
        "state = 'UNDOING', finished_at = NULL",
        "state IN ('DONE', 'CANCELLED', 'FAILED') AND NOT is_dry_run "
        f"AND created_at > now() - interval '{UNDOABLE_DAYS} days'",
        f"only an import that is over can be undone, within {UNDOABLE_DAYS} days, and once",
    )


async def _change(
    workspace_id: int, import_id: int, assignments: str, condition: str, otherwise: str, *, clean: bool = False
) -> None:
    async with transaction() as borrowed:
        state = await borrowed.fetchval(
            "SELECT state FROM file_import WHERE workspace_id = $1 AND id = $2 FOR UPDATE", workspace_id, import_id
        )
        if state is None:
            raise not_found()
        changed = await borrowed.fetchval(
            f"UPDATE file_import SET {assignments} WHERE workspace_id = $1 AND id = $2 AND {condition} RETURNING id",
            workspace_id,
            import_id,
        )
        if changed is None:
            raise Refused.because(Code.NOT_ALLOWED, otherwise, "input.id")
        if clean:
            await forget_parts(borrowed, workspace_id, import_id)


async def forget_parts(borrowed: Connection, workspace_id: int, import_id: int) -> None:
    """Leave nothing of an earlier reading of the file."""
    for table in ("file_import_part", "refused_row"):
        await borrowed.execute(
            f"DELETE FROM {table} WHERE workspace_id = $1 AND import_id = $2", workspace_id, import_id
        )


async def save_plan(
    workspace_id: int, import_id: int, plan: dict[str, Any], parts: Sequence[tuple[int, int, int, int, int]]
) -> bool:
    """Keep what the file will become, with its parts (number, start, end, line, rows); False where it was stopped."""
    async with transaction() as borrowed:
        planned = await borrowed.fetchval(
            "UPDATE file_import SET plan = $3, state = 'LOADING' "
            "WHERE workspace_id = $1 AND id = $2 AND state = 'QUEUED' RETURNING id",
            workspace_id,
            import_id,
            orjson.dumps(plan).decode(),
        )
        if planned is None:
            return False
        await borrowed.executemany(
            "INSERT INTO file_import_part (workspace_id, import_id, number, start_byte, end_byte, line, rows, "
            "is_staged, is_merged, created, changed, unchanged) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, FALSE, FALSE, 0, 0, 0)",
            [(workspace_id, import_id, *part) for part in parts],
        )
    return True


async def save_new_labels(workspace_id: int, import_id: int, labels: dict[str, int]) -> None:
    """Keep the labels that an import makes, by name, with their ids."""
    async with connection() as borrowed:
        await borrowed.execute(
            "UPDATE file_import SET plan = jsonb_set(plan, '{labels}', plan -> 'labels' || $3::jsonb) "
            "WHERE workspace_id = $1 AND id = $2",
            workspace_id,
            import_id,
            orjson.dumps(labels).decode(),
        )


async def pending_parts(workspace_id: int, import_id: int, column: str) -> list[Record]:
    """The parts that are not staged (or not merged) yet, in order: their numbers, bytes and first lines."""
    async with connection() as borrowed:
        rows: list[Record] = await borrowed.fetch(
            "SELECT number, start_byte, end_byte, line FROM file_import_part "
            f"WHERE workspace_id = $1 AND import_id = $2 AND NOT {column} ORDER BY number",
            workspace_id,
            import_id,
        )
    return rows


async def finish_import(
    workspace_id: int, import_id: int, state: ImportState, problem: str | None = None, samples: Any = None
) -> bool:
    """The import is over; False where it was over before, or is being undone and this is no end of that."""
    async with connection() as borrowed:
        finished = await borrowed.fetchval(
            "UPDATE file_import SET state = $3, problem = $4, samples = $5, finished_at = now() "
            "WHERE workspace_id = $1 AND id = $2 AND finished_at IS NULL "
            "AND (state <> 'UNDOING' OR $3 IN ('UNDONE', 'FAILED')) RETURNING id",
            workspace_id,
            import_id,
            state.value,
            problem and storable(problem),
            None if samples is None else orjson.dumps(samples).decode(),
        )
    return finished is not None


def storable(cell: str) -> str:
    """A cell as PostgreSQL can keep it: what is not UTF-8, and NUL, become the sign for an unknown character."""
    return cell.replace("\0", "�").encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def not_found() -> Refused:
    """There is no such import in the workspace (or it is another's)."""
    return Refused.because(Code.NOT_FOUND, "there is no such import", "id")
