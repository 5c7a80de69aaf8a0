"""Things to consider about a filter, each with the edited filter that follows from it, where there is one."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry.types.info import Info

from app.filters import catalog
from app.filters.advice.compared import Compared
from app.filters.advice.pieces import Piece
from app.filters.advice.weighed import Weighed
from app.filters.checked import Filter
from app.filters.document import write
from app.graphql.context import Context
from app.graphql.enums import AdviceCode
from app.graphql.errors import told
from app.graphql.filter_input import SHOWN
from app.graphql.scalars import Json
from app.graphql.types.status_counts import StatusCounts, status_counts_of
from app.queries.sight.advising import Considered, advice, weigh

if TYPE_CHECKING:
    from app.graphql.types.segment import Segment


@strawberry.type(description="Something to consider about a filter.")
class Advice:
    """Something to consider about a filter."""

    code: AdviceCode = strawberry.field(description="What it is, for programs.")
    message: str = strawberry.field(description="What it is, for people.")
    path: str | None = strawberry.field(
        description="The place in the filter that it is about, as `breakdown` names it; null for the whole filter."
    )
    filter: Json | None = strawberry.field(
        description="The filter that follows the advice, in FilterInput's form with today's names; null where it is "
        "for people to say more precisely."
    )
    count: int | None = strawberry.field(
        description="How many match `filter`, pinned contacts heeded; null without one."
    )
    sendable_count: int | None = strawberry.field(description="How many of those may be mailed.")
    suggested_name: str | None = strawberry.field(description="A name that says what the filter says.")
    segment: Annotated["Segment", strawberry.lazy("app.graphql.types.segment")] | None = strawberry.field(
        description="The segment that it is the same as, nearly the same as, or inside."
    )
    status_counts: StatusCounts | None = strawberry.field(
        description="Of NOT_SENDABLE, how many of those who match have each status."
    )


@strawberry.type
class Advised:
    """What advice is given on."""

    tree: strawberry.Private[Filter]
    at: strawberry.Private[datetime | None] = None

    async def weighed(self, context: Context) -> Weighed:
        """The filter, counted by its nodes."""
        return await weigh(self.tree, context.scope(self.at))

    def considered(self, context: Context) -> Considered:
        """What is to be advised on: a filter without a name."""
        return Considered(Compared(self.tree, context.catalog), context.broad_share, as_of_now=self.at is None)

    @strawberry.field(description="Things to consider before using it, the gravest first; 20 at most.")
    @told
    async def advice(self, info: Info[Context, None]) -> list[Advice]:
        """Things to consider before using it."""
        context = info.context
        found = await self.weighed(context)
        pieces = await advice(self.considered(context), found, context.scope(self.at))
        return [_shown(piece, context.catalog) for piece in pieces]


def _shown(piece: Piece, known: catalog.Catalog) -> Advice:
    from app.graphql.types.segment import segment_type

    edit, segment, by_status = piece.edit, piece.segment, piece.by_status
    counts = {status.value: count for status, count in (by_status or {}).items()}
    return Advice(
        code=piece.code,
        message=piece.message,
        path=piece.path,
        filter=None if edit is None else Json(write(edit.tree, SHOWN)),
        count=None if edit is None else edit.count,
        sendable_count=None if edit is None else edit.sendable,
        suggested_name=piece.suggested_name,
        segment=None if segment is None else segment_type(segment, known),
        status_counts=status_counts_of(counts) if counts else None,
    )
