"""How much waits: for a connection of the pool, and of imports, exports, messages and changes in all workspaces."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from asyncpg import Record
from tortoise.connection import get_connection

from app.queries.borrowing import waiting
from app.queries.connections import connection
from app.queries.exports.ledger import ExportState
from app.queries.imports.ledger import ImportState
from app.queries.webhooks.messages import MessageState

SECONDS = 1.0


class LiveState(Enum):
    """What the live engine has yet to see to: changes, workspaces where somebody is due, segments to tell."""

    NOTED = "NOTED"
    DUE = "DUE"
    BUILDING = "BUILDING"


_LIVE = (
    "(SELECT 'NOTED' AS state, noted_at AS created_at, NULL::timestamptz AS finished_at FROM noted_change "
    "UNION ALL SELECT 'DUE', next_due_at, NULL FROM live_workspace WHERE next_due_at <= now() "
    "UNION ALL SELECT 'BUILDING', begun_at, NULL FROM live_segment WHERE ready_at IS NULL) AS live"
)
_WEBHOOK = (
    "(SELECT state, created_at, finished_at FROM webhook_message WHERE finished_at IS NULL "
    "UNION ALL SELECT 'WAITING', created_at, NULL FROM webhook_draft) AS message"
)
_KINDS: tuple[tuple[str, str, Iterable[Enum]], ...] = (
    ("import", "file_import", ImportState),
    ("export", "export", ExportState),
    # Those that are over are too many to be counted whenever somebody asks.
    ("webhook", _WEBHOOK, (MessageState.WAITING, MessageState.FAILED)),
    ("live", _LIVE, LiveState),
)


@dataclass(frozen=True, slots=True)
class PoolState:
    """Connections that are open, those of them that nobody uses, how many there may be, and who waits for one."""

    size: int
    idle: int
    most: int
    waiting: int


@dataclass(frozen=True, slots=True)
class JobsByState:
    """Jobs of a kind by their states, those not yet over, and for how many seconds the oldest of these is there."""

    kind: str
    states: dict[str, int]
    waiting: int
    oldest_seconds: float


def pool_state() -> PoolState:
    """The open pool, as it is now."""
    client: Any = get_connection("default")
    pool = client._pool  # noqa: SLF001
    if pool is None:
        return PoolState(0, 0, 0, 0)
    others = len(pool._queue._getters)  # noqa: SLF001 - asyncpg tells it nowhere else
    return PoolState(pool.get_size(), pool.get_idle_size(), pool.get_max_size(), waiting() + others)


async def job_counts() -> list[JobsByState]:
    """The jobs of all workspaces; none where PostgreSQL doesn't tell within a second."""
    try:
        async with asyncio.timeout(SECONDS), connection() as borrowed:
            return [_jobs(kind, states, await borrowed.fetch(_counted(source))) for kind, source, states in _KINDS]
    except Exception:
        return []


def _counted(source: str) -> str:
    return (
        f"SELECT state, count(*), count(*) FILTER (WHERE finished_at IS NULL), "
        "extract(epoch FROM now() - min(created_at) FILTER (WHERE finished_at IS NULL))::float8 "
        f"FROM {source} GROUP BY state"
    )


def _jobs(kind: str, states: Iterable[Enum], rows: Iterable[Record]) -> JobsByState:
    """Each state is counted, also with none: a measure that has gone away keeps its last value."""
    found = {row[0]: row for row in rows}
    counts = {str(state.value): int(found[state.value][1]) if state.value in found else 0 for state in states}
    oldest = max((row[3] or 0.0 for row in found.values()), default=0.0)
    return JobsByState(kind, counts, sum(row[2] for row in found.values()), oldest)
