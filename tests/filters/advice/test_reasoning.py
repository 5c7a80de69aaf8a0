"""What reasoning has to find in a filter, and what it must not find."""

from dataclasses import replace
from typing import Any

import pytest

from app.filters.advice.reasoning import verdicts
from app.filters.catalog import Catalog
from app.filters.check import check
from app.filters.clock import Clock
from app.filters.pins import with_pins
from app.filters.sight.nodes import node_of
from tests.filters.advice.crowds import AT
from tests.filters.advice.told import ACTIVE, PENDING, VIP, every, no, some, told
from tests.filters.catalogs import CATALOG, JAKARTA, field, in_any, with_segments

Document = dict[str, Any]

REST = {"status": ["PENDING", "UNSUBSCRIBED", "HARD_BOUNCE"]}
BUYER = {"label": {"containsAny": ["Frequent Buyers"]}}
EITHER, BOTH = ({"label": {how: ["VIP", "Frequent Buyers"]}} for how in ("containsAny", "containsAll"))
LABELLED, UNLABELLED = ({"label": {"isEmpty": is_empty}} for is_empty in (False, True))
LEAP_DAY = field("birthday", on="2024-02-29")


def days(amount: int) -> Document:
    return {"amount": amount, "unit": "DAY"}


def slice_of(seed: str, percent: object, offset: object = 0) -> Document:
    return {"sample": {"percent": percent, "seed": seed, "offset": offset}}


TOGETHER_IMPOSSIBLE: list[tuple[Document, Document]] = [
    (ACTIVE, PENDING),
    (ACTIVE, no(ACTIVE)),
    (ACTIVE, REST),
    (field("spend", greaterThan=5), field("spend", lessThan=3)),
    (field("spend", greaterThan=5), field("spend", atMost=5)),
    (field("spend", greaterThan=5), field("spend", equals=5)),
    (field("spend", between={"from": 1, "to": 2}), field("spend", between={"from": "2.01", "to": 3})),
    (field("spend", equals="1.10"), no(field("spend", equals="1.1"))),
    (field("spend", equals=1), field("spend", isEmpty=True)),
    (no(field("spend", isEmpty=False)), field("spend", atLeast=0)),
    (field("birthday", on="2020-05-01"), field("birthday", before="2020-05-01")),
    (field("birthday", after="2020-05-01"), field("birthday", before="2020-05-02")),
    (field("visited", moreThanAgo=days(30)), field("visited", withinLast=days(30))),
    (field("birthday", moreThanAgo=days(30)), field("birthday", withinLast=days(30))),
    (field("visited", withinLast=days(30)), field("visited", moreThanFromNow=days(0))),
    (field("visited", period="LAST_MONTH"), field("visited", period="THIS_MONTH")),
    (field("visited", period="TODAY"), field("visited", moreThanAgo=days(1))),
    (field("visited", on="2026-03-04"), field("visited", period="YESTERDAY")),
    (field("visited", before="2026-03-04T00:00:00+07:00"), field("visited", on="2026-03-04")),
    (field("visited", after="2026-03-03"), field("visited", before="2026-03-04")),
    (field("birthday", anniversary=days(7)), field("birthday", isEmpty=True)),
    (field("birthday", anniversary=days(7)), no(field("birthday", anniversary=days(30)))),
    (field("member", isTrue=True), field("member", isTrue=False)),
    (field("member", isTrue=True), field("member", isEmpty=True)),
    (field("tier", matches="gold"), field("tier", matches="Straße")),
    (field("tier", matchesAny=["Gold", "Straße"]), field("tier", isEmpty=True)),
    (field("tier", matchesAny=["Gold", "STRASSE"]), no(field("tier", isEmpty=False))),
    (field("city", matches="Jakarta"), field("city", matches=" JAKARTA selatan")),
    (field("city", matches="Jakarta"), no(field("city", contains="kart"))),
    (field("city", matchesAny=["Jakarta", "Bandung"]), field("city", contains="bali")),
    (field("city", matchesAny=["Jakarta", "Bandung"]), field("city", startsWith="k")),
    (field("city", matches="Jakarta"), field("city", endsWith="a b")),
    (field("city", exactly="Jakarta"), no(field("city", matches="jakarta"))),
    (field("city", exactly="Jakarta"), field("city", exactly="jakarta")),
    (field("city", exactly="Jakarta"), no(field("city", exactly="Jakarta"))),
    (field("city", startsWith="Ja"), field("city", startsWith="Ba")),
    (field("city", startsWith="Jak"), no(field("city", startsWith="ja"))),
    (field("city", endsWith="arta"), field("city", endsWith="ara")),
    (field("city", startsWith="Jakarta"), no(field("city", contains="kart"))),
    (field("city", endsWith="karta"), no(field("city", containsAny=["x", "kart"]))),
    (field("city", contains="Jakarta"), no(field("city", contains="kart"))),
    (field("city", containsAny=["Jakarta", "kartu"]), no(field("city", contains="kart"))),
    (field("city", contains="x"), field("city", isEmpty=True)),
    (VIP, no(EITHER)),
    (BOTH, no(VIP)),
    (VIP, UNLABELLED),
    (BOTH, no({"label": {"isEmpty": False}})),
    (EITHER, no({"label": {"containsAny": ["frequent buyers", "VIP", "None"]}})),
    (in_any(9), no(in_any(9))),
    (slice_of("autumn", 10), slice_of("autumn", 10, 10)),
    (slice_of("autumn", "0.5", 99), no(slice_of("autumn", 50, 50))),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), TOGETHER_IMPOSSIBLE)
