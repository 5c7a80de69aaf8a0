"""The ledger of exports to files: what was asked, who works on it, and what became of it."""

from asyncio import CancelledError
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import orjson
from asyncpg import InterfaceError, Record

from app.filters.problems import Code, Refused
from app.queries.acts import made
from app.queries.connections import Connection, connection, transaction

KEPT_DAYS = 7
MOST_KEPT = 100
MOST_ATTEMPTS = 5

_LOCK = "hashtextextended('pilah export ' || $1::bigint || ' ' || $2::bigint, 0)"


class ExportState(Enum):
    """Where an export to a file stands."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class ExportRow:
    """An export as it is kept; without a document it is of everyone."""

    id: int
    name: str
    document: dict[str, Any] | None
    options: dict[str, Any]
    state: ExportState
    stored: str
    attempts: int
    rows: int | None
    bytes: int | None
    problem: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def expires_at(self) -> datetime | None:
        """When it goes, with its file."""
        return self.finished_at and self.finished_at + timedelta(days=KEPT_DAYS)


@dataclass(frozen=True, slots=True)
class Claim:
    """An export that this caller alone works on, and the connection that holds it."""

    borrowed: Connection
    workspace_id: int
    export_id: int


_COLUMNS = ", ".join(ExportRow.__dataclass_fields__)


async def create_export(
    workspace_id: int, name: str, document: dict[str, Any] | None, options: dict[str, Any], stored: str
) -> int:
    """A new export's id, waiting to be worked on; raises Refused where the workspace keeps too many."""
    async with transaction() as borrowed:
        export_id: int | None = await borrowed.fetchval(
            "INSERT INTO export (workspace_id, name, document, options, stored, state, attempts, created_at) "
            "SELECT $1, $2, $3, $4, $5, 'QUEUED', 0, now() "
            "WHERE (SELECT count(*) FROM export WHERE workspace_id = $1) < $6 RETURNING id",
            workspace_id,
            name,
            None if document is None else orjson.dumps(document).decode(),
            orjson.dumps(options).decode(),
            stored,
            MOST_KEPT,
        )
        if export_id is None:
            message = f"a workspace keeps at most {MOST_KEPT} exports, for {KEPT_DAYS} days; delete some first"
            raise Refused.because(Code.NOT_ALLOWED, message, "exports")
        made("Export", export_id)
    return export_id


async def find_export(workspace_id: int, export_id: int) -> ExportRow:
    """An export by its id; raises Refused NOT_FOUND."""
    async with connection() as borrowed:
        row = await borrowed.fetchrow(
            f"SELECT {_COLUMNS} FROM export WHERE workspace_id = $1 AND id = $2", workspace_id, export_id
        )
    if row is None:
        raise not_found()
    return export_row(row)


def export_row(row: Record) -> ExportRow:
    """A row of an export's columns."""
    found = dict(row)
    found["document"] = found["document"] and orjson.loads(found["document"])
    return ExportRow(**{**found, "options": orjson.loads(found["options"]), "state": ExportState(found["state"])})


async def delete_export(workspace_id: int, export_id: int) -> str:
    """Forget an export, also while it is worked on; the name of its file. Raises Refused NOT_FOUND."""
    async with transaction() as borrowed:
        stored: str | None = await borrowed.fetchval(
            "DELETE FROM export WHERE workspace_id = $1 AND id = $2 RETURNING stored", workspace_id, export_id
        )
        if stored is None:
            raise not_found()
    return stored


@asynccontextmanager
async def claimed_export() -> AsyncIterator[Claim | None]:
    """An export that nobody works on, for this caller alone while the context lasts.

    The turn is the workspace's that has waited longest since it last had one.
    The claim ends with its connection, so what a killed process worked on is there for the next at once.
    """
    async with connection() as borrowed:
        try:
            claim = await _claim(borrowed)
        except BaseException:
            # The pool must not get it back with a lock.
            with suppress(InterfaceError):
                borrowed.terminate()
            raise
        try:
            yield claim
        except CancelledError:
            if claim is not None:
                await _call_off(claim)
            raise
        finally:
            if claim is not None and not borrowed.is_closed():
                await _give_back(claim)


