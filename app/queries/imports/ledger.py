"""The ledger of imports: what was asked, and how far each has come."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import orjson
from asyncpg import Record

from app.filters.problems import Code, Refused
from app.queries.acts import made
from app.queries.connections import connection, transaction
from app.queries.keyset import Order

UNDOABLE_DAYS = 30

NEWEST_FIRST = Order("file_import.id", descending=True)


class ImportState(Enum):
    """Where an import stands. CHECKED is the end of a dry run.

    What has no `finished_at` is still being worked on, though it be CANCELLED: its files are to be cleared away.
    """

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
    *("ending", "problem", "created_at", "started_at", "finished_at"),
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
    ending: str | None
    problem: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


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
    async with transaction() as borrowed:
        import_id: int = await borrowed.fetchval(
            "INSERT INTO file_import (workspace_id, name, stored, size, state, is_dry_run, options, created_at) "
            "VALUES ($1, $2, $3, $4, 'QUEUED', $5, $6, now()) RETURNING id",
            workspace_id,
            name,
            stored,
            size,
            is_dry_run,
            orjson.dumps(options).decode(),
        )
        made("Import", import_id)
    return import_id


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


def storable(cell: str) -> str:
    """A cell as PostgreSQL can keep it: what is not UTF-8, and NUL, become the sign for an unknown character."""
    return cell.replace("\0", "�").encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def not_found() -> Refused:
    """There is no such import in the workspace (or it is another's)."""
    return Refused.because(Code.NOT_FOUND, "there is no such import", "id")
