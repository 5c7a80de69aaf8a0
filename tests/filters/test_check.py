"""Whatever a caller writes is either certain to compile or refused, with every reason at its place."""

import json
import time
from functools import reduce
from random import Random
from typing import Any

import pytest

from app.filters.check import check
from app.filters.operators import OPERATORS, operators_of
from app.filters.problems import Refused
from app.filters.vocabulary import FieldType
from tests.filters.catalogs import CATALOG, field, in_any, problems, refused, these, with_segments

DAYS = {"amount": 3, "unit": "DAY"}
VALUES: dict[str, Any] = {
    "matches": "Gold", "matchesAny": ["Gold", "straße"], "exactly": "a", "contains": "a", "containsAny": ["a"],
    "startsWith": "a", "endsWith": "a", "equals": 1, "greaterThan": "1.5", "atLeast": 1, "lessThan": 1, "atMost": 1,
    "between": {"from": 1, "to": 1}, "on": "2026-01-31", "before": "2026-01-31", "after": "2026-01-31",
    "during": {"from": "2026-01-31", "to": "2026-01-31"}, "moreThanAgo": DAYS, "withinLast": DAYS, "withinNext": DAYS,
    "moreThanFromNow": DAYS, "period": "LAST_QUARTER", "anniversary": DAYS, "isTrue": False, "isEmpty": True,
}  # fmt: skip
TIMES = "on before after during moreThanAgo withinLast withinNext moreThanFromNow period anniversary isEmpty"
TAKES = {
    "city": "matches matchesAny exactly contains containsAny startsWith endsWith isEmpty",
    "spend": "equals greaterThan atLeast lessThan atMost between isEmpty",
    "birthday": TIMES,
    "visited": TIMES,
    "member": "isTrue isEmpty",
    "tier": "matches matchesAny isEmpty",
}
ONE: Any = {"status": ["ACTIVE"]}


@pytest.mark.parametrize("key", TAKES)
def test_each_type_takes_its_operators_alone(key: str) -> None:
    assert VALUES.keys() == OPERATORS.keys()
    assert operators_of(CATALOG.fields[key].type) == tuple(TAKES[key].split())
    for operator, value in VALUES.items():
        if operator in TAKES[key].split():
            check(field(key, **{operator: value}), CATALOG)
        else:
            place = f"filter.field.test.{operator}"
            assert problems(field(key, **{operator: value})) == [("OPERATOR_NOT_FOR_TYPE", place)]


def test_every_type_has_a_field_here() -> None:
    assert {CATALOG.fields[key].type for key in TAKES} == set(FieldType)


