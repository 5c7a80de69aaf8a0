"""The ledger of who entered and left segments, read: by segment, by contact, and what is new since a place in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from asyncpg import Record

from app.compile.clause import Bound, Clause
from app.queries.connections import connection
from app.queries.keyset import Order, Page, Window, fetch_page
from app.queries.live.keeping import LAST
from app.queries.live.moving import Reason
from app.queries.statements import select
from app.tables.live import MembershipChange

NEWEST_FIRST: Final = Order("membership_change.id", descending=True)
_COLUMNS: Final = ("id", "segment_id", "contact_id", "is_entering", "reason", "detail", "changed_at")
# Of these there may be hundreds of thousands at once: they are told in numbers.
TOLD_IN_NUMBERS: Final = (Reason.SEGMENT_EDITED, Reason.REPAIRED)


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A contact entered a segment, or left it; `detail` says what of all that happened to it counted for that."""

    id: int
    segment_id: int
    contact_id: int
    is_entering: bool
    reason: Reason
    detail: Mapping[str, Any]
    changed_at: datetime


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


_NEWS = (
    "WITH news AS (SELECT segment_id, count(*) FILTER (WHERE is_entering) AS entered, "
    "count(*) FILTER (WHERE NOT is_entering) AS gone, max(changed_at) AS at, max(id) AS last FROM membership_change "
    "WHERE workspace_id = $1 AND id > $2 AND id <= $3 AND segment_id > $4 "
    "AND ($5::bigint[] IS NULL OR segment_id = ANY($5)) GROUP BY 1) "
    "SELECT news.segment_id, news.entered, news.gone, news.at, coalesce(live.members, 0) AS members, "
    "max(news.last) OVER () AS last FROM news LEFT JOIN live_segment AS live ON live.workspace_id = $1 "
    "AND live.segment_id = news.segment_id ORDER BY 1"
)
_BETWEEN = (
    f"SELECT {', '.join(_COLUMNS)} FROM membership_change WHERE workspace_id = $1 AND segment_id = $2 AND id > $3 "
    "AND id <= $4 AND is_entering = $5 AND reason <> ALL($6::text[]) ORDER BY id LIMIT $7"
)
_STILL_KEPT = (
    "SELECT EXISTS (SELECT FROM segment WHERE workspace_id = $1 AND id = ANY($2::bigint[]) AND deleted_at IS NULL) "
    "OR EXISTS (SELECT FROM live_segment WHERE workspace_id = $1 AND segment_id = ANY($2::bigint[]))"
)


async def ledger_page(workspace_id: int, window: Window, about: Clause, is_entering: bool | None = None) -> Page:
    """A page of what a condition is about, newest first; of who entered, or left, alone where that is said."""
    query = select(MembershipChange, [f"membership_change.{name}" for name in _COLUMNS], workspace_id).where(about)
    if is_entering is not None:
        query = query.where(Clause("membership_change.is_entering = ", Bound(is_entering, "boolean")))
    return await fetch_page(query, NEWEST_FIRST, window)


def about_segment(segment_id: int) -> Clause:
    """The condition that it is a segment that was entered or left."""
    return Clause("membership_change.segment_id = ", Bound(segment_id, "bigint"))


def about_contact(contact_id: int) -> Clause:
    """The condition that it is a contact that entered or left."""
    return Clause("membership_change.contact_id = ", Bound(contact_id, "bigint"))


def ledger_row(row: Record) -> LedgerRow:
    """A row out of a page."""
    id, segment_id, contact_id, is_entering, reason, detail, changed_at = (row[name] for name in _COLUMNS)
    told = orjson.loads(detail) if detail else None
    return LedgerRow(id, segment_id, contact_id, is_entering, Reason(reason), told or {}, changed_at)


async def last_in_ledger(workspace_id: int) -> int:
    """The id of the newest row of a workspace; 0 where there is none."""
    async with connection() as borrowed:
        found = await borrowed.fetchval("SELECT max(id) FROM membership_change WHERE workspace_id = $1", workspace_id)
    return found or 0


async def segment_news(
    workspace_id: int, segment_ids: Sequence[int] | None, place: Place
) -> tuple[list[SegmentNews], Place]:
    """What is new behind a place, a segment each, in the order of ids; and the place behind all of it.

    Of these segments, or of all. Where the place is within a stretch, first the rest of that stretch is told.
    """
    chosen = None if segment_ids is None else list(segment_ids)
    async with connection() as borrowed:
        rows = await borrowed.fetch(_NEWS, workspace_id, place.after, place.upto, place.segment_id, chosen)
    upto = place.upto if place.upto < LAST else max((row["last"] for row in rows), default=place.after)
    news = [
        SegmentNews(row["segment_id"], row["entered"], row["gone"], row["at"], row["members"], place.after, upto)
        for row in rows
    ]
    return news, Place(upto)


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
