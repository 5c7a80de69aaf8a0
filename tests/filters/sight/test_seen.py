"""What a contact has where a condition looks, in words."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.filters.check import check
from app.filters.checked import Condition
from app.filters.clock import Clock
from app.filters.sight.nodes import conditions_of, node_of
from app.filters.sight.seen import Seen, told, value_of
from app.filters.vocabulary import Status
from tests.filters.catalogs import CATALOG, JAKARTA, LABELS, field, in_any

CLOCK = Clock(datetime(2026, 6, 15, 3, tzinfo=UTC), JAKARTA)
SEEN = Seen(
    Status.HARD_BOUNCE,
    LABELS[:1],
    {
        "city": "Bandung",
        "spend": 1.5,
        "birthday": "1990-06-20",
        "visited": "2026-06-15T08:00:00+07:00",
        "member": True,
    },
    {"birthday": date(1990, 6, 20), "visited": datetime(2026, 6, 15, 1, tzinfo=UTC)},
)
NOBODY = Seen(Status.ACTIVE, (), {}, {})
DAYS: dict[str, Any] = {"amount": 3, "unit": "DAY"}
HOURS: dict[str, Any] = {"amount": 3, "unit": "HOUR"}


def _condition(document: dict[str, Any]) -> Condition:
    [found] = conditions_of([node_of(check(document, CATALOG))])
    return found


@pytest.mark.parametrize(
    ("document", "holds", "words"),
    [
        (field("city", contains="Jakarta"), False, "City is Bandung"),
        (field("spend", atLeast=2), False, "Spend is 1.5"),
        (field("member", isTrue=False), False, "Member is true"),
        (field("tier", matches="Gold"), False, "has no value for Tier"),
        (field("birthday", before="1990-01-01"), False, "Birthday is 1990-06-20"),
        (field("birthday", anniversary=DAYS), False, "Birthday is 1990-06-20"),
        (field("birthday", withinLast=DAYS), False, "Birthday was 13,144 days ago (1990-06-20)"),
        (field("visited", withinLast=DAYS), True, "Visited is today (2026-06-15 08:00)"),
        (field("visited", withinLast=HOURS), True, "Visited was 2 hours ago (2026-06-15 08:00)"),
        (field("visited", period="TODAY"), True, "Visited is 2026-06-15 08:00"),
        (field("city", isEmpty=True), False, "City is Bandung"),
        ({"status": ["ACTIVE"]}, False, "status is Hard Bounce"),
        ({"label": {"containsAny": ["VIP", "None"]}}, True, "has the label VIP"),
        ({"label": {"containsAny": ["None"]}}, False, "doesn't have the label None"),
        ({"label": {"containsAny": ["Frequent Buyers", "None"]}}, False,
         "doesn't have any of the labels Frequent Buyers, None"),
        ({"label": {"containsAll": ["None", "VIP", "Frequent Buyers"]}}, False,
         "doesn't have the labels None, Frequent Buyers"),
        ({"label": {"isEmpty": True}}, False, "has the label VIP"),
        (in_any(9), False, 'is not in segment "Friends"'),
        ({"sample": {"percent": 5, "seed": "autumn"}}, True, 'is in the 5% sample "autumn"'),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_seen_is_told(document: dict[str, Any], holds: bool, words: str) -> None:
    assert told(_condition(document), SEEN, CLOCK, holds=holds) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 6, 14, 12, tzinfo=UTC), "Visited is in 1 day (2026-06-15 08:00)"),
        (datetime(2026, 6, 15, 17, tzinfo=UTC), "Visited was 1 day ago (2026-06-15 08:00)"),
    ],
    ids=["the evening before", "after the next midnight"],
)
def test_days_are_those_of_the_zone(at: datetime, words: str) -> None:
    assert told(_condition(field("visited", withinLast=DAYS)), SEEN, Clock(at, JAKARTA), holds=False) == words


def test_long_texts_are_cut() -> None:
    seen = Seen(Status.ACTIVE, (), {"city": "x" * 10_000}, {})
    assert told(_condition(field("city", contains="y")), seen, CLOCK, holds=False) == f"City is {'x' * 100}…"


@pytest.mark.parametrize(
    ("document", "seen", "value"),
    [
        (field("city", contains="x"), SEEN, "Bandung"),
        (field("city", contains="x"), NOBODY, None),
        ({"status": ["ACTIVE"]}, SEEN, "HARD_BOUNCE"),
        ({"label": {"isEmpty": True}}, SEEN, ["VIP"]),
        ({"label": {"containsAny": ["None"]}}, NOBODY, []),
        (in_any(9), SEEN, None),
    ],
    ids=["text", "no value", "status", "labels", "no labels", "list"],
)
def test_values_are_as_entered(document: dict[str, Any], seen: Seen, value: object) -> None:
    assert value_of(_condition(document), seen) == value
