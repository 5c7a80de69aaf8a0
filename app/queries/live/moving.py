"""Who entered and left is written down: members, the ledger, counts; and when to look again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import orjson

from app.queries.live.claims import Held

# Whoever listens on it gets the workspace's id when an engine has seen to something there.
LIVE_CHANNEL = "pilah_live"


class Reason(Enum):
    """Why a contact entered or left a segment."""

    CONTACT_CHANGED = "CONTACT_CHANGED"
    TIME_PASSED = "TIME_PASSED"
    SEGMENT_EDITED = "SEGMENT_EDITED"
    CONTACT_DELETED = "CONTACT_DELETED"
    REPAIRED = "REPAIRED"


@dataclass(frozen=True, slots=True)
class Move:
    """A contact enters a segment, or leaves it."""

    segment_id: int
    contact_id: int
    is_entering: bool
    reason: Reason
    detail: Mapping[str, Any] | None = None


_MOVE = """
WITH move AS MATERIALIZED (
    SELECT * FROM unnest($2::bigint[], $3::bigint[], $4::boolean[], $5::text[], $6::jsonb[])
        WITH ORDINALITY AS move (segment_id, contact_id, is_entering, reason, detail, place)
), gone AS (
    DELETE FROM segment_member AS member USING move WHERE member.workspace_id = $1 AND NOT move.is_entering
        AND member.contact_id = move.contact_id AND member.segment_id = move.segment_id
), come AS (
    INSERT INTO segment_member (workspace_id, segment_id, contact_id, entered_at)
    SELECT $1, segment_id, contact_id, $7 FROM move WHERE is_entering
), told AS (
    INSERT INTO membership_change (workspace_id, segment_id, contact_id, is_entering, reason, detail, changed_at)
    SELECT $1, segment_id, contact_id, is_entering, reason, detail, $7 FROM move ORDER BY place
)
UPDATE live_segment AS live SET members = live.members + moved.more FROM (
    SELECT segment_id, sum(CASE WHEN is_entering THEN 1 ELSE -1 END) AS more FROM move GROUP BY 1
) AS moved WHERE live.workspace_id = $1 AND live.segment_id = moved.segment_id
"""

_DUE = """
WITH given AS MATERIALIZED (
    SELECT * FROM unnest($2::bigint[], $3::timestamptz[]) AS given (contact_id, due_at)
), gone AS (
    DELETE FROM contact_due USING given
    WHERE contact_due.workspace_id = $1 AND contact_due.contact_id = given.contact_id AND given.due_at IS NULL
)
INSERT INTO contact_due (workspace_id, contact_id, due_at)
SELECT $1, contact_id, due_at FROM given WHERE due_at IS NOT NULL
ON CONFLICT (workspace_id, contact_id) DO UPDATE SET due_at = excluded.due_at
WHERE contact_due.due_at <> excluded.due_at
"""

_CLOSE = (
    "WITH closed AS (UPDATE live_workspace SET "
    "next_due_at = (SELECT min(due_at) FROM contact_due WHERE workspace_id = $1) WHERE workspace_id = $1) "
    f"SELECT pg_notify('{LIVE_CHANNEL}', $1::bigint::text)"
)


async def move(held: Held, moves: Sequence[Move], at: datetime) -> None:
    """Let contacts enter and leave as of a moment; of a contact and a segment there may be one move at most."""
    if moves:
        await held.borrowed.execute(
            _MOVE,
            held.workspace_id,
            [one.segment_id for one in moves],
            [one.contact_id for one in moves],
            [one.is_entering for one in moves],
            [one.reason.value for one in moves],
            [one.detail and orjson.dumps(one.detail).decode() for one in moves],
            at,
        )


async def keep_due(held: Held, due: Mapping[int, datetime | None]) -> None:
    """Look at contacts again at these times; at those without one not before somebody changes them."""
    if due:
        await held.borrowed.execute(_DUE, held.workspace_id, list(due), list(due.values()))


async def close(held: Held) -> None:
    """Say when time will give the next work here, and that something was seen to."""
    await held.borrowed.execute(_CLOSE, held.workspace_id)
