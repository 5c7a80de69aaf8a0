"""Whose turn it is: one engine at a time works on a workspace, for as long as its transaction lasts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from app.filters.meaning import EDITION
from app.queries.connections import Connection, connection, transaction

STEP_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Held:
    """A workspace that this engine works on, as of a moment by PostgreSQL's clock.

    `version` is the catalog's now, `known_version` the one that its segments were told for; `is_of_edition` where
    that was by what filters mean now.
    """

    borrowed: Connection
    workspace_id: int
    version: int
    known_version: int
    is_of_edition: bool
    next_due_at: datetime | None
    at: datetime

    def is_told_for(self, version: int) -> bool:
        """Whether the segments are kept, or being told, as the catalog of this version has them."""
        return self.is_of_edition and self.known_version == version


# The statements' texts are the same again and again, and what they look for they find by its key: planned once.
_HOLD = (
    "SELECT workspace.catalog_version, live.catalog_version, live.edition = $2, live.next_due_at, clock_timestamp(), "
    "set_config('plan_cache_mode', 'force_generic_plan', TRUE), "
    f"set_config('statement_timeout', '{STEP_SECONDS}s', TRUE) "
    "FROM live_workspace AS live JOIN workspace ON workspace.id = live.workspace_id "
    "WHERE live.workspace_id = $1 FOR UPDATE OF live SKIP LOCKED"
)

_known: set[int] = set()

_FIRST = "INSERT INTO live_workspace (workspace_id) VALUES ($1) ON CONFLICT DO NOTHING"

_WAITING = (
    "SELECT workspace.id FROM workspace LEFT JOIN live_workspace AS live ON live.workspace_id = workspace.id "
    "WHERE live.catalog_version IS DISTINCT FROM workspace.catalog_version OR live.edition <> $1 "
    "OR live.next_due_at <= clock_timestamp() "
    "UNION SELECT workspace_id FROM noted_change "
    "UNION SELECT workspace_id FROM live_segment WHERE ready_at IS NULL"
)


@asynccontextmanager
async def held_workspace(workspace_id: int) -> AsyncIterator[Held | None]:
    """The workspace for this engine alone, in a transaction; None where another one has it.

    All that the block writes becomes visible at once, and after all that was written in this way before.
    """
    await _know(workspace_id)
    async with transaction(quiet=True) as borrowed:
        row = await borrowed.fetchrow(_HOLD, workspace_id, EDITION)
        yield None if row is None else Held(borrowed, workspace_id, *tuple(row)[:5])


async def _know(workspace_id: int) -> None:
    """See to it that there is a row to be locked, committed before anybody looks for it."""
    if workspace_id not in _known:
        async with connection() as borrowed:
            await borrowed.execute(_FIRST, workspace_id)
        _known.add(workspace_id)


async def noted_workspaces() -> list[int]:
    """The workspaces in which changes are noted."""
    async with connection() as borrowed:
        return [row[0] for row in await borrowed.fetch("SELECT DISTINCT workspace_id FROM noted_change")]


async def waiting_workspaces() -> list[int]:
    """The workspaces in which there is something to do."""
    async with connection() as borrowed:
        return [row[0] for row in await borrowed.fetch(_WAITING, EDITION)]


async def seconds_until_due() -> float | None:
    """In how many seconds time alone will give the next work, of all workspaces."""
    async with connection() as borrowed:
        seconds: float | None = await borrowed.fetchval(
            "SELECT extract(epoch FROM min(next_due_at) - clock_timestamp())::float8 FROM live_workspace "
            "WHERE next_due_at > clock_timestamp()"
        )
    return seconds
