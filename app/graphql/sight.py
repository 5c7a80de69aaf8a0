"""Queries that lay filters and segments over each other."""

from typing import Annotated

import strawberry
from strawberry.types.info import Info

from app.filters.check import check
from app.filters.problems import Problems, Refused
from app.graphql.context import Context
from app.graphql.errors import told
from app.graphql.filter_input import FilterInput, document_of
from app.graphql.moments import read_at
from app.graphql.scalars import DateTime
from app.graphql.types.comparison import FilterComparison, compared
from app.graphql.types.overlap import MOST_SETS, Overlap, overlap_of, read_sets


@strawberry.type
class SightQuery:
    """Queries that lay filters and segments over each other."""

    @strawberry.field(description="Who enters, leaves and stays as one filter becomes another.")
    @told
    async def compare_filters(
        self,
        info: Info[Context, None],
        before: Annotated[FilterInput, strawberry.argument(name="from", description="The old filter.")],
        after: Annotated[FilterInput, strawberry.argument(name="to", description="The new filter.")],
        at: DateTime | None = None,
    ) -> FilterComparison:
        """Who enters, leaves and stays as one filter becomes another."""
        context, problems = info.context, Problems()
        old = problems.reading(check, document_of(before), context.catalog, path="from")
        new = problems.reading(check, document_of(after), context.catalog, path="to")
        if problems.found:
            raise Refused(problems.found)
        return FilterComparison(**await compared(old, new, context.scope(read_at(at, context))))

    @strawberry.field(description=f"How 2 to {MOST_SETS} segments and filters overlap.")
    @told
    async def overlap(
        self,
        info: Info[Context, None],
        segment_ids: list[strawberry.ID] | None = None,
        filters: list[FilterInput] | None = None,
        at: DateTime | None = None,
    ) -> Overlap:
        """How segments and filters overlap."""
        context = info.context
        read = read_sets(segment_ids or [], [document_of(each) for each in filters or []], context.catalog)
        return await overlap_of(read, context.scope(read_at(at, context)), context.catalog)