def test_finds_two_that_clash(one: Document, other: Document) -> None:
    assert told(every(one, other)) == [("CONTRADICTORY", "", [".and[0]", ".and[1]"])]
    assert told(every(other, VIP, one))[0][:2] == ("CONTRADICTORY", "")
    assert told(some(no(one), no(other))) == [("ALWAYS_TRUE", "", [".or[0]", ".or[1]"])]
    assert told(no(every(one, other))) == [("CONTRADICTORY", ".not", [".not.and[0]", ".not.and[1]"])]


@pytest.mark.parametrize(("one", "other"), TOGETHER_IMPOSSIBLE)
def test_finds_what_is_said_twice(one: Document, other: Document) -> None:
    catch = field("source", matches="web")
    said = ("IMPLIED", ".and[2]", [".and[1]"])
    assert said in told(every(catch, one, no(other)))
    assert told(every(catch, no(other), one))[-1][0] == "IMPLIED"
    assert ("COVERED", ".or[2]", [".or[1]"]) in told(some(catch, no(one), other))


OF_MORE_THAN_TWO: list[tuple[Document, str, list[int]]] = [
    (every(ACTIVE, no(VIP), EITHER, no(BUYER)), "CONTRADICTORY", [1, 2, 3]),
    (every(EITHER, field("spend", atLeast=1), no(VIP), no(BUYER)), "CONTRADICTORY", [0, 2, 3]),
    (every(no(BOTH), VIP, BUYER), "CONTRADICTORY", [0, 1, 2]),
    (every(VIP, no(BOTH), {"label": {"containsAny": ["Frequent Buyers", "None"]}},
           no({"label": {"containsAll": ["VIP", "None"]}})), "CONTRADICTORY", [0, 1, 2, 3]),
    (every(some(no(VIP), no(BUYER)), BOTH, field("spend", atLeast=1)), "CONTRADICTORY", [0, 1]),
    (every(field("spend", isEmpty=False), no(field("spend", lessThan=3)), no(field("spend", atLeast=3))),
     "CONTRADICTORY", [0, 1, 2]),
    (every(field("city", matchesAny=["a", "b"]), no(field("city", matches="a")), no(field("city", endsWith="b"))),
     "CONTRADICTORY", [0, 1, 2]),
    (every(some(ACTIVE, VIP), PENDING, no(VIP)), "CONTRADICTORY", [0, 1, 2]),
    (every(some(ACTIVE, PENDING), some(no(ACTIVE), VIP), some(no(PENDING), VIP), no(VIP)), "CONTRADICTORY",
     [0, 1, 2, 3]),
    (some(field("visited", moreThanAgo=days(30)), field("visited", withinLast=days(30)),
          field("visited", moreThanFromNow=days(0)), field("visited", isEmpty=True)), "ALWAYS_TRUE", [0, 1, 2, 3]),
    (some(field("created_at", moreThanAgo=days(7)), VIP, field("created_at", withinLast=days(7)),
          field("created_at", after="2026-03-04T12:00:00+07:00")), "ALWAYS_TRUE", [0, 2, 3]),
    (some(ACTIVE, PENDING, {"status": ["UNSUBSCRIBED"]}, {"status": ["HARD_BOUNCE"]}), "ALWAYS_TRUE", [0, 1, 2, 3]),
    (some(field("member", isTrue=True), field("member", isTrue=False), field("member", isEmpty=True)),
     "ALWAYS_TRUE", [0, 1, 2]),
    (some(slice_of("s", 50), slice_of("s", 25, 50), slice_of("s", 25, 75)), "ALWAYS_TRUE", [0, 1, 2]),
]  # fmt: skip


