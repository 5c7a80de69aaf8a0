"""What is new in the ledger since a place in it, told by segment, a stretch at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.filters.vocabulary import SegmentKind
from app.queries.connections import connection
from app.queries.live.keeping import LAST
from app.queries.live.moving import Reason
from app.queries.live.reading_ledger import COLUMNS, LedgerRow, ledger_row

READ_AT_ONCE: Final = 50_000
# Of these there may be hundreds of thousands at once: they are told in numbers.
TOLD_IN_NUMBERS: Final = (Reason.SEGMENT_EDITED, Reason.REPAIRED)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the ledger: behind all up to `after`, and, of what follows up to `upto`, of segments to this one."""

    after: int
    upto: int = LAST
    segment_id: int = 0


@dataclass(frozen=True, slots=True)
class SegmentNews:
    """How many entered and left a segment between two places, which `after` and `upto` bound, and how many are in."""

    segment_id: int
    entered: int
    left: int
    at: datetime
    members: int
    after: int
    upto: int


@dataclass(frozen=True, slots=True)
class LedgerStretch:
    """What is new in a stretch of the ledger, the place behind it, and whether there is more behind that."""

    news: Sequence[SegmentNews]
    behind: Place
    is_more: bool


# However long the ledger, a look is short; where a stretch ends is told even if nothing in it is asked for.
_NEWS = (
    "WITH stretch AS MATERIALIZED (SELECT id, segment_id, is_entering, changed_at FROM membership_change "
    "WHERE workspace_id = $1 AND id > $2 AND id <= $3 ORDER BY id LIMIT $6), "
    "read AS (SELECT CASE WHEN count(*) = $6 OR $3 = $7 THEN coalesce(max(id), $2) ELSE $3 END AS upto, "
    "coalesce((SELECT max(id) FROM membership_change WHERE workspace_id = $1), 0) AS newest FROM stretch), "
    "news AS (SELECT segment_id, count(*) FILTER (WHERE is_entering) AS entered, "
    "count(*) FILTER (WHERE NOT is_entering) AS gone, max(changed_at) AS at FROM stretch "
    "WHERE segment_id > $4 AND ($5::bigint[] IS NULL OR segment_id = ANY($5)) GROUP BY 1) "
    "SELECT read.upto, read.newest, news.*, coalesce(live.members, 0) AS members FROM read LEFT JOIN news ON TRUE "
    "LEFT JOIN live_segment AS live ON live.workspace_id = $1 AND live.segment_id = news.segment_id "
    "ORDER BY news.segment_id"
)
_BETWEEN = (
    f"SELECT {', '.join(COLUMNS)} FROM membership_change WHERE workspace_id = $1 AND segment_id = $2 AND id > $3 "
    "AND id <= $4 AND is_entering = $5 AND reason <> ALL($6::text[]) ORDER BY id LIMIT $7"
)
_STILL_KEPT = (
    "SELECT EXISTS (SELECT FROM segment WHERE workspace_id = $1 AND id = ANY($2::bigint[]) AND deleted_at IS NULL) "
    "OR EXISTS (SELECT FROM live_segment WHERE workspace_id = $1 AND segment_id = ANY($2::bigint[]))"
)
_EVER = "SELECT id FROM segment WHERE workspace_id = $1 AND id = ANY($2::bigint[]) AND kind = $3"


async def last_in_ledger(workspace_id: int) -> int:
    """The id of the newest row of a workspace; 0 where there is none."""
    async with connection() as borrowed:
        found = await borrowed.fetchval("SELECT max(id) FROM membership_change WHERE workspace_id = $1", workspace_id)
    return found or 0


async def segment_news(
    workspace_id: int, segment_ids: Sequence[int] | None, place: Place, most: int = READ_AT_ONCE
) -> LedgerStretch:
    """What is new behind a place, a segment each, in the order of ids: that of so many rows of the ledger at most.

    Of these segments, or of all. Where the place is within a stretch, first the rest of that stretch is told.
    """
    chosen = None if segment_ids is None else list(segment_ids)
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            _NEWS, workspace_id, place.after, place.upto, place.segment_id, chosen, most, LAST
        )
    upto, newest = rows[0]["upto"], rows[0]["newest"]
    news = [
        SegmentNews(row["segment_id"], row["entered"], row["gone"], row["at"], row["members"], place.after, upto)
        for row in rows
        if row["segment_id"] is not None
    ]
    return LedgerStretch(news, Place(upto), is_more=upto < newest)


async def rows_of_news(workspace_id: int, news: SegmentNews, is_entering: bool, most: int) -> list[LedgerRow]:
    """The first so many of those who entered or left, without those who are told in numbers."""
    told = [reason.value for reason in TOLD_IN_NUMBERS]
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            _BETWEEN, workspace_id, news.segment_id, news.after, news.upto, is_entering, told, most
        )
    return [ledger_row(row) for row in rows]


async def are_kept(workspace_id: int, segment_ids: Sequence[int]) -> bool:
    """Whether of these segments there is one that is not deleted, or whose members have yet to leave."""
    async with connection() as borrowed:
        return bool(await borrowed.fetchval(_STILL_KEPT, workspace_id, list(segment_ids)))


async def ever_dynamic(workspace_id: int, segment_ids: Sequence[int]) -> set[int]:
    """Those of the ids that are dynamic segments, or were until they were deleted."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(_EVER, workspace_id, list(segment_ids), SegmentKind.DYNAMIC.value)
    return {row[0] for row in rows}
