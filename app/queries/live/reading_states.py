"""How dynamic segments are kept: what for, how far, with how many members; and since when contacts are in."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from asyncpg import Record

from app.queries.connections import connection
from app.queries.live.pulse import seen

# Whoever has written something reads it: it is waited for unless it is so late that nobody may be seeing to it.
LATE: Final = timedelta(seconds=2)
# What came in bulk may take long, and is waited for but a moment.
PATIENCE_IN_BULK: Final = timedelta(seconds=0.3)
LATE_IN_BULK: Final = timedelta(minutes=10)
SECONDS_BETWEEN_LOOKS: Final = 0.25

# In the order of ids the first is the oldest. What came in bulk behind a single change counts once that is seen to; a
# single one that was looked at already waits for what came in bulk before it.
_STATES = (
    "WITH single AS (SELECT noted_at FROM noted_change WHERE workspace_id = $1 AND NOT is_bulk AND NOT is_judged "
    "ORDER BY id LIMIT 1), "
    "first AS (SELECT noted_at, is_bulk OR is_judged AS is_bulk FROM noted_change WHERE workspace_id = $1 "
    "ORDER BY id LIMIT 1) "
    "SELECT live.segment_id, live.meaning, live.members, live.built_to, live.built_until, live.begun_at, "
    "live.ready_at, (SELECT noted_at FROM single) AS noted_at, "
    "(SELECT noted_at FROM first WHERE is_bulk) AS noted_in_bulk_at, state.next_due_at, clock_timestamp() AS now "
    "FROM live_segment AS live JOIN live_workspace AS state ON state.workspace_id = $1 "
    "WHERE live.workspace_id = $1 AND live.segment_id = ANY($2::bigint[])"
)


@dataclass(frozen=True, slots=True)
class State:
    """A segment as it is kept; `as_of` is the moment up to which all that happened to contacts is seen to.

    `built_to` is the contact up to which the members are told, None where all are, and `built_until` the last contact
    when that began. `is_behind` where the engine is so late that it may not be running.
    """

    meaning: str
    members: int
    built_to: int | None
    built_until: int
    begun_at: datetime
    ready_at: datetime | None
    as_of: datetime
    is_behind: bool

    @property
    def is_current(self) -> bool:
        """Whether `members` is how many there are: all are told, and the engine keeps up."""
        return self.ready_at is not None and not self.is_behind


async def settled_states(workspace_id: int, segment_ids: Sequence[int]) -> dict[int, State]:
    """The segments that are kept, by id, once what was written before this is seen to, if that is to be soon."""
    with seen.heard_for(workspace_id) as heard:
        rows = await _rows(workspace_id, segment_ids)
        began = rows[0]["now"] if rows else datetime.now(UTC)
        while rows and _is_to_settle(rows[0], began):
            with suppress(TimeoutError):
                await asyncio.wait_for(heard.wait(), SECONDS_BETWEEN_LOOKS)
            heard.clear()
            rows = await _rows(workspace_id, segment_ids)
    return {row["segment_id"]: _state(row) for row in rows}


async def entered_at(workspace_id: int, contact_ids: Sequence[int]) -> dict[int, dict[int, datetime]]:
    """Since when contacts are in the dynamic segments that they are kept in: by contact, by segment."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "SELECT contact_id, segment_id, entered_at FROM segment_member "
            "WHERE workspace_id = $1 AND contact_id = ANY($2::bigint[])",
            workspace_id,
            list(contact_ids),
        )
    found: dict[int, dict[int, datetime]] = {}
    for contact_id, segment_id, moment in rows:
        found.setdefault(contact_id, {})[segment_id] = moment
    return found


async def _rows(workspace_id: int, segment_ids: Sequence[int]) -> list[Record]:
    async with connection() as borrowed:
        rows: list[Record] = await borrowed.fetch(_STATES, workspace_id, list(segment_ids))
    return rows


def _is_to_settle(row: Record, began: datetime) -> bool:
    waiting = ((row["noted_at"], LATE), (row["noted_in_bulk_at"], PATIENCE_IN_BULK))
    return any(at is not None and at <= began and row["now"] - at <= most for at, most in waiting)


def _state(row: Record) -> State:
    now = row["now"]
    waiting: Mapping[datetime | None, timedelta] = {
        row["noted_at"]: LATE,
        row["next_due_at"]: LATE,
        row["noted_in_bulk_at"]: LATE_IN_BULK,
    }
    since = {at: late for at, late in waiting.items() if at is not None and at <= now}
    return State(
        row["meaning"],
        row["members"],
        row["built_to"],
        row["built_until"],
        row["begun_at"],
        row["ready_at"],
        as_of=min(since, default=now),
        is_behind=any(now - at > late for at, late in since.items()),
    )
