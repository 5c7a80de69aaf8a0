"""Reasoning ends in time, and what it has left out makes it silent, not wrong."""

from dataclasses import replace
from random import Random
from typing import Any

from app.filters.advice.logic.claims import Claims
from app.filters.advice.logic.effort import Effort
from app.filters.advice.logic.search import MOST_WAYS, STEPS_EACH, can_hold
from app.filters.catalog import Label
from app.filters.check import check
from app.filters.clock import Clock
from app.filters.sight.nodes import node_of
from tests.filters.advice.crowds import AT
from tests.filters.advice.told import ACTIVE, PENDING, VIP, every, no, some, told
from tests.filters.catalogs import CATALOG, JAKARTA, field

Document = dict[str, Any]


def test_gives_up_on_what_takes_too_long() -> None:
    cities = [field("city", contains=f"x{number}y") for number in range(99)]
    assert told(some(*cities, cities[0])) == [("COVERED", ".or[99]", [".or[0]"])]
    assert told(some(cities[0], *cities)) == []
    assert told(every(some(*cities[:96]), every(ACTIVE, PENDING))) == [
        ("CONTRADICTORY", ".and[1]", [".and[1].and[0]", ".and[1].and[1]"])
    ]


def test_leaves_long_lists_out_of_account() -> None:
    names = [f"x{number}" for number in range(1_000)]
    one, other = field("city", matchesAny=names), field("city", containsAny=[f"{name}y" for name in names])
    assert told(every(one, other, VIP, VIP)) == [("IMPLIED", ".and[3]", [".and[2]"])]
    assert told(every(one, field("city", matchesAny=["x1000", "x1001"])))[0][0] == "CONTRADICTORY"


def test_thinks_no_longer_than_it_may() -> None:
    random = Random("hard")
    labels = {number: Label(number, f"L{number}") for number in range(1, 13)}
    leaves = [{"label": {"containsAny": [number]}} for number in labels]
    hard = every(*(some(*(_turned(leaf, random) for leaf in random.sample(leaves, 3))) for _ in range(33)))
    root, effort = node_of(check(hard, replace(CATALOG, labels=labels))), Effort(10**9)
    claim = Claims(Clock(AT, JAKARTA), effort).of(root, holds=True)
    made = effort.left
    assert can_hold([claim], effort)
    assert made - effort.left < MOST_WAYS * 100 * (STEPS_EACH + 8)


def _turned(leaf: Document, random: Random) -> Document:
    return random.choice((leaf, no(leaf)))
