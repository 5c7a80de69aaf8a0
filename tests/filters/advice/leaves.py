"""Conditions of a few words, many of which say the same, say more or say the opposite."""

from random import Random
from typing import Any

from tests.filters.catalogs import field, in_any

Document = dict[str, Any]


def _for(amount: int, unit: str = "DAY") -> Document:
    return {"amount": amount, "unit": unit}


STATUS_LEAVES = [{"status": statuses} for statuses in (
    ["ACTIVE"], ["PENDING"], ["UNSUBSCRIBED"], ["ACTIVE", "PENDING"], ["PENDING", "UNSUBSCRIBED", "HARD_BOUNCE"],
)]  # fmt: skip
LABEL_LEAVES = [{"label": test} for test in (
    {"containsAny": ["VIP"]}, {"containsAny": ["VIP", "None"]}, {"containsAll": ["VIP", "None"]},
    {"containsAny": ["Frequent Buyers"]}, {"containsAll": ["VIP", "None", "Frequent Buyers"]}, {"isEmpty": True},
    {"isEmpty": False},
)]  # fmt: skip
NUMBER_LEAVES = [
    *(field("spend", **{word: value}) for word in ("equals", "greaterThan", "atLeast", "lessThan", "atMost")
      for value in (1, 2, 3)),
    field("spend", between={"from": 1, "to": 2}),
    field("spend", between={"from": 2, "to": 3}),
    field("spend", isEmpty=True),
    field("spend", isEmpty=False),
]  # fmt: skip
BOOLEAN_LEAVES = [field("member", isTrue=True), field("member", isTrue=False), field("member", isEmpty=True)]
CHOICE_LEAVES = [field("tier", matches="Gold"), field("tier", matches="strasse"), field("tier", isEmpty=False)]
TEXT_LEAVES = [
    *(field("city", **{word: text}) for word in ("matches", "contains", "startsWith", "endsWith", "exactly")
      for text in ("Jakarta", "a", "ab", "ja", "ka")),
    field("city", matchesAny=["Jakarta", "Bali", "ab"]),
    field("city", containsAny=["kar", "ba"]),
    field("city", isEmpty=True),
    field("city", isEmpty=False),
]  # fmt: skip
TIME_LEAVES = [
    *(field(key, **{word: _for(amount)}) for key in ("visited", "birthday")
      for word in ("moreThanAgo", "withinLast", "withinNext", "moreThanFromNow") for amount in (0, 1, 7)),
    *(field(key, period=period) for key in ("visited", "birthday")
      for period in ("TODAY", "YESTERDAY", "THIS_WEEK", "LAST_WEEK", "THIS_MONTH", "LAST_MONTH", "THIS_YEAR")),
    *(field(key, **{word: day}) for key in ("visited", "birthday") for word in ("on", "before", "after")
      for day in ("2026-03-03", "2026-03-04")),
    *(field(key, anniversary=_for(amount)) for key in ("visited", "birthday") for amount in (0, 7, 300, 365)),
    field("visited", after="2026-03-04T12:00:00+07:00"),
    field("visited", withinLast=_for(24, "HOUR")),
    field("visited", isEmpty=True),
    field("birthday", isEmpty=False),
]  # fmt: skip
OTHER_LEAVES = [
    field("email", isEmpty=False), field("email", startsWith="ana"), field("email", contains="@example"),
    *(in_any(*numbers) for numbers in ((1,), (2,), (3,), (9,), (8, 9), (1, 9))),
    *({"sample": {"percent": percent, "seed": "s", "offset": offset}}
      for percent, offset in ((50, 0), (50, 50), (25, 25), (100, 0))),
]  # fmt: skip
KINDS: dict[str, list[Document]] = {
    "statuses": STATUS_LEAVES,
    "labels": LABEL_LEAVES,
    "numbers": NUMBER_LEAVES,
    "truths": BOOLEAN_LEAVES,
    "choices": CHOICE_LEAVES,
    "texts": TEXT_LEAVES,
    "times": TIME_LEAVES,
    "others": OTHER_LEAVES,
}


def tree_of(leaves: list[Document], random: Random, levels: int = 3, most: int = 9) -> Document:
    """A random filter out of the leaves."""
    if levels == 0 or most == 1 or random.random() < 0.2:
        leaf = random.choice(leaves)
        return {"not": leaf} if random.random() < 0.4 else leaf
    if random.random() < 0.1:
        return {"not": tree_of(leaves, random, levels - 1, most)}
    count = min(random.choice((2, 2, 3, 4)), most)
    parts = [tree_of(leaves, random, levels - 1, most // count) for _ in range(count)]
    return {random.choice(("and", "or")): parts}