@pytest.mark.parametrize(("document", "kind", "places"), OF_MORE_THAN_TWO)
def test_finds_more_that_clash(document: Document, kind: str, places: list[int]) -> None:
    word = next(iter(document))
    assert told(document) == [(kind, "", [f".{word}[{place}]" for place in places])]


ALONE: list[tuple[Document, str]] = [
    (field("email", isEmpty=True), "CONTRADICTORY"),
    (field("created_at", isEmpty=True), "CONTRADICTORY"),
    (field("email", isEmpty=False), "ALWAYS_TRUE"),
    (field("updated_at", isEmpty=False), "ALWAYS_TRUE"),
    (field("birthday", after="9999-12-31"), "CONTRADICTORY"),
    (field("birthday", moreThanAgo={"amount": 100_000, "unit": "YEAR"}), "CONTRADICTORY"),
    (field("visited", withinLast=days(0)), ""),
    ({"status": ["ACTIVE", "PENDING", "UNSUBSCRIBED", "HARD_BOUNCE"]}, "ALWAYS_TRUE"),
    (slice_of("autumn", 100), "ALWAYS_TRUE"),
    (slice_of("autumn", "0.00001", "0.00001"), "CONTRADICTORY"),
    (in_any(1), "CONTRADICTORY"),
    (in_any(2), "ALWAYS_TRUE"),
    (in_any(9), ""),
]


@pytest.mark.parametrize(("document", "kind"), ALONE)
def test_knows_conditions_by_themselves(document: Document, kind: str) -> None:
    catalog = with_segments({1: every(ACTIVE, PENDING), 2: some(VIP, no(VIP))})
    assert told(document, catalog) == ([(kind, "", [""])] if kind else [])


ALL_LABELS = {"label": {"containsAny": ["VIP", "Frequent Buyers", "None"]}}
BOTH_TIERS = field("tier", matchesAny=["Gold", "Straße"])
NOTHING: list[Document] = [
    every(LABELLED, no(ALL_LABELS)),
    some(UNLABELLED, ALL_LABELS),
    every(field("tier", isEmpty=False), no(BOTH_TIERS)),
    some(field("tier", isEmpty=True), field("tier", matches="Gold"), field("tier", matches="Straße")),
    every(ACTIVE, VIP, field("spend", atLeast=3), field("city", contains="a")),
    every(no(field("city", contains="jak")), no(field("city", matches="Bali"))),
    every(field("city", contains="jak"), field("city", contains="bali"), field("city", startsWith="x")),
    every(field("city", startsWith="ja"), field("city", endsWith="ba")),
    every(field("city", containsAny=["jakarta", "bali"]), no(field("city", contains="kart"))),
    every(field("city", matches="Jakarta"), no(field("city", exactly="Jakarta"))),
    every(field("spend", atLeast=5), field("spend", atMost=5)),
    every(field("spend", greaterThan=1), field("spend", lessThan=2)),
    every(no(field("spend", lessThan=3)), no(field("spend", atLeast=3))),
    some(field("spend", lessThan=3), field("spend", atLeast=3)),
    some(field("city", startsWith="a"), no(field("city", contains="a")), VIP),
    every(field("birthday", anniversary=days(7)), field("birthday", before="2000-01-01")),
    every(LEAP_DAY, field("birthday", anniversary=days(30))),
    every(field("visited", withinLast=days(3)), field("visited", period="THIS_WEEK")),
    every(EITHER, no(BOTH)),
    every(no(VIP), {"label": {"isEmpty": False}}),
    every(slice_of("autumn", 10), slice_of("winter", 10, 10)),
    every(in_any(9), in_any(3)),
    some(ACTIVE, VIP, BUYER),
    every(some(ACTIVE, VIP), some(PENDING, BUYER)),
    every(field("last_sent_at", isEmpty=True), field("subscribed_at", isEmpty=True)),
]


