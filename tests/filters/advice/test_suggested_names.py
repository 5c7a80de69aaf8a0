"""Any name can be held against any filter, in time by its length; and what is suggested is a name to be proud of."""

from dataclasses import replace
from time import perf_counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.filters.advice.names import name_piece
from app.filters.advice.naming.lexicon import ACTIVITY, LESS, MORE, PLAIN, STATUSES, UNITS
from app.filters.advice.naming.suggestion import LONGEST_NAME
from app.filters.advice.naming.vague import DATES, FILLERS, NOTHING
from app.filters.catalog import Catalog, Label, Segment
from app.filters.checked import Filter
from app.filters.folding import fold, is_storable
from app.filters.vocabulary import SegmentKind
from app.queries.names import LONGEST_NAME as LONGEST_OF_ALL
from app.queries.names import read_name
from tests.filters.advice.shop import (
    FIELDS,
    LABELS,
    SHOP,
    ago,
    ahead,
    both,
    city,
    either,
    labelled,
    none_of,
    rule,
    status,
    within,
)
from tests.filters.catalogs import field

WORDS = sorted({*ACTIVITY, *LESS, *MORE, *PLAIN, *STATUSES, *UNITS, *DATES, *FILLERS, *NOTHING, *"+-(2)%/#,<>≥"})
AMOUNTS = some.integers(0, 400)
WRITTEN = some.text(min_size=1, max_size=60).filter(lambda text: is_storable(text) and bool(fold(text)))
PHRASES = some.lists(
    some.sampled_from([*WORDS, *LABELS, "Jakarta", "Free", "Plan", "Orders"]) | AMOUNTS.map(str), max_size=12
)
NAMES = some.text(max_size=LONGEST_OF_ALL) | some.tuples(some.sampled_from(["", " "]), PHRASES).map(
    lambda drawn: drawn[0].join(drawn[1])
)
TEXTS = WRITTEN | PHRASES.map(" ".join).filter(lambda text: bool(fold(text)))
CONDITIONS = some.one_of(
    TEXTS.map(city),
    some.lists(TEXTS, min_size=1, max_size=4).map(lambda values: field("city", matchesAny=values)),
    TEXTS.map(lambda text: field("name", startsWith=text)),
    some.builds(ago, some.sampled_from(["last_purchase", "last_visit"]), AMOUNTS, some.sampled_from(["DAY", "WEEK"])),
    some.builds(within, some.sampled_from(["last_purchase", "last_visit"]), AMOUNTS, some.sampled_from(["YEAR"])),
    some.builds(ahead, some.just("renewal"), AMOUNTS),
    some.builds(lambda key, number: field(key, atLeast=number), some.sampled_from(["orders", "age"]), AMOUNTS),
    some.builds(lambda number: field("total_spent", lessThan=number), some.decimals(-(10**9), 10**9, places=2)),
    some.builds(lambda low, more: field("age", between={"from": low, "to": low + more}), AMOUNTS, AMOUNTS),
    some.lists(some.sampled_from(LABELS), min_size=1, max_size=4).map(lambda names: labelled(*names)),
    some.lists(some.sampled_from(sorted(status.name for status in set(STATUSES.values()))), min_size=1).map(
        lambda names: status(*names)
    ),
    some.sampled_from(FIELDS).map(lambda each: field(each.key, isEmpty=True)),
    some.sampled_from([1, 2, 3, 9]).map(lambda number: {"segment": {"inAny": [number]}}),
    some.sampled_from(["Free", "Plus"]).map(lambda option: field("plan", matches=option)),
    some.sampled_from([{"label": {"isEmpty": False}}, {"sample": {"percent": 5, "seed": "x"}}]),
)
FILTERS: some.SearchStrategy[dict[str, Any]] = some.recursive(
    CONDITIONS,
    lambda parts: some.one_of(
        parts.map(none_of),
        some.lists(parts, min_size=1, max_size=4).map(lambda each: both(*each)),
        some.lists(parts, min_size=1, max_size=4).map(lambda each: either(*each)),
    ),
    max_leaves=8,
)


def suggested(tree: Filter, catalog: Catalog) -> str:
    """The name that is suggested instead of one that says nothing."""
    piece = name_piece("?", tree, catalog)
    assert piece is not None
    assert piece.suggested_name is not None
    return piece.suggested_name


def crowded(names: list[str]) -> Catalog:
    """The shop with segments of these names as well."""
    more = {100 + number: Segment(100 + number, name, SegmentKind.STATIC, None) for number, name in enumerate(names)}
    return replace(SHOP, segments={**SHOP.segments, **more})


@settings(deadline=None, max_examples=300)
@given(NAMES, FILTERS)
def test_any_name_meets_any_filter(name: str, document: dict[str, Any]) -> None:
    piece = name_piece(name, rule(document), SHOP)
    if piece is not None:
        assert piece.message
        assert piece.suggested_name is not None
        assert name_piece(piece.suggested_name, rule(document), SHOP) is None


@settings(deadline=None, max_examples=300)
@given(FILTERS)
def test_suggested_name_can_be_given(document: dict[str, Any]) -> None:
    name = suggested(rule(document), SHOP)
    assert name == read_name(name, "name")
    assert len(name) <= LONGEST_NAME
    assert name_piece(name, rule(document), SHOP) is None


@settings(deadline=None, max_examples=100)
@given(FILTERS)
def test_suggested_name_is_new_each_time(document: dict[str, Any]) -> None:
    names: list[str] = []
    for _ in range(4):
        names.append(suggested(rule(document), crowded(names)))
    assert len({fold(name) for name in names}) == len(names)


@pytest.mark.parametrize(
    "name",
    [
        "1" * 200,
        "1-" * 100,
        "1." * 100,
        "a" * 200,
        "ab" * 100,
        "> " * 100,
        "not " * 50,
        "copy (" * 33,
        "30 d" * 50,
        "VIP " * 50,
        "asdfghjkl" * 22,
        "\ufdfa" * 200,
        "e" + "\u0301" * 199,
        "(" * 200,
        "1/" * 100,
    ],
    ids=range(15),
)
def test_hostile_name_takes_no_time(name: str) -> None:
    document = both(city("Jakarta"), ago("last_visit", 30), field("orders", atLeast=5), labelled("VIP"))
    tree = rule(document)
    name_piece(name, tree, SHOP)
    start = perf_counter()
    name_piece(name, tree, SHOP)
    assert perf_counter() - start < 0.5


def test_large_catalog_takes_no_time() -> None:
    labels = {number: Label(number, f"Label {number}") for number in range(1, 5_001)}
    segments = {
        number: Segment(number, f"Segment {number}", SegmentKind.DYNAMIC, both(city("Bandung"), city("Medan")))
        for number in range(1, 5_001)
    }
    catalog = replace(SHOP, labels=labels, segments=segments)
    tree = rule(both(*[city(f"City {number}") for number in range(100)]), catalog)
    start = perf_counter()
    assert name_piece("Label 17 in Surabaya, Segment 2", tree, catalog) is None
    assert perf_counter() - start < 0.5
