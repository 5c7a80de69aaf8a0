"""All dynamic segments of a workspace as one version of its catalog has them, ready to be asked."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from app.compile import Scope, condition
from app.compile.clause import Clause
from app.compile.dues import Due, due
from app.filters.catalog import Catalog, Field
from app.filters.check import segment_filter
from app.filters.checked import Filter, Test
from app.filters.clock import EARLIEST, Clock
from app.filters.flips import relative_tests
from app.filters.meaning import Concerns, concerns, segment_meaning
from app.filters.problems import Refused
from app.filters.vocabulary import SegmentKind
from app.live.asking import Asking, askings
from app.queries.catalogs import catalog_version, read_catalog
from app.queries.faults import note_fault
from app.queries.live.claims import Held

MOST_KEPT = 20_000

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

    def due(self, at: datetime, segments: Iterable[Planned] | None = None) -> Due | None:
        """When time may let a contact in or out, as of a moment; None where it never does, for no contact."""
        tests = self.tests if segments is None else relative_tests(segment.tree for segment in segments)
        return due(tests, Clock(at, self.zone)) if tests else None

    def prepare(self) -> "Plan":
        """Work out now what else would be when it is first asked for."""
        self.by_id, self.tests, self.askings  # noqa: B018
        return self


async def plan_of(held: Held) -> Plan:
    """The plan by the catalog as it is, or has become since the workspace is held."""
    kept = _kept.get(held.workspace_id)
    if kept is None or kept.version != held.version:
        version, catalog = await _whole_catalog(held)
        # Thousands of filters take their time, in which others want to be served.
        kept = _kept[held.workspace_id] = await asyncio.to_thread(_planned, version, catalog)
        while len(_kept) > 1 and sum(len(plan.segments) for plan in _kept.values()) > MOST_KEPT:
            _kept.popitem(last=False)
    _kept.move_to_end(held.workspace_id)
    return kept


async def _whole_catalog(held: Held) -> tuple[int, Catalog]:
    """The catalog of one version: its parts are read one after another, while others may change it."""
    while True:
        version, catalog = await read_catalog(held.borrowed, held.workspace_id)
        if await catalog_version(held.borrowed, held.workspace_id) == version:
            return version, catalog


def _planned(version: int, catalog: Catalog) -> Plan:
    dynamic = [each for each in catalog.segments.values() if each.kind is SegmentKind.DYNAMIC]
    planned: list[Planned] = []
    unread: set[int] = set()
    for segment in dynamic:
        try:
            tree, meant = segment_filter(segment, catalog), segment_meaning(segment, catalog)
        except Refused as refused:
            note_fault("segment_unread", refused, segment=segment.id)
            unread.add(segment.id)
            continue
        relative = frozenset(field.key for field in relative_tests([tree]))
        planned.append(Planned(segment.id, segment.name, tree, meant, concerns(tree), relative))
    return Plan(catalog.workspace_id, version, catalog.zone, tuple(planned), frozenset(unread)).prepare()