WRONG: list[tuple[Any, str, str]] = [
    *((shape, "ONE_OF", "") for shape in these({}, None, [], 1, "and", {"and": None}, {"status": ["ACTIVE"],
          "not": ONE})),
    *(({"and": parts}, "EMPTY_GROUP", ".and") for parts in these([], {}, "x", 0, ONE)),
    ({"or": []}, "EMPTY_GROUP", ".or"),
    ({"not": {}}, "ONE_OF", ".not"),
    ({"And": [ONE]}, "UNKNOWN_OPERATOR", ".And"),
    ({"\ud800": 1}, "UNKNOWN_OPERATOR", ".?"),
    *(({"status": value}, "EMPTY_LIST", ".status") for value in these([], {}, "ACTIVE", 3)),
    *(({"status": [value]}, "INVALID_STATUS", ".status") for value in these("active", 1, None, [], {}, True)),
    *(({"field": value}, "UNKNOWN_FIELD", ".field.key") for value in these({"key": 1, "test": {"isEmpty": True}},)),
    (field("citty", contains="x"), "UNKNOWN_FIELD", ".field.key"),
    (field("CITY", contains="x"), "UNKNOWN_FIELD", ".field.key"),
    *((field("city", **test), "ONE_OF", ".field.test") for test in ({}, {"contains": "a", "matches": "a"})),
    ({"field": {"key": "city", "test": 7}}, "ONE_OF", ".field.test"),
    (field("city", containz="x"), "UNKNOWN_OPERATOR", ".field.test.containz"),
    *((field("city", contains=value), "INVALID_TEXT", ".field.test.contains") for value in these(1, [], {}, True,
          1.5)),
    *((field("city", contains=value), "INVALID_TEXT", ".field.test.contains") for value in these("a\0", "\ud800",
          "\udfff")),
    *((field("city", **{name: value}), "EMPTY_TEXT", f".field.test.{name}")
      for name in ("contains", "matches", "exactly", "startsWith", "endsWith") for value in ("", " ", "\u00a0\t")),
    (field("city", containsAny=["a", ""]), "EMPTY_TEXT", ".field.test.containsAny"),
    *((field("city", matchesAny=value), "EMPTY_LIST", ".field.test.matchesAny") for value in these([], "a",
          {"a": 1}, 1)),
    (field("city", contains="x" * 1001), "TOO_LONG", ".field.test.contains"),
    (field("city", matchesAny=["x"] * 1001), "TOO_MANY_VALUES", ".field.test.matchesAny"),
    (field("tier", matches="Silver"), "UNKNOWN_OPTION", ".field.test.matches"),
    *((field("spend", equals=value), "INVALID_NUMBER", ".field.test.equals")
      for value in these("x", "", "1 2", "٣", "0x1", "1_000", "NaN", "Infinity", float("inf"), float("nan"), True,
      [], {},
                    "1e999", "1e41", "1" * 35, 10**5000)),
    *((field("spend", between=value), "INVALID_NUMBER", ".field.test.between") for value in these({}, {"from": 1})),
    *((field("spend", between=value), "INVALID_RANGE", ".field.test.between") for value in these(1, [1, 2],
          {"from": 2, "to": 1})),
    *((field("birthday", on=value), "INVALID_DATE", ".field.test.on")
      for value in these("2026-02-29", "2026-1-1", "0000-01-01", "10000-01-01", "20260101", "today", 20260101, [], {},
                    "2026-01-01T00:00:00Z", "٢٠٢٦-٠١-٠١")),
    (field("birthday", before="2026-01-31T00:00:00Z"), "INVALID_DATE", ".field.test.before"),
    *((field("visited", before=value), "INVALID_DATE", ".field.test.before")
      for value in these("2026-01-31T25:00", "0001-01-01T00:00Z", "9999-12-31T23:59Z", "2026-01-31T00:00+25:00", 5,
      [])),
    (field("birthday", during={"from": "2026-02-01", "to": "2026-01-31"}), "INVALID_RANGE", ".field.test.during"),
    *((field("birthday", moreThanAgo=value), "INVALID_DURATION", ".field.test.moreThanAgo")
      for value in these(3, [], {}, {"amount": -1, "unit": "DAY"}, {"amount": 100_001, "unit": "DAY"},
      {"amount": True, "unit": "DAY"},
                    {"amount": 1.0, "unit": "DAY"}, {"amount": "1", "unit": "DAY"}, {"amount": 1, "unit": "day"},
                     {"amount": 1},
                    {"amount": 1, "unit": []}, {"amount": 1, "unit": {}}, {"amount": 1, "unit": "HOUR"})),
    (field("visited", anniversary={"amount": 1, "unit": "HOUR"}), "INVALID_DURATION", ".field.test.anniversary"),
    *((field("visited", period=value), "INVALID_DATE", ".field.test.period") for value in these("this_week", [], {},
          1)),
    *((field("member", isTrue=value), "INVALID_BOOLEAN", ".field.test.isTrue") for value in these("true", 1, 0, [],
          {})),
    *((field("city", isEmpty=value), "INVALID_BOOLEAN", ".field.test.isEmpty") for value in these("true", 1)),
    *(({"label": value}, "ONE_OF", ".label") for value in these({}, [], "VIP", {"containsAny": ["VIP"],
          "isEmpty": True})),
    *(({"label": {"containsAny": value}}, "EMPTY_LIST", ".label.containsAny") for value in these([], "VIP", 1, {})),
    *(({"label": {"containsAny": [value]}}, "UNKNOWN_LABEL", ".label.containsAny[0]")
      for value in these("nope", 4, True, None, 1.0, [], {}, "", "\ud800", -1, 2**70)),
    ({"label": {"containsAll": ["VIP", "VIP", "x"]}}, "UNKNOWN_LABEL", ".label.containsAll[2]"),
    ({"label": {"isEmpty": 1}}, "INVALID_BOOLEAN", ".label.isEmpty"),
    *((in_any(value), "UNKNOWN_SEGMENT", ".segment.inAny[0]") for value in these(8, "9", True, 9.0, None, [], {},
          2**70)),
    (in_any(), "EMPTY_LIST", ".segment.inAny"),
    *(({"sample": {"percent": value, "seed": "s"}}, "INVALID_PERCENT", ".sample.percent") for value in these(0, -1,
          "100.001", "1e9")),
    ({"sample": {"percent": 60, "seed": "s", "offset": 41}}, "INVALID_PERCENT", ".sample.offset"),
    ({"sample": {"percent": 60, "seed": "s", "offset": -1}}, "INVALID_PERCENT", ".sample.offset"),
    ({"sample": {"percent": None, "seed": "s"}}, "INVALID_NUMBER", ".sample.percent"),
    ({"sample": {"percent": 1, "seed": 5}}, "INVALID_TEXT", ".sample.seed"),
    ({"sample": {"percent": 1, "seed": "s" * 1001}}, "TOO_LONG", ".sample.seed"),
]  # fmt: skip


