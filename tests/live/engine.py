"""The live engine, made to run until there is nothing left to do."""

from datetime import datetime

from app.live.pace import Pace
from app.live.step import step
from app.queries.connections import connection

MOST_STEPS = 1_000


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
