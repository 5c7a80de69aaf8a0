"""A segment as it was after an edit, who made that, and what it did."""

from collections.abc import Iterable

import strawberry
from strawberry.types.info import Info

from app.filters.catalog import Segment
from app.filters.document import write
from app.filters.summary import summarize
from app.graphql.authors import AUTHOR, author_name
from app.graphql.context import Context
from app.graphql.earlier_filters import Reading, version_differences
from app.graphql.enums import AuditActorKind
from app.graphql.errors import told
from app.graphql.filter_input import SHOWN
from app.graphql.lookahead import Selected
from app.graphql.scalars import DateTime, Json
from app.graphql.types.difference import FilterDifference, difference_type
from app.queries.cpu_work import worked_out
from app.queries.segment_versions import VersionKey, VersionRow


@strawberry.type(description="A segment as it was after an edit.")
class SegmentVersion:
    """A segment as it was after an edit."""

    row: strawberry.Private[VersionRow]
    number: int = strawberry.field(description="1 for the segment as it was made, and one more with each edit.")
    name: str = strawberry.field(description="What the segment was called.")
    made_at: DateTime = strawberry.field(description="When it was edited so.")
    made_by: str | None = strawberry.field(
        description=f"Who edited it. {AUTHOR} Null as well of what was there before versions were kept."
    )
    actor_kind: AuditActorKind | None = strawberry.field(description="Which kind of actor that was.")
    returned_to: int | None = strawberry.field(description="The version that was gone back to, where it was that.")
    is_current: bool = strawberry.field(description="Whether the segment is so now.")

    @strawberry.field(
        description="The filter, in FilterInput's form with today's names; null for a fixed list, and where it can't "
        "be used any more."
    )
    @told
    async def filter(self, info: Info[Context, None]) -> Json | None:
        """The filter, in FilterInput's form."""
        tree = (await self._read(info.context)).now
        return None if tree is None else Json(write(tree, SHOWN))

    @strawberry.field(description="The filter in plain words, also where it can't be used any more.")
    @told
    async def summary(self, info: Info[Context, None]) -> str | None:
        """The filter in plain words."""
        tree = (await self._read(info.context)).once
        return None if tree is None else summarize(tree, info.context.catalog.zone)

    @strawberry.field(description='Why it can\'t be used any more: `there is no label "VIP" any more`.')
    @told
    async def problem(self, info: Info[Context, None]) -> str | None:
        """Why it can't be used any more."""
        return (await self._read(info.context)).problem

    @strawberry.field(
        description="What the edit did: the differences to the version before, none for the first. Null where "
        "that can't be told any more, and of the oldest that is kept."
    )
    @told
    async def differences(self, info: Info[Context, None]) -> list[FilterDifference] | None:
        """What the edit did."""
        context, row = info.context, self.row
        if row.number == 1:
            return []
        before, after = await context.loaders.reading_by_version.load_many(_keys(row, with_earlier=True))
        if before is None or after is None:
            return None
        found = await worked_out(version_differences, before, after, context.catalog.zone)
        return None if found is None else [difference_type(each) for each in found]

    async def _read(self, context: Context) -> Reading:
        [found] = await context.loaders.reading_by_version.load_many(_keys(self.row))
        return found or Reading(self.name)


def version_type(row: VersionRow, segment: Segment, context: Context) -> SegmentVersion:
    """A version as the world sees it."""
    return SegmentVersion(
        row=row,
        number=row.number,
        name=row.name,
        made_at=DateTime(row.made_at),
        made_by=author_name(row.author, context),
        actor_kind=row.author.kind,
        returned_to=row.returned_to,
        is_current=row.number == segment.version,
    )


async def read_ahead(rows: Iterable[VersionRow], wanted: Selected, context: Context) -> None:
    """Read the filters of a page's versions, where they are asked for, as one; raises Refused where that is too much.

    Else each of them would be refused by itself.
    """
    with_earlier = wanted.has_any(("differences",))
    if with_earlier or wanted.has_any(("filter", "summary", "problem")):
        keys = {key for row in rows for key in _keys(row, with_earlier=with_earlier)}
        await context.loaders.reading_by_version.load_many(sorted(keys))


def _keys(row: VersionRow, *, with_earlier: bool = False) -> list[VersionKey]:
    """Of the version that it is of, and before it of the one that it came from."""
    earlier = [(row.segment_id, row.number - 1)] if with_earlier and row.number > 1 else []
    return [*earlier, (row.segment_id, row.number)]
