"""Who enters and leaves segments, told as it happens."""

from collections.abc import AsyncGenerator, Sequence
from typing import Final

import strawberry
from strawberry.types.info import Info

from app.filters.catalog import Catalog
from app.filters.ids import to_global
from app.filters.problems import Code, Refused
from app.filters.vocabulary import SegmentKind
from app.graphql.context import Context
from app.graphql.following import MOST_LISTED, check_place, cursor_of, numbers_of, place_of, until_heard
from app.graphql.limits.looks import look
from app.graphql.lookahead import selected
from app.graphql.scalars import DateTime
from app.graphql.types.membership import MembershipChange, membership_changes
from app.graphql.types.named import segment_named
from app.graphql.types.segment import Segment
from app.queries.live.pulse import seen
from app.queries.live.reading_news import (
    Place,
    SegmentNews,
    are_kept,
    ever_dynamic,
    last_in_ledger,
    rows_of_news,
    segment_news,
)
from app.queries.live.retention import ledger_beginning

_TAG: Final = "segmentChanges"


@strawberry.type(description="Who entered and left a segment since the event before.")
class SegmentChangeEvent:
    """Who entered and left a segment since the event before."""

    news: strawberry.Private[SegmentNews]
    cursor: str = strawberry.field(description="Its place: `after` this the subscription misses nothing.")
    segment_id: strawberry.ID = strawberry.field(description="The segment's id, even where it is deleted.")
    count: int = strawberry.field(description="How many are in it now.")
    entered_count: int = strawberry.field(description="How many entered.")
    left_count: int = strawberry.field(description="How many left.")
    at: DateTime = strawberry.field(description="When the last of them did.")

    @strawberry.field(description="The segment; null where it is deleted.")
    def segment(self, info: Info[Context, None]) -> Segment | None:
        """The segment."""
        return segment_named(self.news.segment_id, info.context)

    @strawberry.field(
        description=f"The first {MOST_LISTED} of those who entered; "
        "not those who did as the segment was edited or repaired."
    )
    async def entered(self, info: Info[Context, None]) -> list[MembershipChange]:
        """The first of those who entered."""
        return await _listed(self.news, info, is_entering=True)

    @strawberry.field(
        description=f"The first {MOST_LISTED} of those who left; "
        "not those who did as the segment was edited or repaired."
    )
    async def left(self, info: Info[Context, None]) -> list[MembershipChange]:
        """The first of those who left."""
        return await _listed(self.news, info, is_entering=False)


@strawberry.type
class SegmentChangesSubscription:
    """Who enters and leaves segments, told as it happens."""

    @strawberry.subscription(
        description="Who enters and leaves these dynamic segments, or all: from now on or, with the cursor of an "
        "event, since then. It ends once all of these segments are deleted."
    )
    async def segment_changes(
        self, info: Info[Context, None], segment_ids: list[strawberry.ID] | None = None, after: str | None = None
    ) -> AsyncGenerator[SegmentChangeEvent, None]:
        """Who enters and leaves; between looks no connection is held."""
        workspace_id = info.context.workspace_id
        chosen = None if segment_ids is None else numbers_of(list(segment_ids), "Segment", "segmentIds")
        with seen.heard_for(workspace_id) as heard:
            async with look():
                await _check_segments(chosen or (), info.context.catalog, may_be_gone=after is not None)
                place = await _beginning(workspace_id, after)
            is_kept = is_more = True
            while is_kept or is_more:
                async with look():
                    is_kept = chosen is None or await are_kept(workspace_id, chosen)
                    stretch = await segment_news(workspace_id, chosen, place)
                for one in stretch.news:
                    yield _event(workspace_id, one)
                place, is_more = stretch.behind, stretch.is_more
                if is_kept and not is_more:
                    await until_heard(heard)


async def _beginning(workspace_id: int, after: str | None) -> Place:
    last = await last_in_ledger(workspace_id)
    if after is None:
        return Place(last)
    first = (await ledger_beginning(workspace_id)).after
    place = Place(*place_of(after, _TAG, workspace_id, 3))
    for number in (place.after, place.upto):
        check_place(number, max(last, first), first)
    return place


async def _check_segments(numbers: Sequence[int], catalog: Catalog, *, may_be_gone: bool) -> None:
    """Raises Refused where one of these is no dynamic segment; whoever was away hears of those that are gone, too."""
    found = {number: catalog.segments[number] for number in numbers if number in catalog.segments}
    if any(segment.kind is not SegmentKind.DYNAMIC for segment in found.values()):
        message = "one of these is a fixed list; only dynamic segments are followed"
        raise Refused.because(Code.NOT_ALLOWED, message, "segmentIds")
    missing = {*numbers} - found.keys()
    if missing and not (may_be_gone and missing <= await ever_dynamic(catalog.workspace_id, [*missing])):
        raise Refused.because(Code.NOT_FOUND, "one of these is no segment", "segmentIds")


def _event(workspace_id: int, news: SegmentNews) -> SegmentChangeEvent:
    return SegmentChangeEvent(
        news=news,
        cursor=cursor_of(_TAG, workspace_id, news.at, news.after, news.upto, news.segment_id),
        segment_id=strawberry.ID(to_global("Segment", news.segment_id)),
        count=news.members,
        entered_count=news.entered,
        left_count=news.left,
        at=DateTime(news.at),
    )


async def _listed(news: SegmentNews, info: Info[Context, None], *, is_entering: bool) -> list[MembershipChange]:
    if not (news.entered if is_entering else news.left):
        return []
    rows = await rows_of_news(info.context.workspace_id, news, is_entering, MOST_LISTED)
    return await membership_changes(rows, selected(info), info)
