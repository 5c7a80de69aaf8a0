"""A filter written down and read again is the same, whatever was renamed meanwhile."""

import json
from dataclasses import replace
from random import Random
from zoneinfo import ZoneInfo

import pytest

from app.filters.catalog import SYSTEM_FIELDS, Catalog, Field, Label, Segment
from app.filters.check import check
from app.filters.document import Form, write
from app.filters.vocabulary import FieldType, SegmentKind
from tests.filters.catalogs import CATALOG, field
from tests.oracle.population import CUSTOM, LABELS, OPTIONS, ZONES, ats, population
from tests.oracle.strategies import Filters, plus

NAMED = Form(label=lambda label: label.name, segment=lambda segment: segment.id)


@pytest.mark.parametrize("zone", ZONES)
def test_what_is_written_is_read_as_the_same(zone: str) -> None:
    random, there = Random(zone), ZoneInfo(zone)
    about = ats(random, there)
    world = plus(population(random, there, about, 60), 5, frozenset({1}))
    filters = Filters(world, random, about)
    fields = [Field(key, key, FieldType(kind), OPTIONS.get(key, ()), 1) for key, kind in CUSTOM.items()]
    catalog = Catalog(
        1,
        there,
        {one.key: one for one in (*SYSTEM_FIELDS, *fields)},
        {number: Label(number, name) for number, name in enumerate(LABELS, 1)},
        {5: Segment(5, "List", SegmentKind.STATIC, None)},
    )
    renamed = replace(catalog, labels={number: Label(number, f"new {number}") for number in catalog.labels})
    for _ in range(250):
        document = filters.tree()
        tree = check(document, catalog)
        stored = json.loads(json.dumps(write(tree)))
        assert check(stored, catalog) == tree, document
        assert write(check(stored, renamed)) == stored
        assert check(json.loads(json.dumps(write(tree, NAMED))), catalog) == tree, document


def test_names_are_todays() -> None:
    stored = write(check({"label": {"containsAny": ["vip", 2, "VIP"]}}, CATALOG))
    assert stored == {"label": {"containsAny": [1, 2]}}
    renamed = replace(CATALOG, labels={**CATALOG.labels, 1: Label(1, "Very Important")})
    assert write(check(stored, renamed), NAMED) == {"label": {"containsAny": ["Very Important", "Frequent Buyers"]}}


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        (field("spend", equals=1e22), field("spend", equals="1" + "0" * 22)),
        (field("spend", between={"from": "-0", "to": 1.50}), field("spend", between={"from": "0", "to": "1.5"})),
        (field("spend", atLeast="1e40"), field("spend", atLeast="1" + "0" * 40)),
        (field("visited", before="2026-01-31 07:00"), field("visited", before="2026-01-31T00:00:00+00:00")),
        (field("visited", after=" 2026-01-31 "), field("visited", after="2026-01-31")),
        (field("city", containsAny=["Jakarta"]), field("city", contains="Jakarta")),
        (field("city", matchesAny=["a", "a", "A"]), field("city", matchesAny=["a", "A"])),
        (field("city", exactly=" Ja  karta "), field("city", exactly=" Ja  karta ")),
        (field("tier", matchesAny=["GOLD", "gold", "strasse"]), field("tier", matchesAny=["Gold", "Straße"])),
        ({"and": [{"not": {"or": [{"status": ["ACTIVE", "ACTIVE"]}]}}], "or": None},
         {"and": [{"not": {"or": [{"status": ["ACTIVE"]}]}}]}),
        ({"sample": {"percent": "5.0", "seed": " s ", "offset": None}}, {"sample": {"percent": "5.0",
         "seed": " s "}}),
    ],
)  # fmt: skip
def test_is_written_as(asked: object, written: object) -> None:
    assert write(check(asked, CATALOG)) == written
