"""The versions of a segment, page by page, and how two of them differ: in words, and in contacts."""

from collections.abc import Iterable
from typing import Annotated

import strawberry
from strawberry.types.info import Info

from app.filters import catalog
from app.filters.pins import with_pins
from app.filters.problems import Code, Problem, Refused
from app.filters.vocabulary import SegmentKind
from app.graphql.context import Context
from app.graphql.earlier_filters import Reading, version_differences
from app.graphql.errors import told
from app.graphql.lookahead import selected
from app.graphql.paging import PageInfo, cursor_maker, page_info, read_window
from app.graphql.types.comparison import Comparison, compared
from app.graphql.types.contacts import refuse_lists_of_lists
from app.graphql.types.difference import FilterDifference, difference_type
from app.graphql.types.version import SegmentVersion, read_ahead, version_type
from app.queries.cpu_work import worked_out
from app.queries.segment_edits import no_version
from app.queries.segment_versions import NEWEST_FIRST, version_row, versions_page


@strawberry.type(description="A version in a page.")
class SegmentVersionEdge:
    """A version in a page."""

    cursor: str
    node: SegmentVersion


@strawberry.type(description="A page of a segment's versions.")
class SegmentVersionConnection:
    """A page of a segment's versions."""

    edges: list[SegmentVersionEdge]
    nodes: list[SegmentVersion]
    page_info: PageInfo


@strawberry.type(description="How two versions of a segment differ, in words, and whom they would mean now.")
class SegmentVersionComparison(Comparison):
    """How two versions of a segment differ."""

    name_before: str = strawberry.field(description="What the segment was called by the one.")
    name_after: str = strawberry.field(description="What it was called by the other.")
    differences: list[FilterDifference] = strawberry.field(description="Where they differ, part by part.")


@strawberry.type
class Versioned:
    """What a segment was."""

    kept: strawberry.Private[catalog.Segment]

    @strawberry.field(description="The number of its latest version; `expectedVersion` of `updateSegment` takes it.")
    def current_version(self) -> int:
        """The number of its latest version."""
        return self.kept.version

    @strawberry.field(description="What it was after each edit, newest first, 50 unless first or last says.")
    @told
    async def versions(
        self,
        info: Info[Context, None],
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> SegmentVersionConnection:
        """What it was after each edit."""
        refuse_lists_of_lists(info)
        tag = f"version{self.kept.id}"
        window = read_window(first, after, last, before, NEWEST_FIRST, tag)
        page = await versions_page(info.context.workspace_id, self.kept.id, window)
        rows, wanted = list(map(version_row, page.rows)), selected(info)
        await read_ahead(rows, wanted.at("nodes").also(wanted.at("edges", "node")), info.context)
        nodes = [version_type(row, self.kept, info.context) for row in rows]
        cursors = map(cursor_maker(NEWEST_FIRST, tag), page.rows)
        return SegmentVersionConnection(
            edges=[SegmentVersionEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
            nodes=nodes,
            page_info=page_info(page, NEWEST_FIRST, tag),
        )

    @strawberry.field(description="One of its versions; null where there is none of this number, or it isn't kept.")
    async def version(self, info: Info[Context, None], number: int) -> SegmentVersion | None:
        """One of its versions."""
        found = await info.context.loaders.version_by_key.load((self.kept.id, number))
        return None if found is None else version_type(found, self.kept, info.context)

    @strawberry.field(
        description="How two of its versions differ, and who would enter and leave from the one to the other: both "
        "as they count now, with today's contacts and pins."
    )
    @told
    async def compare_versions(
        self,
        info: Info[Context, None],
        before: Annotated[int, strawberry.argument(name="from", description="The number of the one.")],
        after: Annotated[int, strawberry.argument(name="to", description="The number of the other.")],
    ) -> SegmentVersionComparison | None:
        """How two of its versions differ."""
        return await _comparison(self.kept, before, after, info.context)


async def _comparison(
    segment: catalog.Segment, before: int, after: int, context: Context
) -> SegmentVersionComparison:
    if segment.kind is not SegmentKind.DYNAMIC:
        raise Refused.because(Code.NOT_ALLOWED, "a fixed list has no filters to compare", "from")
    numbers = ("from", before), ("to", after)
    found = await context.loaders.reading_by_version.load_many([(segment.id, number) for _, number in numbers])
    for (path, number), reading in zip(numbers, found, strict=True):
        if reading is None:
            raise no_version(segment, number, path)
    old, new = found
    if problems := _unreadable(zip(numbers, found, strict=True)):
        raise Refused(problems)
    differing = await worked_out(version_differences, old, new, context.catalog.zone) or []
    return SegmentVersionComparison(
        **await compared(with_pins(old.now, segment), with_pins(new.now, segment), context.scope()),
        name_before=old.name,
        name_after=new.name,
        differences=[difference_type(each) for each in differing],
    )


def _unreadable(versions: Iterable[tuple[tuple[str, int], Reading]]) -> list[Problem]:
    return [
        Problem(Code.NOT_ALLOWED, f"version {number} can't be compared any more: {reading.problem}", path)
        for (path, number), reading in versions
        if reading.now is None
    ]
