"""A filter in the words that a marketer reads."""

from typing import Any

import pytest

from app.filters.check import check
from app.filters.summary import continued, summarize
from tests.filters.catalogs import CATALOG, JAKARTA, field, in_any

CITY, VIP = field("city", contains="Jakarta"), {"label": {"containsAny": ["VIP"]}}
BOTH = {"label": {"containsAny": ["VIP", "Frequent Buyers"]}}


def ago(amount: int, unit: str) -> dict[str, Any]:
    return {"amount": amount, "unit": unit}


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"and": [CITY, BOTH]}, 'City contains "Jakarta" and has any of the labels VIP, Frequent Buyers'),
        (CITY, 'City contains "Jakarta"'),
        (field("city", containsAny=["a", "b", "c"]), 'City contains "a", "b" or "c"'),
        (field("city", matchesAny=list("abcdefg")), 'City is "a", "b", "c", "d", "e" or 2 more'),
        (field("city", matchesAny=["x  y", *"bcdefg"]), 'City is "x  y", "b", "c", "d", "e" or 2 more'),
        (field("city", exactly="A"), 'City is exactly "A"'),
        (field("city", startsWith="A"), 'City starts with "A"'),
        (field("city", endsWith="A"), 'City ends with "A"'),
        (field("city", isEmpty=True), "City is empty"),
        (field("city", isEmpty=False), "City has a value"),
        (field("spend", equals="1e2"), "Spend is 100"),
        (field("spend", greaterThan=1), "Spend is more than 1"),
        (field("spend", atLeast=1), "Spend is at least 1"),
        (field("spend", lessThan=1), "Spend is less than 1"),
        (field("spend", atMost=1.5), "Spend is at most 1.5"),
        (field("spend", between={"from": 1, "to": 2}), "Spend is between 1 and 2"),
        (field("member", isTrue=True), "Member is true"),
        (field("member", isTrue=False), "Member is false"),
        (field("birthday", on="2026-01-31"), "Birthday is on 2026-01-31"),
        (field("visited", before="2026-01-31T00:00Z"), "Visited is before 2026-01-31 07:00"),
        (field("visited", after="0002-01-31T00:00Z"), "Visited is after 0002-01-31 07:07"),
        (field("visited", after="2026-01-31"), "Visited is after 2026-01-31"),
        (field("birthday", during={"from": "2026-01-01", "to": "2026-01-31"}),
         "Birthday is from 2026-01-01 to 2026-01-31"),
        (field("last_opened_at", moreThanAgo=ago(30, "DAY")), "Last Opened is more than 30 days ago"),
        (field("visited", withinLast=ago(1, "HOUR")), "Visited is within the last 1 hour"),
        (field("birthday", withinNext=ago(2, "WEEK")), "Birthday is within the next 2 weeks"),
        (field("birthday", moreThanFromNow=ago(1, "YEAR")), "Birthday is more than 1 year from now"),
        (field("birthday", anniversary=ago(7, "DAY")), "Birthday comes round within the next 7 days"),
        (field("birthday", period="TODAY"), "Birthday is today"),
        (field("birthday", period="LAST_QUARTER"), "Birthday is in last quarter"),
        ({"status": ["HARD_BOUNCE"]}, "Is Hard Bounce"),
        ({"status": ["ACTIVE", "PENDING"]}, "Is Active or Pending"),
        (VIP, "Has the label VIP"),
        ({"label": {"containsAll": ["VIP", "None"]}}, "Has all of the labels VIP, None"),
        ({"label": {"isEmpty": True}}, "Has no label"),
        ({"label": {"isEmpty": False}}, "Has a label"),
        (in_any(9), 'Is in segment "Friends"'),
        ({"sample": {"percent": 5, "seed": "autumn"}}, 'Is in the 5% sample "autumn"'),
        ({"sample": {"percent": "2.5", "seed": "a", "offset": 10}}, 'Is in the 2.5% sample "a" from 10% on'),
        ({"not": VIP}, "Not (has the label VIP)"),
        (
            {"not": {"or": [CITY, {"status": ["ACTIVE"]}]}},
            'Not (City contains "Jakarta" or is Active) [contacts without City may be included]',
        ),
        ({"not": CITY}, 'Not (City contains "Jakarta") [contacts without City included]'),
        ({"not": field("city", isEmpty=True)}, "Not (City is empty)"),
        ({"and": [VIP, {"or": [CITY, BOTH]}]},
         'Has the label VIP and (City contains "Jakarta" or has any of the labels VIP, Frequent Buyers)'),
        ({"and": [{"or": [VIP]}, {"and": [{"or": [VIP, CITY]}]}]},
         'Has the label VIP and (has the label VIP or City contains "Jakarta")'),
        ({"not": {"or": [VIP, {"status": ["ACTIVE"]}]}}, "Not (has the label VIP or is Active)"),
    ],
)  # fmt: skip
def test_says(document: Any, sentence: str) -> None:
    assert summarize(check(document, CATALOG), JAKARTA) == sentence


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (VIP, "has the label VIP"),
        ({"not": VIP}, "not (has the label VIP)"),
        ({"not": CITY}, 'not (City contains "Jakarta") [contacts without City included]'),
        ({"and": [CITY, VIP]}, 'City contains "Jakarta" and has the label VIP'),
        ({"and": [VIP, CITY]}, 'has the label VIP and City contains "Jakarta"'),
        ({"status": ["HARD_BOUNCE"]}, "is Hard Bounce"),
    ],
)
def test_only_names_have_capitals_within_a_sentence(document: Any, words: str) -> None:
    assert continued(check(document, CATALOG), JAKARTA) == words