@pytest.mark.parametrize(("document", "code", "place"), WRONG)
def test_is_refused_with_code_and_path(document: Any, code: str, place: str) -> None:
    assert problems(document) == [(code, f"filter{place}")]


def test_tells_all_problems_at_once_in_reading_order() -> None:
    document: Any = {
        "and": [
            field("citty", contains="Jakarta"),
            {},
            {"or": [{"status": ["GONE"]}, {"not": {"and": []}}, {"label": {"containsAny": ["VIPP", "VIP", "nope"]}}]},
            {"sample": {"percent": "x", "seed": 1}},
            field("nope", contanis="x"),
            field("spend", equals="many"),
        ]
    }
    assert problems(document) == [
        ("UNKNOWN_FIELD", "filter.and[0].field.key"),
        ("ONE_OF", "filter.and[1]"),
        ("INVALID_STATUS", "filter.and[2].or[0].status"),
        ("EMPTY_GROUP", "filter.and[2].or[1].not.and"),
        ("UNKNOWN_LABEL", "filter.and[2].or[2].label.containsAny[0]"),
        ("UNKNOWN_LABEL", "filter.and[2].or[2].label.containsAny[2]"),
        ("INVALID_NUMBER", "filter.and[3].sample.percent"),
        ("INVALID_TEXT", "filter.and[3].sample.seed"),
        ("UNKNOWN_FIELD", "filter.and[4].field.key"),
        ("UNKNOWN_OPERATOR", "filter.and[4].field.test.contanis"),
        ("INVALID_NUMBER", "filter.and[5].field.test.equals"),
    ]


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (field("citty", contains="x"), 'there is no field "citty"; did you mean "city"?'),
        (field("CITY", contains="x"), 'there is no field "CITY"; did you mean "city"?'),
        (field("zzzz", contains="x"), 'there is no field "zzzz"'),
        (field("city", containz="x"), 'there is no "containz" here; did you mean "contains"?'),
        (field("tier", matches="strasze"), 'Tier has no option "strasze"; did you mean "Straße"?'),
        ({"label": {"containsAny": ["frequent buyer"]}},
         'there is no label "frequent buyer"; did you mean "Frequent Buyers"?'),
        (field("birthday", withinLast={"amount": 1, "unit": "HOUR"}),
         "Birthday holds days without a time; count in DAY or longer"),
        (field("member", contains="x"), "Member is a BOOLEAN field, which takes isTrue, isEmpty, but not contains"),
    ],
)  # fmt: skip
def test_says_what_to_do(document: Any, sentence: str) -> None:
    [problem] = refused(document).problems
    assert problem.message == sentence


def nested(levels: int) -> Any:
    return reduce(lambda inner, _: {"not": inner}, range(levels), ONE)


@pytest.mark.parametrize(
    ("most", "over", "problem"),
    [
        (nested(8), nested(9), ("TOO_DEEP", "filter" + ".not" * 9)),
        ({"or": [ONE] * 100}, {"or": [ONE] * 101}, ("TOO_MANY_CONDITIONS", "filter.or")),
        ({"or": [{"and": [ONE] * 50}] * 2}, {"or": [{"and": [ONE] * 50}] * 2 + [ONE]},
         ("TOO_MANY_CONDITIONS", "filter")),
        (field("city", matchesAny=["x"] * 1000), field("city", matchesAny=["x"] * 1001),
         ("TOO_MANY_VALUES", "filter.field.test.matchesAny")),
        (field("city", contains="x" * 1000), field("city", contains="x" * 1001),
         ("TOO_LONG", "filter.field.test.contains")),
        (field("visited", moreThanAgo={"amount": 100_000, "unit": "YEAR"}),
         field("visited", moreThanAgo={"amount": 100_001, "unit": "DAY"}),
         ("INVALID_DURATION", "filter.field.test.moreThanAgo")),
        ({"sample": {"percent": 60, "seed": "", "offset": 40}},
         {"sample": {"percent": 60, "seed": "", "offset": "40.01"}},
         ("INVALID_PERCENT", "filter.sample.offset")),
        (field("spend", equals="9" * 34), field("spend", equals="9" * 35),
         ("INVALID_NUMBER", "filter.field.test.equals")),
    ],
)  # fmt: skip
def test_takes_the_limit_and_no_more(most: Any, over: Any, problem: tuple[str, str]) -> None:
    check(most, CATALOG)
    assert problems(over) == [problem]


