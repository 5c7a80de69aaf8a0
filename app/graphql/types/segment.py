"""Segments and previews: both are an audience, a filter with its numbers and its contacts."""

from asyncio import gather
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import strawberry
from graphql import FieldNode
from strawberry.types.info import Info

from app.compile import condition
from app.filters import catalog
from app.filters.advice.compared import Compared
from app.filters.check import segment_filter
from app.filters.checked import Filter
from app.filters.document import write
from app.filters.ids import number_of, to_global
from app.filters.insight.estimates import Estimate, counted
from app.filters.pins import without_pins
from app.filters.summary import summarize
from app.filters.vocabulary import SegmentKind, Status
from app.graphql.context import Context
from app.graphql.enums import CountMode
from app.graphql.errors import told
from app.graphql.filter_input import SHOWN
from app.graphql.loaders import kept_states
from app.graphql.lookahead import Selected
from app.graphql.paging import PageInfo
from app.graphql.plain import PREPARED
from app.graphql.scalars import DateTime, Json
from app.graphql.types.advice import Advised
from app.graphql.types.breakdown import BreakdownNode, breakdown_of
from app.graphql.types.comparison import Editable
from app.graphql.types.contacts import ContactConnection, ContactOrder, contact_connection
from app.graphql.types.estimate import Estimated
from app.graphql.types.explanation import Explanation, explanation
from app.graphql.types.forecast import Forecasted
from app.graphql.types.kept import Kept, known_count
from app.graphql.types.node import Node
from app.graphql.types.pins import Pinned
from app.graphql.types.status_counts import StatusCounts, status_counts_of
from app.graphql.types.versions import Versioned
from app.queries.contacts import count_by_status
from app.queries.insight.census import census
from app.queries.sight.advising import Considered


@strawberry.interface(description="A filter with its numbers and its contacts: a saved segment or a preview.")
class Audience(Advised, Estimated, Forecasted):
    """A filter, asked as of one moment."""

    tree: strawberry.Private[Filter]
    at: strawberry.Private[datetime | None] = None

    async def by_status(self, context: Context) -> dict[str, int]:
        """How many contacts there are of each status."""
        return await count_by_status(context.workspace_id, [condition(self.tree, context.scope(self.at))])

    @strawberry.field(description="The filter in plain words.")
    def summary(self, info: Info[Context, None]) -> str:
        """The filter in plain words."""
        return summarize(self.tree, info.context.catalog.zone)

    async def total(self, context: Context) -> int:
        """How many contacts there are."""
        return sum((await self.by_status(context)).values())

    @strawberry.field(
        description="How many contacts match; of a dynamic segment that is READY as is kept.", metadata=PREPARED
    )
    async def count(self, info: Info[Context, None], mode: CountMode = CountMode.EXACT) -> int:
        """How many contacts match."""
        if mode is CountMode.ESTIMATE:
            return (await self.estimated(info.context)).count
        return await self.total(info.context)

    @strawberry.field(description="How many of them may be mailed.")
    async def sendable_count(self, info: Info[Context, None]) -> int:
        """How many of them may be mailed."""
        return (await self.by_status(info.context)).get(Status.ACTIVE.value, 0)

    @strawberry.field(description="How many of them have each status.")
    async def status_counts(self, info: Info[Context, None]) -> StatusCounts:
        """How many of them have each status."""
        counts = await self.by_status(info.context)
        return status_counts_of(counts)

    @strawberry.field(description="Each group and condition of the filter with whom it leaves, in reading order.")
    @told
    async def breakdown(self, info: Info[Context, None]) -> list[BreakdownNode]:
        """Each group and condition of the filter with whom it leaves."""
        return await breakdown_of(self.tree, info.context.scope(self.at), info.context.catalog)

    @strawberry.field(description="Why a contact is in or not, and until when.")
    @told
    async def explain(self, info: Info[Context, None], contact_id: strawberry.ID) -> Explanation:
        """Why a contact is in or not, and until when."""
        scope = info.context.scope(self.at)
        return await explanation(self.tree, number_of(contact_id, "Contact"), scope, info.context)

    @strawberry.field(description="The contacts that match, newest first unless ordered otherwise.")
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
        """The contacts that match."""
        holds = condition(self.tree, info.context.scope(self.at))
        return await contact_connection(info, [holds], order_by, first, after, last, before)


@strawberry.type(description="A named filter, or a fixed list.")
class Segment(Node, Kept, Pinned, Editable, Versioned, Audience):
    """A named filter, or a fixed list."""

    prepared: strawberry.Private[dict[int, int]]
    name: str
    kind: SegmentKind
    created_at: DateTime
    updated_at: DateTime

    async def by_status(self, context: Context) -> dict[str, int]:
        """Counted for all segments of the answer at once."""
        counts: dict[str, int] = await context.loaders.counts_by_segment_id.load(self.kept.id)
        return counts

    async def total(self, context: Context) -> int:
        """As is kept, where it is; else counted for all segments of the answer at once."""
        kept = await self.kept_count(context)
        return await Audience.total(self, context) if kept is None else kept

    async def estimated(self, context: Context) -> Estimate:
        """As is kept, where it is; else from the sample."""
        kept = await self.kept_count(context)
        if kept is None:
            return await Audience.estimated(self, context)
        return counted(kept, (await census(context.workspace_id)).contacts)

    def considered(self, context: Context) -> Considered:
        """The segment's filter, with its name."""
        compared = Compared(self.tree, context.catalog, self.kept)
        return replace(Audience.considered(self, context), compared=compared, name=self.kept.name)

    @strawberry.field(description="The filter, in FilterInput's form with today's names; null for a fixed list.")
    def filter(self) -> Json | None:
        """The filter, in FilterInput's form."""
        return Json(write(without_pins(self.tree), SHOWN)) if self.kind is SegmentKind.DYNAMIC else None


def segment_type(segment: catalog.Segment, known: catalog.Catalog) -> Segment:
    """A catalog's segment as the world sees it."""
    return Segment(
        id=strawberry.ID(to_global("Segment", segment.id)),
        tree=segment_filter(segment, known),
        kept=segment,
        prepared={},
        name=segment.name,
        kind=segment.kind,
        created_at=DateTime(segment.created_at),
        updated_at=DateTime(segment.updated_at),
    )


async def prepare_counts(segments: Sequence[Segment], wanted: Iterable[Selected], context: Context) -> None:
    """Give the segments of a page their counts, where those are asked for: one by one they would take far longer."""
    nodes = [id(node) for each in wanted for node in exact_counts(each)]
    if nodes:
        states = await kept_states(context.catalog, [segment.kept.id for segment in segments])
        known = [known_count(states.get(segment.kept.id)) for segment in segments]
        unknown = [segment for segment, count in zip(segments, known, strict=True) if count is None]
        afresh = iter(await gather(*(Audience.total(segment, context) for segment in unknown)))
        for segment, count in zip(segments, known, strict=True):
            segment.prepared = dict.fromkeys(nodes, next(afresh) if count is None else count)


def exact_counts(wanted: Selected) -> list[FieldNode]:
    """Where it is certain that an exact count is asked for."""
    return [node for node in wanted.at("count").nodes if not node.arguments]


@strawberry.type(description="A segment in a page.")
class SegmentEdge:
    """A segment in a page."""

    cursor: str
    node: Segment


@strawberry.type(description="A page of segments.")
class SegmentConnection:
    """A page of segments."""

    edges: list[SegmentEdge]
    nodes: list[Segment]
    page_info: PageInfo
    total_count: int
