"""What is kept of a dynamic segment: how far its members are told, who came and went, and who was in once."""

from datetime import date, datetime, timedelta
from typing import Annotated

import strawberry
from strawberry.types.info import Info

from app.filters import catalog
from app.filters.problems import Code, Refused
from app.filters.stretches import stretches
from app.filters.vocabulary import SegmentKind
from app.graphql.context import Context
from app.graphql.enums import HistoryStep, MembershipChangeKind, SegmentLiveState
from app.graphql.errors import told
from app.graphql.moments import read_at, read_day_or_moment
from app.graphql.scalars import DateOrTime, DateTime, moment
from app.graphql.types.contacts import ContactConnection, ContactOrder, contact_connection, refuse_lists_of_lists
from app.graphql.types.membership import MembershipChangeConnection, membership_changes_page
from app.queries.live.reading_history import count_members_at, history, were_members
from app.queries.live.reading_ledger import about_segment
from app.queries.live.reading_states import State
from app.queries.live.retention import LedgerBeginning


@strawberry.type(description="How a dynamic segment is kept.")
class SegmentLive:
    """How a dynamic segment is kept."""

    state: SegmentLiveState
    progress: float = strawberry.field(description="From 0 to 1: how much of the members is told, new or edited.")
    began_at: DateTime | None = strawberry.field(description="When that began; null where it has yet to.")
    ready_at: DateTime | None = strawberry.field(description="When all members were told; null until then.")
    as_of: DateTime | None = strawberry.field(
        description="All that happened to contacts until then is in the count; null while it is BUILDING."
    )