async def _claim(borrowed: Connection) -> Claim | None:
    waiting = await borrowed.fetch(
        "SELECT workspace_id, id FROM export AS waiting, LATERAL (SELECT max(started_at) AS last FROM export "
        "WHERE export.workspace_id = waiting.workspace_id) AS turn WHERE finished_at IS NULL "
        "ORDER BY greatest(last, min(created_at) OVER (PARTITION BY workspace_id)), id"
    )
    for workspace_id, export_id in waiting:
        if not await borrowed.fetchval(f"SELECT pg_try_advisory_lock({_LOCK})", workspace_id, export_id):
            continue
        claim = Claim(borrowed, workspace_id, export_id)
        # Asked again, for another may have finished it before the lock was had.
        if await _start(claim):
            return claim
        await _unlock(claim)
    return None


async def _start(claim: Claim) -> bool:
    """Whether it is still to be done; what has been taken up too often has failed."""
    state = await claim.borrowed.fetchval(
        "UPDATE export SET attempts = attempts + 1, started_at = now(), "
        "state = CASE WHEN attempts < $3 THEN 'RUNNING' ELSE 'FAILED' END, "
        "finished_at = CASE WHEN attempts < $3 THEN NULL ELSE now() END, "
        "problem = CASE WHEN attempts < $3 THEN NULL ELSE $4 END "
        "WHERE workspace_id = $1 AND id = $2 AND finished_at IS NULL RETURNING state",
        claim.workspace_id,
        claim.export_id,
        MOST_ATTEMPTS,
        f"this was begun {MOST_ATTEMPTS} times and never came to its end; export fewer contacts at once",
    )
    return bool(state == ExportState.RUNNING.value)


async def _call_off(claim: Claim) -> None:
    """It was no attempt where it is cancelled in peace, as by a server that is stopped."""
    with suppress(Exception):
        await claim.borrowed.execute(
            "UPDATE export SET attempts = attempts - 1 WHERE workspace_id = $1 AND id = $2 AND finished_at IS NULL",
            claim.workspace_id,
            claim.export_id,
        )


async def _give_back(claim: Claim) -> None:
    try:
        await _unlock(claim)
    except BaseException:
        claim.borrowed.terminate()  # or the pool would keep the lock
        raise


async def _unlock(claim: Claim) -> None:
    await claim.borrowed.execute(f"SELECT pg_advisory_unlock({_LOCK})", claim.workspace_id, claim.export_id)


async def note_rows(workspace_id: int, export_id: int, rows: int) -> None:
    """How many rows it will have."""
    async with connection() as borrowed:
        await borrowed.execute(
            "UPDATE export SET rows = $3 WHERE workspace_id = $1 AND id = $2", workspace_id, export_id, rows
        )


async def finish_export(
    claim: Claim, state: ExportState, *, size: int | None = None, problem: str | None = None
) -> bool:
    """The export is over, with its file's bytes or what was wrong; False where it was deleted meanwhile."""
    finished = await claim.borrowed.fetchval(
        "UPDATE export SET state = $3, bytes = $4, problem = $5, finished_at = now() "
        "WHERE workspace_id = $1 AND id = $2 AND finished_at IS NULL RETURNING id",
        claim.workspace_id,
        claim.export_id,
        state.value,
        size,
        problem,
    )
    return finished is not None


async def forget_old_exports() -> None:
    """Forget the exports, of all workspaces, whose days are over."""
    async with connection() as borrowed:
        await borrowed.execute(f"DELETE FROM export WHERE finished_at < now() - interval '{KEPT_DAYS} days'")


async def exported_files() -> set[str]:
    """The names of the files of all workspaces' exports."""
    async with connection() as borrowed:
        return {row[0] for row in await borrowed.fetch("SELECT stored FROM export")}


def not_found() -> Refused:
    """There is no such export in the workspace (or it is another's)."""
    return Refused.because(Code.NOT_FOUND, "there is no such export", "id")
