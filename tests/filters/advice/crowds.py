"""Crowds for the oracle without PostgreSQL: a small one in which much clashes, and the hostile one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from app.filters.catalog import SYSTEM_FIELDS, SYSTEM_KEYS, Catalog, Field, Label, Segment
from app.filters.vocabulary import FieldType, SegmentKind
from tests.filters.catalogs import CATALOG, JAKARTA, field, in_any
from tests.oracle.population import STATUSES, ats, population
from tests.oracle.strategies import Filters, grown, plus
from tests.oracle.world import Person, World

Document = dict[str, Any]

AT = datetime(2026, 3, 4, 5, tzinfo=UTC)  # a Wednesday's noon in Jakarta
MOMENTS = (
    None, "2026-01-31T23:59:59+07:00", "2026-02-25T12:00:00+07:00", "2026-03-01T00:00:00+07:00",
    "2026-03-03T12:00:00+07:00", "2026-03-04T00:00:00+07:00", "2026-03-04T12:00:00+07:00",
    "2026-03-04T12:00:00.000001+07:00", "2026-03-05T12:00:00+07:00", "2026-04-01T00:00:00+07:00",
)  # fmt: skip
DAYS = (None, "1990-03-04", "1990-03-10", "2000-02-29", "2026-03-03", "2026-03-04", "2026-03-05", "2026-12-31")
CITIES = (None, "", "Jakarta", "jakarta", "JAKARTA selatan", "Bali", "a", "ab", "ba", "kabar", "akar", "jab")
VALUES: dict[str, Sequence[Any]] = {
    "city": CITIES,
    "spend": (None, 0, "0.5", 1, "1.5", 2, "2.5", 3, "3.5"),
    "birthday": DAYS,
    "visited": MOMENTS,
    "member": (None, True, False),
    "tier": (None, "gold", "Straße", "An option to come"),
}
LABELS = (1, 2, 3, 4)  # the last is yet to come
LISTED = {9: frozenset(range(1, 1_001, 3)), 8: frozenset(range(1, 1_001, 2))}
SEGMENTS: dict[int, Any] = {
    1: {"and": [field("city", contains="a"), {"not": {"status": ["ACTIVE"]}}]},
    2: {"or": [in_any(1), field("spend", atLeast=2), in_any(9)]},
    3: {"and": [in_any(2), {"not": in_any(1)}, {"not": in_any(9)}]},
}


@dataclass(frozen=True)
class Crowd:
    """A world, the catalog that says the same of it, and what makes filters of it."""

    world: World
    catalog: Catalog
    random: Random
    about: list[datetime]
    filters: Filters


def small_crowd(seed: str, size: int = 600) -> Crowd:
    """People of few values, on and beside the bounds that the leaves have."""
    random = Random(seed)
    types = {key: each.type.value for key, each in CATALOG.fields.items()}
    labels = {id: label.name for id, label in CATALOG.labels.items()}
    people = tuple(_person(number, random) for number in range(1, size + 1))
    segments = {number: listed & {one.id for one in people} for number, listed in LISTED.items()}
    world = World(JAKARTA, types, {"tier": ("Gold", "Straße")}, labels, {**segments, **SEGMENTS}, people)
    return Crowd(world, catalog_of(world), random, [AT], Filters(world, random, [AT]))


def _person(number: int, random: Random) -> Person:
    custom = {key: random.choice(values) for key, values in VALUES.items()}
    system = {"email": f"{random.choice(('ana', 'bob'))}{number}@example.com", "created_at": AT, "updated_at": AT}
    labels = frozenset(random.sample(LABELS, random.choice((0, 1, 1, 2, 3))))
    return Person(number, random.choice(STATUSES), system, labels, custom)


def hostile_crowd(zone: str, seed: str, size: int = 200) -> Crowd:
    """The population that the compiler is judged by, with segments upon segments."""
    random, there = Random(seed), ZoneInfo(zone)
    about = ats(random, there)
    world = population(random, there, about, size)
    for place in range(7):
        world = plus(world, 100 + place, grown(world, random, about, place))
    return Crowd(world, catalog_of(world), random, about, Filters(world, random, about))


def catalog_of(world: World) -> Catalog:
    """What a filter may name in that world."""
    own = [Field(key, key.title(), FieldType(kind), tuple(world.options.get(key, ())), id=place)
           for place, (key, kind) in enumerate(world.types.items()) if key not in SYSTEM_KEYS]  # fmt: skip
    labels = {number: Label(number, name) for number, name in world.labels.items()}
    segments = {number: _segment(number, held) for number, held in world.segments.items()}
    return Catalog(1, world.zone, {each.key: each for each in (*SYSTEM_FIELDS, *own)}, labels, segments)


def _segment(number: int, held: Document | frozenset[int]) -> Segment:
    if isinstance(held, frozenset):
        return Segment(number, f"S{number}", SegmentKind.STATIC, None)
    return Segment(number, f"S{number}", SegmentKind.DYNAMIC, held)
