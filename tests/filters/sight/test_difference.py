"""The difference of two filters, in words."""

from typing import Any

import pytest

from app.filters.check import check
from app.filters.sight.difference import differences
from tests.filters.catalogs import JAKARTA, field, in_any, with_segments

CATALOG = with_segments({4: {"status": ["ACTIVE"]}, 5: {"status": ["PENDING"]}})
ACTIVE: dict[str, Any] = {"status": ["ACTIVE"]}
VIP: dict[str, Any] = {"label": {"containsAny": ["VIP"]}}
BUYERS: dict[str, Any] = {"label": {"containsAny": ["Frequent Buyers"]}}
CITY = field("city", contains="Jakarta")
BOGOR = field("city", contains="Bogor")
SPEND = field("spend", atLeast=5)


def _ago(days: int) -> dict[str, Any]:
    return field("visited", moreThanAgo={"amount": days, "unit": "DAY"})


def told(before: Any, after: Any) -> list[tuple[str, str | None, str | None, str]]:
    """What is told of two filters: kind, paths and sentence of each difference."""
    found = differences(check(before, CATALOG), check(after, CATALOG), JAKARTA)
    return [(each.kind.value, each.path_before, each.path_after, each.sentence) for each in found]


CASES = [
    ("added to a condition", CITY, {"and": [CITY, VIP]}, ['Added: Has the label VIP']),
    ("added", {"and": [CITY, VIP]}, {"and": [CITY, SPEND, VIP]}, ["Added: Spend is at least 5"]),
    ("removed", {"and": [CITY, VIP]}, CITY, ["Removed: Has the label VIP"]),
    ("alternative", CITY, {"or": [CITY, VIP]}, ["Added as an alternative: Has the label VIP"]),
    ("fewer", {"and": [ACTIVE, {"or": [CITY, VIP]}]}, {"and": [ACTIVE, VIP]}, ['Removed as an alternative: City contains "Jakarta"']),
    ("changed", _ago(30), _ago(60), ["Changed: Visited is more than 30 days ago, now it is more than 60 days ago"]),
    ("operator", CITY, field("city", isEmpty=True), ['Changed: City contains "Jakarta", now it is empty']),
    ("more values", field("city", matchesAny=["Jakarta", "Bogor"]), field("city", matchesAny=["Bogor", "Depok", "Jakarta"]), ['Changed: City is "Jakarta" or "Bogor", now also "Depok"']),
    ("other values", field("city", matchesAny=["Jakarta", "Bogor"]), field("city", matches="Depok"), ['Changed: City is "Jakarta" or "Bogor", now it is "Depok"']),
    ("far down a list", field("city", matchesAny=[*"abcdefgh"]), field("city", matchesAny=[*"abcdefgi"]), ['Changed: City is "a", "b", "c", "d", "e" or 3 more, now also "i" and no longer "h"']),
    ("label", VIP, BUYERS, ["Changed: Has the label VIP, now has the label Frequent Buyers"]),
    ("labels", VIP, {"label": {"containsAny": ["VIP", "Frequent Buyers"]}}, ["Changed: Has the label VIP, now also Frequent Buyers"]),
    ("status", ACTIVE, {"status": ["PENDING", "ACTIVE"]}, ["Changed: Is Active, now also Pending"]),
    ("segment", in_any(4), in_any(5), ['Changed: Is in segment "S4", now is in segment "S5"']),
    ("negated", VIP, {"not": VIP}, ["Changed: Has the label VIP, now not (has the label VIP)"]),
    ("negation changed", {"not": VIP}, {"not": BUYERS}, ["Changed: Not (has the label VIP), now not (has the label Frequent Buyers)"]),
    ("within not", {"not": {"or": [CITY, VIP]}}, {"not": {"or": [CITY, VIP, SPEND]}}, ['Within "not": added as an alternative: Spend is at least 5']),
    ("to any", {"and": [CITY, VIP]}, {"or": [CITY, VIP]}, ['Now any of these is enough; before, all were needed: City contains "Jakarta" or has the label VIP']),
    ("to all", {"or": [CITY, VIP]}, {"and": [CITY, VIP]}, ['Now all of these are needed; before, any was enough: City contains "Jakarta" and has the label VIP']),
    ("grouped", {"and": [ACTIVE, CITY, VIP]}, {"and": [ACTIVE, {"or": [CITY, VIP]}]}, ['Now any of these is enough; before, all were needed: City contains "Jakarta" or has the label VIP']),
    ("ungrouped", {"and": [ACTIVE, {"or": [CITY, VIP]}]}, {"and": [ACTIVE, CITY, VIP]}, ['Now all of these are needed; before, any was enough: City contains "Jakarta" and has the label VIP']),
    ("group negated", {"or": [CITY, VIP]}, {"not": {"or": [CITY, VIP]}}, ['Now this must not hold; before, it had to: City contains "Jakarta" or has the label VIP']),
    ("group affirmed", {"and": [ACTIVE, {"not": {"or": [CITY, VIP]}}]}, {"and": [ACTIVE, {"or": [CITY, VIP]}]}, ['Now this must hold; before, it must not: City contains "Jakarta" or has the label VIP']),
    ("negated and more", {"and": [CITY, VIP]}, {"not": {"and": [CITY, VIP, SPEND]}}, ['Now this must not hold; before, it had to: City contains "Jakarta" and has the label VIP', 'Within "not": added: Spend is at least 5']),
    ("negated part left", {"and": [CITY, VIP, {"not": {"or": [CITY, VIP]}}]}, {"not": {"or": [CITY, VIP]}}, ['Removed: City contains "Jakarta"', "Removed: Has the label VIP"]),
    ("moved", {"and": [{"or": [CITY, VIP]}, {"or": [SPEND, ACTIVE, _ago(1)]}]}, {"and": [CITY, {"or": [SPEND, ACTIVE, VIP, _ago(1)]}]}, ["Moved to another group: Has the label VIP"]),
    ("alternative to all", {"and": [CITY, VIP]}, {"or": [SPEND, {"and": [VIP, CITY]}]}, ["Added as an alternative: Spend is at least 5"]),
    ("not twice", VIP, {"not": {"not": VIP}}, []),
    ("moved once", {"and": [{"or": [CITY, VIP, VIP]}, {"or": [SPEND, ACTIVE, _ago(1)]}]}, {"and": [CITY, {"or": [SPEND, ACTIVE, VIP, _ago(1)]}]}, ["Removed as an alternative: Has the label VIP", "Moved to another group: Has the label VIP"]),
    ("another altogether", CITY, {"and": [ACTIVE, VIP]}, ['Changed: City contains "Jakarta", now is Active and has the label VIP']),
    ("a group of a name", VIP, {"and": [CITY, ACTIVE]}, ['Changed: Has the label VIP, now City contains "Jakarta" and is Active']),
    ("several", {"and": [CITY, VIP]}, {"and": [BOGOR, SPEND]}, ['Changed: City contains "Jakarta", now it contains "Bogor"', "Added: Spend is at least 5", "Removed: Has the label VIP"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "sentences"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_differences_are_told_in_words(before: Any, after: Any, sentences: list[str]) -> None:
    assert [each[3] for each in told(before, after)] == sentences
