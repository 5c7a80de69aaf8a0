"""The live engine, made to run until there is nothing left to do."""

import asyncio
import time
from contextlib import suppress
from datetime import datetime

from app.live.pace import Pace
from app.live.step import step
from app.queries.connections import connection
from app.queries.live.pulse import seen

MOST_STEPS = 1_000
SECONDS = 10.0
NEXT_IN_TURN = "UPDATE live_workspace SET audited_at = CASE WHEN workspace_id = $1 THEN 'epoch' ELSE now() END"


async def catch_up(workspace_id: int, at: datetime | None = None, pace: Pace | None = None) -> int:
    """See to all that waits in the workspace, as of a moment or of now; how many contacts moved."""
    moves, walk = 0, pace or Pace()
    for _ in range(MOST_STEPS):
        worked = await step(workspace_id, walk, at)
        moves += worked.moves
        if not worked.is_more:
            return moves
    raise AssertionError("the engine does not come to an end")


async def members(workspace_id: int, segment_id: int) -> list[int]:
    """The ids of the contacts that are kept in a segment."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "SELECT contact_id FROM segment_member WHERE workspace_id = $1 AND segment_id = $2 ORDER BY 1",
            workspace_id,
            segment_id,
        )
    return [row[0] for row in rows]


async def ledger(workspace_id: int, segment_id: int) -> list[tuple[int, bool, str, str | None]]:
    """The ledger of a segment: contact, whether it entered, reason and detail."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "SELECT contact_id, is_entering, reason, detail FROM membership_change "
            "WHERE workspace_id = $1 AND segment_id = $2 ORDER BY id",
            workspace_id,
            segment_id,
        )
    return [tuple(row) for row in rows]


async def seconds_until_members(workspace: int, segment: int, expected: list[int]) -> float:
    """Wait until a segment has these members; raises AssertionError where that takes too long."""
    started = time.perf_counter()
    with seen.heard_for(workspace) as heard:
        while await members(workspace, segment) != expected:
            with suppress(TimeoutError):
                await asyncio.wait_for(heard.wait(), 0.1)
            heard.clear()
            assert time.perf_counter() - started < SECONDS
    return time.perf_counter() - started
