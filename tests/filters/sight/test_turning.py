"""The next instant at which time alone changes an answer."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.filters.check import check
from app.filters.checked import Condition
from app.filters.clock import Clock
from app.filters.sight.nodes import Node, conditions_of, node_of
from app.filters.sight.turning import HORIZON, next_turn
from tests.filters.catalogs import JAKARTA, field, with_segments

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 6, 15, 5, tzinfo=UTC)  # in Jakarta
DAY: dict[str, Any] = {"amount": 1, "unit": "DAY"}
WEEK: dict[str, Any] = {"amount": 1, "unit": "WEEK"}
YEARS: dict[str, Any] = {"amount": 6, "unit": "YEAR"}
VALUES: dict[str, date | datetime] = {"birthday": date(2026, 6, 15), "visited": datetime(2026, 6, 15, 4, tzinfo=UTC)}


def _root(document: dict[str, Any]) -> Node:
    return node_of(check(document, with_segments({1: field("birthday", withinLast=DAY)})))


def _answers(root: Node, *holding: Condition) -> dict[Condition, int]:
    return {condition: int(condition in holding) for condition in conditions_of([root])}


@pytest.mark.parametrize(
    ("document", "holds", "turn"),
    [
        (field("birthday", withinLast=DAY), True, datetime(2026, 6, 16, 17, tzinfo=UTC)),
        (field("birthday", moreThanAgo=DAY), False, datetime(2026, 6, 16, 17, tzinfo=UTC)),
        (field("visited", withinLast=DAY), True, datetime(2026, 6, 16, 4, 0, 0, 1, tzinfo=UTC)),
        (field("visited", period="TODAY"), True, datetime(2026, 6, 15, 17, tzinfo=UTC)),
        (field("visited", period="LAST_WEEK"), False, datetime(2026, 6, 21, 17, tzinfo=UTC)),
        (field("birthday", anniversary=WEEK), True, datetime(2026, 6, 15, 17, tzinfo=UTC)),
        (field("birthday", moreThanAgo=YEARS), False, None),
        (field("birthday", withinNext=DAY), True, datetime(2026, 6, 15, 17, tzinfo=UTC)),
        (field("birthday", isEmpty=False), True, None),
        ({"segment": {"inAny": [1]}}, True, datetime(2026, 6, 16, 17, tzinfo=UTC)),
    ],
    ids=[
        "date",
        "date long ago",
        "moment",
        "today",
        "last week",
        "birthday",
        "beyond",
        "ahead",
        "timeless",
        "segment",
    ],
)
def test_time_turns_an_answer(document: dict[str, Any], holds: bool, turn: datetime | None) -> None:
    root = _root(document)
    answers = _answers(root, *(conditions_of([root]) if holds else ()))
    assert next_turn(root, answers, VALUES, Clock(NOON, JAKARTA)).at == turn


def test_what_other_conditions_decide_does_not_turn() -> None:
    root = _root({"and": [field("city", matches="Bandung"), field("birthday", withinLast=DAY)]})
    city, recent = conditions_of([root])
    assert next_turn(root, _answers(root, recent), VALUES, Clock(NOON, JAKARTA)).at is None
    assert next_turn(root, _answers(root, city, recent), VALUES, Clock(NOON, JAKARTA)).at is not None


def test_answers_that_change_places_do_not_turn() -> None:
    root = _root({"or": [field("birthday", withinLast=DAY), field("birthday", moreThanAgo=DAY)]})
    recent, _ = conditions_of([root])
    assert next_turn(root, _answers(root, recent), VALUES, Clock(NOON, JAKARTA)).at is None


def test_days_turn_where_clocks_are_set() -> None:
    root = _root(field("visited", moreThanAgo=DAY))
    values = {"visited": datetime(2026, 3, 28, 1, 30, tzinfo=UTC)}  # 2:30, which the next day skips
    turn = next_turn(root, _answers(root), values, Clock(datetime(2026, 3, 28, 12, tzinfo=UTC), BERLIN))
    assert turn.at == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_looking_ends_after_so_many_steps() -> None:
    soon = [field("visited", moreThanAgo={"amount": 2 + hours, "unit": "HOUR"}) for hours in range(97)]
    often = [field("birthday", anniversary={"amount": 1 + days, "unit": "DAY"}) for days in range(97)]
    catalog = with_segments({1: {"and": [*soon, field("city", matches="x")]}, 2: {"and": often}})
    root = node_of(check({"and": [{"segment": {"inAny": [1]}}, {"segment": {"inAny": [2]}}]}, catalog))
    clock = Clock(NOON, JAKARTA)
    turn = next_turn(root, _answers(root), VALUES, clock)
    assert turn.at is None
    assert NOON < turn.until < clock.step(HORIZON, 1)
