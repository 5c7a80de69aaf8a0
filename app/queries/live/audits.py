"""How far the audit of kept membership has come, in each workspace."""

from app.queries.connections import connection
from app.queries.live.claims import Held
from app.queries.live.keeping import LAST

_NEXT = (
    "SELECT workspace_id FROM live_workspace AS live WHERE EXISTS ("
    "SELECT FROM live_segment WHERE live_segment.workspace_id = live.workspace_id AND ready_at IS NOT NULL) "
    "AND NOT EXISTS (SELECT FROM noted_change WHERE noted_change.workspace_id = live.workspace_id) "
    "ORDER BY audited_at NULLS FIRST LIMIT 1"
)
_SEGMENT = (
    "SELECT live.segment_id, CASE WHEN live.segment_id = state.audited_segment_id "
    "THEN state.audited_contact_id ELSE 0 END "
    "FROM live_workspace AS state JOIN live_segment AS live ON live.workspace_id = $1 AND live.ready_at IS NOT NULL "
    "WHERE state.workspace_id = $1 "
    "ORDER BY live.segment_id < state.audited_segment_id "
    "OR (live.segment_id = state.audited_segment_id AND state.audited_contact_id = $2), live.segment_id LIMIT 1"
)
_NOTE = (
    "UPDATE live_workspace SET audited_segment_id = $2, audited_contact_id = $3, differences = differences + $4 "
    "WHERE workspace_id = $1"
)


async def next_audited() -> int | None:
    """The workspace whose audit has waited longest, of those in which nothing else waits, if there is one."""
    async with connection() as borrowed:
        found: int | None = await borrowed.fetchval(_NEXT)
        # At once: if this audit fails, the others have their turns before it is tried again.
        await borrowed.execute(
            "UPDATE live_workspace SET audited_at = clock_timestamp() WHERE workspace_id = $1", found
        )
    return found


async def unaudited_segment(held: Held) -> tuple[int, int]:
    """The segment to audit next, and the contact up to which that was done; after the last the first again."""
    row = await held.borrowed.fetchrow(_SEGMENT, held.workspace_id, LAST)
    return (0, 0) if row is None else (row[0], row[1])


async def note_audit(held: Held, segment_id: int, contact_id: int, differences: int) -> None:
    """A segment has been audited up to a contact, with so many differences, which are mended."""
    await held.borrowed.execute(_NOTE, held.workspace_id, segment_id, contact_id, differences)