@strawberry.type(description="Who was in a segment at a moment.")
class SegmentMembers:
    """Who was in a segment at a moment."""

    segment_id: strawberry.Private[int]
    moment: strawberry.Private[datetime]
    at: DateTime = strawberry.field(description="The moment.")

    @strawberry.field(description="How many were in, those who have been deleted since among them.")
    async def count(self, info: Info[Context, None]) -> int:
        """How many were in."""
        return await count_members_at(info.context.workspace_id, self.segment_id, self.moment)

    @strawberry.field(description="Those of them who still exist, as they are now.")
    @told
    async def contacts(
        self,
        info: Info[Context, None],
        order_by: ContactOrder | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> ContactConnection:
        """Those of them who still exist."""
        were = were_members(info.context.workspace_id, self.segment_id, self.moment)
        return await contact_connection(info, [were], order_by, first, after, last, before)


@strawberry.type(description="What became of a segment in a stretch of time.")
class SegmentHistoryPoint:
    """What became of a segment in a stretch of time."""

    start: DateTime = strawberry.field(description="When the stretch begins; it ends where the next one begins.")
    entered: int = strawberry.field(description="How often a contact entered.")
    left: int = strawberry.field(description="How often a contact left.")
    total: int = strawberry.field(description="How many were in at its end.")


@strawberry.type
class Kept:
    """What of a segment is kept; all of it is null for a fixed list."""

    kept: strawberry.Private[catalog.Segment]

    async def state(self, context: Context) -> State | None:
        """How it is kept, if it is for what it means now."""
        found: State | None = await context.loaders.state_by_segment_id.load(self.kept.id)
        return found

    async def kept_count(self, context: Context) -> int | None:
        """How many members are kept; None where that may not be how many there are."""
        return known_count(await self.state(context) if self._is_kept else None)

    @property
    def _is_kept(self) -> bool:
        return self.kept.kind is SegmentKind.DYNAMIC

    @strawberry.field(description="How its members are kept; null for a fixed list.")
    async def live(self, info: Info[Context, None]) -> SegmentLive | None:
        """How its members are kept."""
        return _live(await self.state(info.context)) if self._is_kept else None

    @strawberry.field(
        description="Who entered and left, newest first, 50 unless first or last says; null for a fixed list."
    )
    @told
    async def changes(
        self,
        info: Info[Context, None],
        kind: MembershipChangeKind | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> MembershipChangeConnection | None:
        """Who entered and left."""
        refuse_lists_of_lists(info)
        if not self._is_kept:
            return None
        return await membership_changes_page(info, about_segment(self.kept.id), kind, first, after, last, before)

    @strawberry.field(
        description="Who was in at a moment, or as a day began; nobody before it was first kept; null for a "
        "fixed list."
    )
    @told
    async def members_at(self, info: Info[Context, None], at: DateOrTime | None = None) -> SegmentMembers | None:
        """Who was in at a moment."""
        if not self._is_kept:
            return None
        known = read_at(at, info.context) or info.context.now
        if known > info.context.now:
            message = "this is still to come; forecast tells how many may be in by then"
            raise Refused.because(Code.INVALID_RANGE, message, "at")
        await _check_known(known, info.context, "at")
        return SegmentMembers(segment_id=self.kept.id, moment=known, at=DateTime(known))

    @strawberry.field(
        description="How many entered, left and were in, a point for each hour, day or week, 1,000 points at most; "
        "a day as an end belongs to it. Null for a fixed list."
    )
    @told
    async def history(
        self,
        info: Info[Context, None],
        start: Annotated[
            DateOrTime | None,
            strawberry.argument(name="from", description="Where it begins: with the segment itself, unless said."),
        ] = None,
        end: Annotated[DateOrTime | None, strawberry.argument(name="to", description="Now, unless said.")] = None,
        every: HistoryStep = HistoryStep.DAY,
    ) -> list[SegmentHistoryPoint] | None:
        """How many entered, left and were in."""
        if not self._is_kept:
            return None
        context = info.context
        upto = context.now if end is None else read_day_or_moment(end, context, "to")
        bounds = await self._bounds(start, upto, every, context)
        counted = await history(context.workspace_id, self.kept.id, bounds) if bounds else []
        return [
            SegmentHistoryPoint(start=DateTime(bound), entered=one.entered, left=one.left, total=one.total)
            for bound, one in zip(bounds, counted, strict=False)
        ]

    async def _bounds(
        self, start: object, upto: date | datetime, every: HistoryStep, context: Context
    ) -> list[datetime]:
        """Where the points of a history begin and end; raises Refused."""
        if start is None:
            # What a request has made itself is younger than its now.
            made = min(self.kept.created_at or context.now, context.now - timedelta(microseconds=1))
            beginning: LedgerBeginning = await context.loaders.ledger_beginning.load(context.workspace_id)
            bounds = stretches(made, upto, every, context.catalog.zone)
            return [bound for bound in bounds if beginning.since is None or bound >= beginning.since]
        bounds = stretches(read_day_or_moment(start, context, "from"), upto, every, context.catalog.zone)
        await _check_known(bounds[0], context, "from")
        return bounds


def known_count(state: State | None) -> int | None:
    """How many members are kept; None where that may not be how many there are."""
    return None if state is None or not state.is_current else state.members


def _live(state: State | None) -> SegmentLive:
    if state is None:
        return SegmentLive(state=SegmentLiveState.BUILDING, progress=0.0, began_at=None, ready_at=None, as_of=None)
    is_ready = state.ready_at is not None
    return SegmentLive(
        state=SegmentLiveState.READY if is_ready else SegmentLiveState.BUILDING,
        progress=1.0 if is_ready else min((state.built_to or 0) / max(state.built_until, 1), 1.0),
        began_at=DateTime(state.begun_at),
        ready_at=moment(state.ready_at),
        as_of=DateTime(state.as_of) if is_ready else None,
    )


async def _check_known(at: datetime, context: Context, path: str) -> None:
    """Raises Refused where the ledger of that time has been removed."""
    beginning: LedgerBeginning = await context.loaders.ledger_beginning.load(context.workspace_id)
    if beginning.since is not None and at < beginning.since:
        since = beginning.since.astimezone(context.catalog.zone)
        message = f"who was in is known since {since:%Y-%m-%d %H:%M} only; what was before is no longer kept"
        raise Refused.because(Code.NOT_FOUND, message, path)
