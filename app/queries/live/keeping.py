"""The segments that are kept: what their members were told for, and how far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.filters.meaning import EDITION
from app.queries.live.claims import Held
from app.queries.live.moving import Reason

LAST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Kept:
    """A segment as it is kept: what its members were told for, and the contact up to which they are, if not all."""

    segment_id: int
    meaning: str
    built_to: int | None
    is_announced: bool

    def covers(self, contact_id: int) -> bool:
        """Whether the contact's being in or not is kept already."""
        return self.built_to is None or contact_id <= self.built_to


async def kept_as(held: Held) -> dict[int, Kept]:
    """The segments that are kept, by id."""
    rows = await held.borrowed.fetch(
        "SELECT segment_id, meaning, built_to, is_announced FROM live_segment WHERE workspace_id = $1",
        held.workspace_id,
    )
    return {row["segment_id"]: Kept(*row) for row in rows}


_BEGIN = (
    "INSERT INTO live_segment (workspace_id, segment_id, meaning, built_to, built_until, is_announced, begun_at) "
    "SELECT $1, segment.id, given.meaning, 0, coalesce((SELECT max(id) FROM contact WHERE workspace_id = $1), 0), "
    "coalesce(segment.announced_version > $5, FALSE), $4 "
    "FROM unnest($2::bigint[], $3::text[]) AS given (id, meaning) "
    "JOIN segment ON segment.workspace_id = $1 AND segment.id = given.id "
    "ON CONFLICT (workspace_id, segment_id) DO UPDATE SET meaning = excluded.meaning, built_to = 0, "
    "built_until = excluded.built_until, is_announced = excluded.is_announced, begun_at = excluded.begun_at, "
    "ready_at = NULL"
)


async def begin(held: Held, meanings: dict[int, str], at: datetime) -> None:
    """Tell the members of these segments anew, from the first contact on.

    An edit since what is known of the catalog may have said that who enters and leaves by it is announced.
    """
    if meanings:
        ids, digests = list(meanings), list(meanings.values())
        await held.borrowed.execute(_BEGIN, held.workspace_id, ids, digests, at, held.known_version)


async def disown(held: Held, segment_ids: Sequence[int]) -> None:
    """What these segments are kept for is out of date, even if they come back as they were."""
    await held.borrowed.execute(
        "UPDATE live_segment SET meaning = '' WHERE workspace_id = $1 AND segment_id = ANY($2::bigint[])",
        held.workspace_id,
        list(segment_ids),
    )


async def know_catalog(held: Held, version: int) -> None:
    """The segments are kept, or being told, as the catalog of this version has them."""
    await held.borrowed.execute(
        "UPDATE live_workspace SET catalog_version = $2, edition = $3 WHERE workspace_id = $1",
        held.workspace_id,
        version,
        EDITION,
    )


_REACH = (
    "UPDATE live_segment SET built_to = CASE WHEN $3::bigint < $4::bigint THEN $3 END, "
    "ready_at = CASE WHEN $3::bigint < $4 THEN NULL ELSE $5::timestamptz END "
    "WHERE workspace_id = $1 AND segment_id = ANY($2::bigint[])"
)


async def reach(held: Held, segment_ids: Sequence[int], contact_id: int, at: datetime) -> None:
    """The members of these segments are right up to a contact; up to LAST they are ready."""
    await held.borrowed.execute(_REACH, held.workspace_id, list(segment_ids), contact_id, LAST, at)


# A few at a time, so that nothing waits long for its turn.
_CLEAR = (
    "WITH gone AS (DELETE FROM segment_member WHERE workspace_id = $1 AND segment_id = $2 AND contact_id = ANY(ARRAY("
    "SELECT contact_id FROM segment_member WHERE workspace_id = $1 AND segment_id = $2 LIMIT $3)) "
    "RETURNING contact_id), "
    "told AS (INSERT INTO membership_change (workspace_id, segment_id, contact_id, is_entering, reason, changed_at) "
    "SELECT $1, $2, contact_id, FALSE, $4, $5 FROM gone) SELECT count(*) FROM gone"
)


async def clear(held: Held, segment_id: int, most: int, at: datetime) -> None:
    """Let so many members out of a segment that is no more; where none is left, it isn't kept any more."""
    reason = Reason.SEGMENT_EDITED.value
    left = await held.borrowed.fetchval(_CLEAR, held.workspace_id, segment_id, most, reason, at)
    await held.borrowed.execute(
        "UPDATE live_segment SET members = members - $3, ready_at = NULL WHERE workspace_id = $1 AND segment_id = $2"
        if left
        else "DELETE FROM live_segment WHERE workspace_id = $1 AND segment_id = $2 AND $3 = 0",
        held.workspace_id,
        segment_id,
        left,
    )
