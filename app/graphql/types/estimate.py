"""About how many contacts match a filter, from a sample of them."""

from datetime import datetime

import strawberry
from strawberry.types.info import Info

from app.compile import condition
from app.filters.checked import Filter
from app.filters.insight import estimates
from app.graphql.context import Context
from app.queries.insight.estimating import estimate_contacts


@strawberry.type(description="How many contacts match, and between which numbers that is with 95% confidence.")
class Estimate:
    """How many contacts match."""

    count: int = strawberry.field(description="The likeliest number.")
    low: int = strawberry.field(description="There are at least so many.")
    high: int = strawberry.field(description="There are at most so many.")
    sampled: int = strawberry.field(
        description="How many contacts were looked at; where it is as many as `of`, the count is exact."
    )
    of: int = strawberry.field(
        description="How many contacts there are; those deleted in the last five minutes may still be among them."
    )


@strawberry.type
class Estimated:
    """What may be estimated."""

    tree: strawberry.Private[Filter]
    at: strawberry.Private[datetime | None] = None

    async def estimated(self, context: Context) -> estimates.Estimate:
        """From the sample, or counted where there are few contacts."""
        return await estimate_contacts(context.workspace_id, condition(self.tree, context.scope(self.at)))

    @strawberry.field(
        description="About how many match, from a stable sample: the answer is another one only when contacts "
        "change. Below 100,000 contacts all are counted; a dynamic segment that is READY is told as is kept."
    )
    async def estimate(self, info: Info[Context, None]) -> Estimate:
        """About how many match."""
        found = await self.estimated(info.context)
        return Estimate(count=found.count, low=found.low, high=found.high, sampled=found.sampled, of=found.of)
