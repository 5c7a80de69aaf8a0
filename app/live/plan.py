"""All dynamic segments of a workspace as one version of its catalog has them, ready to be asked."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from app.compile import Scope, condition
from app.compile.clause import Clause
from app.compile.dues import Due, due, near_values
from app.filters.catalog import Catalog, Field
from app.filters.check import segment_filter
from app.filters.checked import Filter, Test
from app.filters.clock import EARLIEST, Clock
from app.filters.flips import relative_tests
from app.filters.meaning import Concerns, concerns, meaning
from app.filters.problems import Refused
from app.filters.vocabulary import SegmentKind
from app.live.asking import Asking, askings
from app.queries.catalogs import read_catalog
from app.queries.faults import note_fault
from app.queries.live.claims import Held

MOST_KEPT = 256
NEVER = Clause("NULL::timestamptz")
NOTHING = Clause("NULL::jsonb")

_kept: OrderedDict[int, "Plan"] = OrderedDict()


@dataclass(frozen=True)
class Planned:
    """A segment with what it means; `relative` are the keys of the fields by which time alone lets in and out."""

    id: int
    name: str
    tree: Filter
    meaning: str
    concerns: Concerns
    relative: frozenset[str]


@dataclass(frozen=True)
class Plan:
    """The dynamic segments, in the order in which they are asked; `unread` are those whose filter isn't valid."""

    workspace_id: int
    version: int
    zone: ZoneInfo
    segments: tuple[Planned, ...]
    unread: frozenset[int]

    @cached_property
    def by_id(self) -> Mapping[int, Planned]:
        """The segments by id."""
        return {segment.id: segment for segment in self.segments}

    @cached_property
    def tests(self) -> Mapping[Field, frozenset[Test]]:
        """The relative tests of all segments."""
        return relative_tests(segment.tree for segment in self.segments)

    @cached_property
    def askings(self) -> Sequence[Asking]:
        """All the segments as they are asked of contacts."""
        trees = {segment.id: segment.tree for segment in self.segments}
        return askings(self.workspace_id, Clock(EARLIEST, self.zone), trees)

    def conditions(self, at: datetime, segments: Iterable[Planned]) -> dict[int, Clause]:
        """Who belongs in each of these segments as of a moment, by the segment's id."""
        scope = Scope(self.workspace_id, Clock(at, self.zone))
        return {each.id: condition(each.tree, scope) for each in segments}

    def due(self, at: datetime, segments: Iterable[Planned] | None = None) -> Due:
        """When time may let a contact in or out, as of a moment."""
        tests = self.tests if segments is None else relative_tests(segment.tree for segment in segments)
        return (due(tests, Clock(at, self.zone)) if tests else None) or Due(NEVER, Clause("FALSE"))

    def near_values(self, at: datetime) -> Clause:
        """The values that a moment of today may pass, where there are such."""
        near = self.due(at).near
        return Clause("CASE WHEN ", near, " THEN ", near_values(self.tests), " END") if self.tests else NOTHING


async def plan_of(held: Held) -> Plan:
    """The plan by the catalog as it is."""
    kept = _kept.get(held.workspace_id)
    if kept is None or kept.version != held.version:
        version, catalog = await read_catalog(held.borrowed, held.workspace_id)
        kept = _kept[held.workspace_id] = _planned(version, catalog)
        if len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    _kept.move_to_end(held.workspace_id)
    return kept


def _planned(version: int, catalog: Catalog) -> Plan:
    dynamic = [each for each in catalog.segments.values() if each.kind is SegmentKind.DYNAMIC]
    planned: list[Planned] = []
    unread: set[int] = set()
    for segment in dynamic:
        try:
            tree = segment_filter(segment, catalog)
        except Refused as refused:
            note_fault("segment_unread", refused, segment=segment.id)
            unread.add(segment.id)
            continue
        relative = frozenset(field.key for field in relative_tests([tree]))
        planned.append(Planned(segment.id, segment.name, tree, meaning(tree, catalog.zone), concerns(tree), relative))
    return Plan(catalog.workspace_id, version, catalog.zone, tuple(planned), frozenset(unread))
