"""How segments and filters overlap: every two of them, and every region of their Venn diagram."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import strawberry

from app.compile import Scope
from app.filters import catalog
from app.filters.check import check, segment_filter
from app.filters.checked import SENDABLE, Filter, InAnySegment, Inlined
from app.filters.document import write
from app.filters.ids import number_of
from app.filters.problems import Code, Problem, Problems, Refused
from app.filters.sight.nodes import conditions_of, node_of
from app.filters.sight.regions import Region, filter_of, pairs, regions
from app.filters.sight.tally import Tally
from app.filters.summary import summarize
from app.filters.vocabulary import SegmentKind
from app.graphql.filter_input import SHOWN
from app.graphql.scalars import Json
from app.graphql.types.segment import Segment, segment_type
from app.queries.sight.tallies import tally_contacts

FEWEST_SETS = 2
MOST_SETS = 10
MOST_IN_REGIONS = 5


@strawberry.type(description="One of the segments and filters that overlap.")
class OverlapSet:
    """One of the segments and filters that overlap."""

    segment: Segment | None = strawberry.field(description="The segment; null for a filter of several conditions.")
    summary: str = strawberry.field(description="Whom it means, in plain words.")
    count: int = strawberry.field(description="How many contacts are in it.")


@strawberry.type(description="How two of them overlap. They are told by their places in `sets`, from 0 on.")
class OverlapPair:
    """How two of them overlap."""

    first: int = strawberry.field(description="The place of one.")
    second: int = strawberry.field(description="The place of the other, behind it.")
    count: int = strawberry.field(description="How many contacts are in both.")


@strawberry.type(
    description="A region of the Venn diagram: who is in just these of them. No contact is in two regions."
)
class OverlapRegion:
    """A region of the Venn diagram."""

    inside: list[int] = strawberry.field(description="The places in `sets` of those that its contacts are in.")
    outside: list[int] = strawberry.field(description="The places of those that they are not in.")
    summary: str = strawberry.field(description="Whom it means, in plain words.")
    count: int = strawberry.field(description="How many contacts are in it.")
    sendable_count: int = strawberry.field(description="How many of them may be mailed.")
    filter: Json | None = strawberry.field(
        description="The filter that means just these, in FilterInput's form, for createSegment; null where it would "
        "be larger than a filter may be."
    )


@strawberry.type(description="How segments and filters overlap.")
class Overlap:
    """How segments and filters overlap."""

    sets: list[OverlapSet] = strawberry.field(description="The segments and then the filters, as they were given.")
    count: int = strawberry.field(description="How many contacts are in any of them.")
    pairs: list[OverlapPair] = strawberry.field(description="Each two of them.")
    regions: list[OverlapRegion] | None = strawberry.field(
        description=f"Every region, empty ones too; null for more than {MOST_IN_REGIONS} sets."
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """Filters and, of each, the groups of the tally that it holds for."""

    filters: Sequence[Filter]
    sets: Sequence[int]
    tally: Tally
    known: catalog.Catalog


async def overlap_of(filters: Sequence[Filter], scope: Scope, known: catalog.Catalog) -> Overlap:
    """The overlap of what these filters mean, counted in one pass over the contacts; raises Refused."""
    roots = [node_of(each) for each in filters]
    conditions = dict.fromkeys([*conditions_of(roots), SENDABLE])
    tally = await tally_contacts(list(conditions), scope, "segmentIds")
    counted = Counted(filters, [tally.sets(root)[root.path] for root in roots], tally, known)
    union = 0
    for each in counted.sets:
        union |= each
    return Overlap(
        sets=[_set(tree, groups, counted) for tree, groups in zip(filters, counted.sets, strict=True)],
        count=tally.count(union),
        pairs=[OverlapPair(first=a, second=b, count=tally.count(both)) for a, b, both in pairs(counted.sets)],
        regions=list(_regions(counted)) if len(filters) <= MOST_IN_REGIONS else None,
    )


def read_sets(segment_ids: Sequence[str], documents: Sequence[Any], known: catalog.Catalog) -> list[Filter]:
    """What these segments and filters mean, each segment by a reference to it; raises Refused with every problem."""
    given = len(segment_ids) + len(documents)
    if given < FEWEST_SETS:
        raise Refused.because(Code.REQUIRED, "give at least two segments or filters", "segmentIds")
    if given > MOST_SETS:
        message = f"at most {MOST_SETS} segments and filters can be laid over each other"
        raise Refused.because(Code.TOO_MANY_VALUES, message, "segmentIds")
    problems = Problems()
    read = [problems.reading(_reference, id, known, f"segmentIds[{place}]") for place, id in enumerate(segment_ids)]
    read += [
        problems.reading(check, document, known, path=f"filters[{place}]") for place, document in enumerate(documents)
    ]
    problems.found.extend(_repeated(segment_ids))
    if problems.found:
        raise Refused(problems.found)
    return read


def _repeated(segment_ids: Sequence[str]) -> Iterator[Problem]:
    message = "this segment is given twice; with itself it overlaps wholly"
    for place, id in enumerate(segment_ids):
        if id in segment_ids[:place]:
            yield Problem(Code.NOT_ALLOWED, message, f"segmentIds[{place}]")


def _reference(id: str, known: catalog.Catalog, path: str) -> Filter:
    found = known.segments.get(number_of(id, "Segment"))
    if found is None:
        raise Refused([Problem(Code.UNKNOWN_SEGMENT, "there is no such segment", path)])
    is_dynamic = found.kind is SegmentKind.DYNAMIC
    return InAnySegment((Inlined(found, segment_filter(found, known) if is_dynamic else None),))


def _set(tree: Filter, groups: int, counted: Counted) -> OverlapSet:
    known = counted.known
    segment = tree.segments[0].segment if isinstance(tree, InAnySegment) and len(tree.segments) == 1 else None
    return OverlapSet(
        segment=None if segment is None else segment_type(segment, known),
        summary=summarize(tree, known.zone),
        count=counted.tally.count(groups),
    )


def _regions(counted: Counted) -> Iterator[OverlapRegion]:
    sendable = counted.tally.answers[SENDABLE]
    for region in regions(counted.sets, counted.tally):
        yield OverlapRegion(
            inside=list(region.inside),
            outside=list(region.outside),
            summary=summarize(filter_of(region, counted.filters), counted.known.zone),
            count=counted.tally.count(region.groups),
            sendable_count=counted.tally.count(region.groups & sendable),
            filter=_document(region, counted),
        )


def _document(region: Region, counted: Counted) -> Json | None:
    tree = filter_of(region, counted.filters)
    try:
        check(write(tree), counted.known)
    except Refused:
        return None
    return Json(write(tree, SHOWN))