def test_a_segment_may_not_come_back_to_itself() -> None:
    catalog = with_segments({1: in_any(2), 2: {"and": [ONE, in_any(3)]}, 3: in_any(1), 4: ONE})
    assert problems(in_any(4, 1), catalog) == [("SEGMENT_CYCLE", "filter.segment.inAny[1]")]
    assert problems(in_any(4), catalog, within=4) == [("SEGMENT_CYCLE", "filter.segment.inAny[0]")]
    assert problems({"not": in_any(2)}, with_segments({2: in_any(3), 3: ONE}), within=3)[0][0] == "SEGMENT_CYCLE"


def test_diamonds_are_fine() -> None:
    catalog = with_segments(
        {1: ONE, 2: in_any(1), 3: {"not": in_any(1)}, 4: {"and": [in_any(2), in_any(3), in_any(2)]}}
    )
    check({"or": [in_any(4, 4), in_any(3), in_any(9)]}, catalog)


@pytest.mark.parametrize("lowest", [ONE, {"status": ["BROKEN"]}, {}, in_any(77), field("nope", contains="x")])
def test_diamonds_upon_diamonds_are_refused_quickly(lowest: Any) -> None:
    towers: dict[int, Any] = {number: {"and": [in_any(number - 1)] * 100} for number in range(11, 21)}
    start = time.monotonic()
    refusal = refused({"or": [in_any(20)] * 100}, with_segments({10: lowest, **towers}))
    assert time.monotonic() - start < 5
    assert "TOO_MANY_CONDITIONS" in {problem.code.value for problem in refusal.problems}


def test_segments_stand_within_each_other_only_so_deep() -> None:
    catalog = with_segments({10: ONE} | {number: in_any(number - 1) for number in range(11, 30)})
    check(in_any(21), catalog)
    assert problems(in_any(22), catalog) == [("TOO_DEEP", "filter.segment.inAny[0]")]


def test_many_mistakes_are_told_quickly() -> None:
    labels = {"label": {"containsAny": [f"no such label {number}" for number in range(1000)]}}
    start = time.monotonic()
    refusal = refused({"or": [labels] * 100})
    assert time.monotonic() - start < 5
    assert len(refusal.problems) == 100_000


PIECES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 1.5, 2**70, "", "ACTIVE", "city", "visited", "2026-01-31", "x" * 2000, "\ud800",
    "\0", [], {},
)  # fmt: skip
KEYS = (*VALUES, "and", "or", "not", "status", "field", "label", "segment", "sample", "key", "test", "amount",
"unit", "from", "to",
        "percent", "seed", "offset", "inAny", "nope")  # fmt: skip


def garbage(random: Random, levels: int) -> Any:
    match random.randint(0, 3 if levels else 0):
        case 0:
            return random.choice(PIECES)
        case 1:
            return [garbage(random, levels - 1) for _ in range(random.randint(0, 3))]
        case _:
            return {random.choice(KEYS): garbage(random, levels - 1) for _ in range(random.choice((1, 1, 1, 2)))}


def spoilt(random: Random, document: Any) -> Any:
    """The document with one place in it made something else."""
    if random.random() < 0.25 or not document or not isinstance(document, dict | list):
        return garbage(random, 2)
    places = list(document) if isinstance(document, dict) else range(len(document))
    place = random.choice(list(places))
    copy = document.copy()
    copy[place] = spoilt(random, document[place])
    return copy


def test_nothing_else_than_a_refusal_comes_of_any_json() -> None:
    random = Random("any JSON")
    sound = [field(key, **{name: VALUES[name]}) for key in TAKES for name in TAKES[key].split()]
    sound += [
        ONE,
        {"label": {"containsAny": ["VIP", 2]}},
        in_any(9),
        {"sample": {"percent": 1, "seed": "s", "offset": 2}},
    ]
    for _ in range(20_000):
        document = spoilt(random, {"and": [random.choice(sound), {"not": random.choice(sound)}]})
        try:
            check(document, CATALOG)
        except Refused as refusal:
            told = [(problem.message, problem.path) for problem in refusal.problems]
            assert told
            json.dumps(told, ensure_ascii=False).encode()
