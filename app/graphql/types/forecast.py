"""How many contacts match a filter as time goes on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import strawberry
from strawberry.types.info import Info

from app.filters.checked import Filter
from app.filters.insight.series import refuse_points, series
from app.filters.vocabulary import Unit
from app.graphql.context import Context
from app.graphql.enums import ForecastStep
from app.graphql.errors import told
from app.graphql.moments import read_at
from app.graphql.scalars import DateTime
from app.queries.insight.forecasting import count_at


@strawberry.type(description="How many contacts match as of a moment.")
class ForecastPoint:
    """How many contacts match as of a moment."""

    at: DateTime = strawberry.field(description="The moment.")
    count: int = strawberry.field(description="How many would match then.")


@strawberry.type
class Forecasted:
    """What may be forecast."""

    tree: strawberry.Private[Filter]
    at: strawberry.Private[datetime | None] = None

    @strawberry.field(
        description="How many match as of each of these moments, future or past, up to 100; now unless said. Only "
        "time is taken to go on: contacts, labels and segments' lists are as they are now."
    )
    @told
    async def forecast(self, info: Info[Context, None], at: list[DateTime] | None = None) -> list[ForecastPoint]:
        """How many match as of each of these moments."""
        context = info.context
        asked = [None] if at is None else at
        refuse_points(len(asked), "at")
        read = [read_at(one, context, f"at[{place}]") for place, one in enumerate(asked)]
        return await _points(self.tree, [one or self.at or context.now for one in read], context)

    @strawberry.field(
        description="How many match at each of so many moments a step apart, up to 100, as in `forecast`: how many "
        "will be inactive on each of the next 30 days."
    )
    @told
    async def forecast_series(
        self,
        info: Info[Context, None],
        start: Annotated[
            DateTime | None,
            strawberry.argument(
                name="from", description="The first of them, of a day its beginning; now unless said."
            ),
        ] = None,
        every: ForecastStep = ForecastStep.DAY,
        points: int = 30,
    ) -> list[ForecastPoint]:
        """How many match at each of so many moments."""
        context = info.context
        first = read_at(start, context, "from") or self.at or context.now
        moments = series(first, Unit(every.value), points, context.catalog.zone)
        return await _points(self.tree, moments, context)


async def _points(tree: Filter, moments: Sequence[datetime], context: Context) -> list[ForecastPoint]:
    counts = await count_at(tree, [context.scope(moment) for moment in moments])
    return [ForecastPoint(at=DateTime(at), count=count) for at, count in zip(moments, counts, strict=True)]
