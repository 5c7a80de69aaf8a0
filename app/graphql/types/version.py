"""A segment as it was after an edit, who made that, and what it did."""

import strawberry
from strawberry.types.info import Info

from app.filters.document import write
from app.filters.summary import summarize
from app.graphql.context import Context
from app.graphql.earlier_filters import EarlierFilters, Reading, version_differences
from app.graphql.enums import AuditActorKind
from app.graphql.filter_input import SHOWN
from app.graphql.scalars import DateTime, Json
from app.graphql.types.difference import FilterDifference, difference_type
from app.queries.segment_versions import VersionRow


@strawberry.type(description="A segment as it was after an edit.")
class SegmentVersion:
    """A segment as it was after an edit."""

    row: strawberry.Private[VersionRow]
    earlier: strawberry.Private[EarlierFilters]
    number: int = strawberry.field(description="1 for the segment as it was made, and one more with each edit.")
    name: str = strawberry.field(description="What the segment was called.")
    made_at: DateTime = strawberry.field(description="When it was edited so.")
    made_by: str | None = strawberry.field(
        description="Who edited it: the token's name, an identity provider's subject, or `operator` for the command "
        "line. Null of what was there before versions were kept."
    )
    actor_kind: AuditActorKind | None = strawberry.field(description="Which kind of actor that was.")
    returned_to: int | None = strawberry.field(description="The version that was gone back to, where it was that.")
    is_current: bool = strawberry.field(description="Whether the segment is so now.")

    @strawberry.field(
        description="The filter, in FilterInput's form with today's names; null for a fixed list, and where it can't "
        "be used any more."
    )
    async def filter(self) -> Json | None:
        """The filter, in FilterInput's form."""
        tree = (await self._read()).now
        return None if tree is None else Json(write(tree, SHOWN))

    @strawberry.field(description="The filter in plain words, also where it can't be used any more.")
    async def summary(self, info: Info[Context, None]) -> str | None:
        """The filter in plain words."""
        tree = (await self._read()).once
        return None if tree is None else summarize(tree, info.context.catalog.zone)

    @strawberry.field(description='Why it can\'t be used any more: `there is no label "VIP" any more`.')
    async def problem(self) -> str | None:
        """Why it can't be used any more."""
        return (await self._read()).problem

    @strawberry.field(
        description="What the edit did: the differences to the version before, none for the first. Null where "
        "that can't be told any more."
    )
    async def differences(self, info: Info[Context, None]) -> list[FilterDifference] | None:
        """What the edit did."""
        row = self.row
        if row.name_before is None:
            return []
        before = await self.earlier.read(row.number - 1, row.document_before)
        found = version_differences((row.name_before, row.name), (before, await self._read()), info.context)
        return None if found is None else [difference_type(each) for each in found]

    async def _read(self) -> Reading:
        return await self.earlier.read(self.row.number, self.row.document)


def version_type(row: VersionRow, earlier: EarlierFilters) -> SegmentVersion:
    """A version as the world sees it."""
    return SegmentVersion(
        row=row,
        earlier=earlier,
        number=row.number,
        name=row.name,
        made_at=DateTime(row.made_at),
        made_by=row.actor,
        actor_kind=None if row.actor_kind is None else AuditActorKind(row.actor_kind),
        returned_to=row.returned_to,
        is_current=row.number == earlier.segment.version,
    )
