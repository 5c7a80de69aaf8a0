"""Pins stand around a segment's filter, which is the same without them."""

from dataclasses import replace
from typing import Any

import pytest

from app.filters.catalog import Catalog
from app.filters.check import check, segment_filter
from app.filters.document import write
from app.filters.meaning import concerns, meaning, segment_meaning
from app.filters.pins import parted, with_pins, without_pins
from app.filters.sight.nodes import node_of, walk
from app.filters.summary import summarize
from tests.filters.catalogs import CATALOG, JAKARTA, field, in_any, with_segments

CITY, VIP = field("city", contains="Jakarta"), {"label": {"containsAny": ["VIP"]}}
DOCUMENTS = [CITY, {"and": [VIP, {"not": CITY}]}, {"or": [VIP, CITY]}, {"not": VIP}, in_any(9), in_any(2, 9)]
PINS = [(False, False), (True, False), (False, True), (True, True)]
BOTH = (True, True)


def pinned(document: Any, pins: tuple[bool, bool], others: dict[int, Any] | None = None) -> Catalog:
    """A catalog whose segment 1 has the document, with contacts pinned in and out or not."""
    made = with_segments({1: document, 2: VIP, **(others or {})})
    segment = replace(made.segments[1], has_pinned_in=pins[0], has_pinned_out=pins[1])
    return replace(made, segments={**made.segments, 1: segment}, checked={}, meanings={})


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
@pytest.mark.parametrize("pins", PINS, ids=str)
def test_a_filter_comes_out_of_its_pins_as_it_was(document: Any, pins: tuple[bool, bool]) -> None:
    catalog = pinned(document, pins)
    own, tree = check(document, catalog), segment_filter(catalog.segments[1], catalog)
    assert without_pins(tree) == own
    assert len(parted(tree)[1]) == sum(pins)
    assert with_pins(own, catalog.segments[1]) == tree
    assert (tree == own) == (not any(pins))


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
@pytest.mark.parametrize("pins", PINS, ids=str)
def test_paths_within_a_filter_are_the_same(document: Any, pins: tuple[bool, bool]) -> None:
    catalog = pinned(document, pins, {3: {"and": [in_any(1), VIP]}})

    def places(number: int) -> list[tuple[str, str]]:
        root = node_of(segment_filter(catalog.segments[number], catalog))
        return [(node.path, node.kind.value) for node in walk(root) if "pins" not in node.path]

    plain = pinned(document, (False, False), {3: {"and": [in_any(1), VIP]}})
    assert places(1) == [(node.path, node.kind.value) for node in walk(node_of(check(document, plain)))]
    held = [(f"filter.and[0].segment{path.removeprefix('filter')}", kind) for path, kind in places(1)]
    assert places(3) == [("filter", "AND"), ("filter.and[0]", "SEGMENT"), *held, ("filter.and[1]", "CONDITION")]


def test_pins_have_places_of_their_own() -> None:
    catalog = pinned(CITY, BOTH, {3: {"not": in_any(1)}})
    nodes = [*walk(node_of(segment_filter(catalog.segments[3], catalog)))]
    assert [(node.path, node.parent, node.depth) for node in nodes] == [
        ("filter", None, 0),
        ("filter.not", "filter", 1),
        ("filter.not.pins", "filter.not", 2),
        ("filter.not.segment", "filter.not.pins", 3),
        ("filter.not.pins.included", "filter.not.pins", 3),
        ("filter.not.pins.excluded", "filter.not.pins", 3),
    ]


@pytest.mark.parametrize("pins", PINS, ids=str)
def test_pins_leave_the_meaning_as_it_is(pins: tuple[bool, bool]) -> None:
    plain, catalog = (pinned(CITY, each, {3: {"not": in_any(1)}}) for each in ((False, False), pins))
    for number in (1, 3):
        assert segment_meaning(catalog.segments[number], catalog) == segment_meaning(plain.segments[number], plain)
    assert meaning(check({"not": CITY}, catalog), catalog) != segment_meaning(catalog.segments[1], catalog)


def test_segments_that_may_have_other_pins_mean_other_contacts() -> None:
    catalog = with_segments({1: CITY, 2: CITY})
    meant = [meaning(check(each, catalog), catalog) for each in (in_any(1), in_any(2), {"or": [CITY]}, in_any(1))]
    assert len({*meant}) == 3
    assert meant[0] == meant[3]


def test_a_segment_is_concerned_with_its_pins_and_those_it_refers_to() -> None:
    catalog = pinned(CITY, (False, False), {3: {"not": in_any(1, 9)}})
    assert concerns(segment_filter(catalog.segments[3], catalog), 3).lists == {1, 3, 9}


@pytest.mark.parametrize(
    ("pins", "sentence"),
    [
        ((True, False), 'City contains "Jakarta"; some contacts are always included by hand'),
        ((False, True), 'City contains "Jakarta"; some contacts are always excluded by hand'),
        (BOTH, 'City contains "Jakarta"; some contacts are always included, others always excluded by hand'),
    ],
)
def test_pins_are_told_in_words(pins: tuple[bool, bool], sentence: str) -> None:
    catalog = pinned(CITY, pins)
    tree = segment_filter(catalog.segments[1], catalog)
    assert summarize(tree, JAKARTA) == sentence
    words = {False: 'Is always excluded from segment "S1"', True: 'Is always included in segment "S1"'}
    kinds = [is_included for is_included, is_there in zip((True, False), pins, strict=True) if is_there]
    assert [summarize(pin, JAKARTA) for pin in parted(tree)[1]] == [words[kind] for kind in kinds]


def test_no_filter_says_who_is_pinned() -> None:
    catalog = pinned(CITY, BOTH)
    with pytest.raises(TypeError):
        write(segment_filter(catalog.segments[1], catalog))
    assert write(check(in_any(1), catalog)) == in_any(1)


def test_fixed_lists_have_no_pins() -> None:
    assert parted(segment_filter(CATALOG.segments[9], CATALOG))[1] == ()