@pytest.mark.parametrize("document", NOTHING)
def test_keeps_silent_on_what_may_be(document: Document) -> None:
    assert told(document, with_segments({3: field("spend", atLeast=3)})) == []


ONE_LABEL = replace(CATALOG, labels={1: CATALOG.labels[1]})
TO_COME: list[tuple[Document, Catalog, list[str]]] = [
    (LABELLED, replace(CATALOG, labels={}), []),
    (UNLABELLED, replace(CATALOG, labels={}), []),
    (every(LABELLED, VIP), ONE_LABEL, [".and[0]"]),
    (every(VIP, LABELLED), ONE_LABEL, [".and[1]"]),
    (every(LABELLED, no(VIP)), ONE_LABEL, []),
    (some(UNLABELLED, VIP), ONE_LABEL, []),
    (some(UNLABELLED, no(VIP)), ONE_LABEL, [".or[0]"]),
]


@pytest.mark.parametrize(("document", "catalog", "twice"), TO_COME, ids=range(len(TO_COME)))
def test_reckons_with_labels_to_come(document: Document, catalog: Catalog, twice: list[str]) -> None:
    assert [path for _, path, _ in told(document, catalog)] == twice


def test_tells_of_the_smallest_only() -> None:
    clash = every(ACTIVE, PENDING)
    assert told(every(VIP, no(VIP), clash)) == [("CONTRADICTORY", ".and[2]", [".and[2].and[0]", ".and[2].and[1]"])]
    assert [each[1] for each in told(some(clash, every(VIP, no(VIP))))] == [".or[0]", ".or[1]"]
    assert [each[:2] for each in told(every(VIP, no(clash), VIP))] == [
        ("CONTRADICTORY", ".and[1].not"),
        ("IMPLIED", ".and[2]"),
    ]
    assert [each[:2] for each in told(every(VIP, no(some(VIP, no(VIP))), VIP))] == [("ALWAYS_TRUE", ".and[1].not")]


def test_leaves_one_of_two_that_say_the_same() -> None:
    assert told(every(ACTIVE, no(REST), {"status": ["ACTIVE", "ACTIVE"]})) == [
        ("IMPLIED", ".and[2]", [".and[0]"]),
        ("IMPLIED", ".and[1]", [".and[0]"]),
    ]
    assert told(some(VIP, every(VIP, ACTIVE), VIP)) == [
        ("COVERED", ".or[2]", [".or[0]"]),
        ("COVERED", ".or[1]", [".or[0]"]),
    ]


def test_sees_through_groups_of_one_kind() -> None:
    inner = every(VIP, field("city", contains="jak"))
    assert told(every(field("city", matches="Jakarta"), inner)) == [("IMPLIED", ".and[1].and[1]", [".and[0]"])]
    assert told(every(field("city", matches="Bali"), inner)) == [("CONTRADICTORY", "", [".and[0]", ".and[1].and[1]"])]


def test_opens_segments_but_leaves_them_alone() -> None:
    catalog = with_segments({1: every(ACTIVE, field("city", matches="Jakarta")), 2: every(VIP, VIP, in_any(1))})
    assert told(in_any(2), catalog) == []
    assert told(every(in_any(2), PENDING), catalog) == [("CONTRADICTORY", "", [".and[0]", ".and[1]"])]
    assert told(every(field("city", contains="jak"), in_any(2)), catalog) == [("IMPLIED", ".and[0]", [".and[1]"])]
    assert told(in_any(1, 2), catalog) == [("COVERED", ".segment.inAny[1]", [".segment.inAny[0]"])]
    assert told(every(in_any(1), in_any(2)), catalog) == [("IMPLIED", ".and[0]", [".and[1]"])]


def test_reasons_within_pins_and_about_them() -> None:
    segment = replace(with_segments({1: VIP}).segments[1], has_pinned_in=True, has_pinned_out=True)
    own = with_pins(check(every(ACTIVE, PENDING), CATALOG), segment)
    found = verdicts(node_of(own), Clock(AT, JAKARTA))
    assert [(each.kind.name, each.node.path) for each in found] == [("CONTRADICTORY", "filter")]
    catalog = replace(CATALOG, segments={1: segment})
    assert told(every(in_any(1), no(VIP)), catalog) == []
    assert told(every(in_any(1), no(in_any(1))), catalog) == [("CONTRADICTORY", "", [".and[0]", ".and[1]"])]
