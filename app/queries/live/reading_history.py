"""Who was in a segment once, and how many: what is kept now, with the ledger told backwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.compile.clause import Bound, Clause, write
from app.queries.connections import connection


@dataclass(frozen=True, slots=True)
class Counted:
    """How many entered and left in a stretch of time, and how many were in at its end."""

    entered: int
    left: int
    total: int


# The ledger is in the order of time, so that it is walked from its end to the stretch's beginning and no further.
_HISTORY = (
    "WITH moved AS (SELECT width_bucket(changed_at, $3::timestamptz[]) AS place, "
    "count(*) FILTER (WHERE is_entering) AS entered, count(*) FILTER (WHERE NOT is_entering) AS gone "
    "FROM membership_change WHERE workspace_id = $1 AND segment_id = $2 AND id > coalesce((SELECT id "
    "FROM membership_change WHERE workspace_id = $1 AND segment_id = $2 AND changed_at < ($3::timestamptz[])[1] "
    "ORDER BY id DESC LIMIT 1), 0) GROUP BY 1), "
    "counted AS (SELECT place, coalesce(entered, 0) AS entered, coalesce(gone, 0) AS gone "
    "FROM generate_series(1, cardinality($3::timestamptz[])) AS place LEFT JOIN moved USING (place)), "
    "kept AS (SELECT coalesce((SELECT members FROM live_segment WHERE workspace_id = $1 AND segment_id = $2), 0) "
    "AS members) "
    "SELECT entered, gone, (members - coalesce(sum(entered - gone) OVER (ORDER BY place DESC "
    "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))::bigint AS total FROM counted CROSS JOIN kept "
    "ORDER BY place"
)


async def history(workspace_id: int, segment_id: int, bounds: Sequence[datetime]) -> list[Counted]:
    """What happened between each of the moments and the next, which are in order."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(_HISTORY, workspace_id, segment_id, list(bounds))
    return [Counted(*row) for row in rows[:-1]]


async def count_members_at(workspace_id: int, segment_id: int, at: datetime) -> int:
    """How many were in a segment at a moment, those who have been deleted since among them."""
    values: list[object] = [workspace_id, segment_id]
    text = (
        "SELECT coalesce((SELECT members FROM live_segment WHERE workspace_id = $1 AND segment_id = $2), 0) "
        "- coalesce(sum(CASE WHEN is_entering THEN 1 ELSE -1 END), 0)::bigint FROM membership_change "
        f"WHERE {write(_later(workspace_id, segment_id, at), values)}"
    )
    async with connection() as borrowed:
        return int(await borrowed.fetchval(text, *values))


def were_members(workspace_id: int, segment_id: int, at: datetime) -> Clause:
    """The condition that a contact was in a segment at a moment: its first move since then was leaving it, or, where
    it hasn't moved since, it is in now.
    """
    kept = _of("segment_member", workspace_id, segment_id)
    return Clause(
        "contact.id = ANY(ARRAY(WITH moved AS MATERIALIZED (SELECT DISTINCT ON (contact_id) contact_id, is_entering "
        "FROM membership_change WHERE ",
        _later(workspace_id, segment_id, at),
        " ORDER BY contact_id, id) SELECT contact_id FROM moved WHERE NOT is_entering UNION ALL "
        "(SELECT contact_id FROM segment_member WHERE ",
        kept,
        " EXCEPT SELECT contact_id FROM moved)))",
    )


def _later(workspace_id: int, segment_id: int, at: datetime) -> Clause:
    within = _of("membership_change", workspace_id, segment_id)
    moment = Bound(at, "timestamptz")
    last = Clause("SELECT id FROM membership_change WHERE ", within, " AND changed_at <= ", moment)
    return Clause(within, " AND id > coalesce((", last, " ORDER BY id DESC LIMIT 1), 0)")


def _of(table: str, workspace_id: int, segment_id: int) -> Clause:
    segment = Bound(segment_id, "bigint")
    return Clause(f"{table}.workspace_id = ", Bound(workspace_id, "bigint"), f" AND {table}.segment_id = ", segment)
