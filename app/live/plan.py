"""All dynamic segments of a workspace as one version of its catalog has them, ready to be asked."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from app.compile import Scope, condition
from app.compile.clause import Clause
from app.compile.dues import Due, due
from app.filters.catalog import Catalog, Field, Segment
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
    tree: Filter
    meaning: str
    concerns: Concerns
    relative: frozenset[str]


@dataclass(frozen=True)
class Plan:
    """The dynamic segments by id, as they are asked of contacts, and the relative tests of all of them.

    `unread` are those whose filter isn't valid.
    """

    workspace_id: int
    version: int
    zone: ZoneInfo
    by_id: Mapping[int, Planned]
    unread: frozenset[int]
    askings: Sequence[Asking]
    tests: Mapping[Field, frozenset[Test]]

    @property
    def segments(self) -> Iterable[Planned]:
        """The segments."""
        return self.by_id.values()

    def conditions(self, at: datetime, segments: Iterable[Planned]) -> dict[int, Clause]:
        """Who belongs in each of these segments as of a moment, by the segment's id."""
        scope = Scope(self.workspace_id, Clock(at, self.zone))
        return {each.id: condition(each.tree, scope) for each in segments}

    def due(self, at: datetime, segments: Iterable[Planned] | None = None) -> Due | None:
        """When time may let a contact in or out, as of a moment; None where it never does, for no contact."""
        tests = self.tests if segments is None else relative_tests(segment.tree for segment in segments)
        return due(tests, Clock(at, self.zone)) if tests else None


async def plan_of(held: Held) -> Plan:
    """The plan by the catalog as it is, or has become since the workspace is held."""
    return await _plan_at(held, held.version)


async def newest_plan(held: Held) -> Plan:
    """The plan by the catalog as it is by now."""
    return await _plan_at(held, await catalog_version(held.borrowed, held.workspace_id))


async def _plan_at(held: Held, version: int) -> Plan:
    kept = _kept.get(held.workspace_id)
    if kept is None or kept.version != version:
        version, catalog = await _whole_catalog(held)
        # Thousands of filters take their time, in which others want to be served.
        kept = _kept[held.workspace_id] = await asyncio.to_thread(_planned, version, catalog)
        while len(_kept) > 1 and sum(len(plan.by_id) for plan in _kept.values()) > MOST_KEPT:
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
    planned: dict[int, Planned] = {}
    unread: set[int] = set()
    for segment in catalog.segments.values():
        if segment.kind is not SegmentKind.DYNAMIC:
            continue
        try:
            planned[segment.id] = _read(segment, catalog)
        except Refused as refused:
            note_fault("segment_unread", refused, segment=segment.id)
            unread.add(segment.id)
    trees = {id: each.tree for id, each in planned.items()}
    asked = askings(catalog.workspace_id, Clock(EARLIEST, catalog.zone), trees)
    tests = relative_tests(trees.values())
    return Plan(catalog.workspace_id, version, catalog.zone, planned, frozenset(unread), asked, tests)


def _read(segment: Segment, catalog: Catalog) -> Planned:
    """The segment with what it means; raises Refused."""
    tree, meant = segment_filter(segment, catalog), segment_meaning(segment, catalog)
    relative = frozenset(field.key for field in relative_tests([tree]))
    return Planned(segment.id, tree, meant, concerns(tree, segment.id), relative)
