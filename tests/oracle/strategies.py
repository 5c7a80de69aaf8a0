"""Random filters about a population: FilterInput documents whose values lie near the people's own."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any

from tests.oracle.meaning import entered, folded
from tests.oracle.population import SEEDS, STATUSES, values_of
from tests.oracle.world import Pins, World

Document = dict[str, Any]

PERIODS = [
    "YESTERDAY", "TODAY", "TOMORROW",
    *(f"{which}_{what}" for which in ("LAST", "THIS", "NEXT") for what in ("WEEK", "MONTH", "QUARTER", "YEAR")),
]  # fmt: skip
RELATIVE = ("moreThanAgo", "withinLast", "withinNext", "moreThanFromNow")
TEXTUAL = ("matches", "matchesAny", "exactly", "contains", "containsAny", "startsWith", "endsWith")
NUMERIC = ("equals", "greaterThan", "atLeast", "lessThan", "atMost", "between")
TEMPORAL = ("on", "before", "after", "during", "period", "anniversary", *RELATIVE, *RELATIVE)
OPERATORS = {
    "TEXT": TEXTUAL,
    "CHOICE": ("matches", "matchesAny"),
    "NUMBER": NUMERIC,
    "BOOLEAN": ("isTrue",),
    "DATE": TEMPORAL,
    "DATETIME": TEMPORAL,
}


class Filters:
    """Makes documents for one world; the same `random` makes the same ones."""

    def __init__(self, world: World, random: Random, about: list[datetime]) -> None:
        self.world = world
        self.random = random
        self.fresh = values_of(random, world.zone, about)
        self.values = {key: list(entered(world, key).values()) for key in world.types}

    def tree(self, levels: int = 8, most: int = 40) -> Document:
        """A filter with at most `levels` groups within each other and `most` conditions."""
        random = self.random
        if levels == 0 or most == 1 or random.random() < (0.1 if levels > 6 else 0.35):
            return self.condition()
        if random.random() < 0.25:
            return {"not": self.tree(levels - 1, most)}
        count = min(random.choice((1, 2, 2, 2, 3, 4, 7)), most)
        parts = [self.tree(levels - 1, most // count) for _ in range(count)]
        return {random.choice(("and", "or", "or")): parts}

    def condition(self) -> Document:
        """One condition."""
        random = self.random
        match random.randint(0, 19):
            case 0:
                return {"status": random.choices(STATUSES, k=random.randint(1, 3))}
            case 1 | 2:
                return {"label": self.label()}
            case 3 if self.world.segments:
                segments = list(self.world.segments)
                return {"segment": {"inAny": random.sample(segments, random.randint(1, min(3, len(segments))))}}
            case 4:
                return {"sample": self.sample()}
            case _:
                return self.field()

    def label(self) -> Document:
        """A label's test, by names (in any case) or ids."""
        random, labels = self.random, self.world.labels
        if random.random() < 0.2:
            return {"isEmpty": random.random() < 0.5}
        chosen = random.sample(list(labels), random.randint(1, 3))
        named = [
            random.choice((number, labels[number], labels[number].upper(), f" {labels[number]} "))
            for number in chosen
        ]
        named = [name if isinstance(name, int) or folded(name) == folded(labels[number]) else number
                 for name, number in zip(named, chosen, strict=True)]  # fmt: skip
        return {random.choice(("containsAny", "containsAll")): named}

    def sample(self) -> Document:
        """A slice, with an offset now and then."""
        random = self.random
        percent: Any = random.choice((1, 5, "12.5", 33.3, 50, 100, "0.0001", "33.33333333"))
        offset = random.choice((0, 0, "0.5", 25, 50)) if float(percent) <= 50 else 0
        return {"percent": percent, "seed": random.choice(SEEDS)} | ({"offset": offset} if offset else {})

    def field(self, key: str | None = None) -> Document:
        """A field's test."""
        random = self.random
        key = key or random.choice(list(self.world.types))
        if random.random() < 0.08:
            return {"field": {"key": key, "test": {"isEmpty": random.random() < 0.5}}}
        kind = self.world.types[key]
        operator = random.choice(OPERATORS[kind])
        return {"field": {"key": key, "test": {operator: self.value(key, kind, operator)}}}

    def value(self, key: str, kind: str, operator: str) -> Any:
        """What the operator takes, near the values that people have."""
        random = self.random
        make: Callable[[], Any] = {
            "TEXT": lambda: self.text(key),
            "CHOICE": lambda: self.near(key, "CHOICE"),
            "NUMBER": lambda: self.near(key, "NUMBER"),
            "BOOLEAN": lambda: random.random() < 0.5,
        }.get(kind, lambda: None)
        if operator.endswith("Any"):
            many = 70 if random.random() < 0.05 else 4
            return [make() for _ in range(random.randint(1, many))]
        if operator == "between":
            low, high = sorted((make(), make()), key=lambda number: Decimal(str(number).strip()))
            return {"from": low, "to": high}
        if operator == "exactly" and self.values[key]:
            whole: str = self.near(key, "TEXT")[:1000]
            return whole if folded(whole) and random.random() < 0.5 else make()
        return self.temporal(kind, operator) if kind in ("DATE", "DATETIME") else make()

    def temporal(self, kind: str, operator: str) -> Any:
        """What an operator of time takes."""
        random = self.random
        if operator == "on":
            return self.fresh["DATE"]()
        if operator in ("before", "after"):
            return self.fresh["DATETIME" if kind == "DATETIME" and random.random() < 0.7 else "DATE"]()
        if operator == "during":
            first, last = sorted((self.fresh["DATE"](), self.fresh["DATE"]()))
            return {"from": first, "to": last}
        if operator == "period":
            return random.choice(PERIODS)
        return self.duration(
            ("DAY", "WEEK", "MONTH", "YEAR") if kind == "DATE" or operator == "anniversary" else None
        )

    def duration(self, units: tuple[str, ...] | None = None) -> Document:
        """Steps such as marketers take, and the longest there is."""
        amount = self.random.choice((0, 1, 1, 1, 2, 3, 7, 11, 12, 30, 30, 90, 364, 365, 366, 400, 100_000))
        return {
            "amount": amount,
            "unit": self.random.choice(units or ("HOUR", "DAY", "DAY", "WEEK", "MONTH", "YEAR")),
        }

    def near(self, key: str, kind: str) -> Any:
        """A person's own value, or a fresh one."""
        if self.values[key] and self.random.random() < 0.7:
            return self.random.choice(self.values[key])
        return self.fresh[kind]()

    def text(self, key: str) -> str:
        """A person's text, a piece of it, or a fresh one; never blank, at most 1,000 characters."""
        random = self.random
        text: str = self.near(key, "TEXT")
        if random.random() < 0.5 and len(text) > 1:
            start = random.randrange(len(text))
            text = text[start : start + random.randint(1, 6)]
        if random.random() < 0.2:
            text = random.choice((text.upper(), text.casefold(), f" {text}\u00a0"))
        return text[:1000] if folded(text[:1000]) else "a"


def grown(world: World, random: Random, about: list[datetime], place: int) -> Document | frozenset[int]:
    """One more segment for the world: a fixed list now and then, else a filter upon the others (so diamonds)."""
    if place % 3 == 0:
        ids = [person.id for person in world.people]
        return frozenset(random.sample(ids, random.choice((0, 5, len(ids) // 3))))
    inner = Filters(replace(world, segments={}), random, about).tree(4, 5)
    if not world.segments:
        return inner
    below = random.sample(list(world.segments), min(2, len(world.segments)))
    return {"or": [{"and": [inner, {"segment": {"inAny": below}}]}, {"not": {"segment": {"inAny": below[:1]}}}]}


def pinned(world: World, random: Random) -> Pins:
    """Some who are always in a segment, and some who never are; often nobody."""
    ids = [person.id for person in world.people]
    included = random.sample(ids, random.choice((0, 2, len(ids) // 8)))
    excluded = random.sample(ids, random.choice((0, 2, len(ids) // 8)))
    return frozenset(included), frozenset(excluded).difference(included)


def plus(world: World, number: int, segment: Document | frozenset[int], pins: Pins | None = None) -> World:
    """The world with one more segment."""
    known = {**world.pins, number: pins} if pins else world.pins
    return replace(world, segments={**world.segments, number: segment}, pins=known, cache={})


def renumbered(world: World, people: list[int], labels: dict[str, int]) -> World:
    """The world without segments, with the ids that PostgreSQL gave: of people in order, of labels by name."""
    given = {old: labels[name] for old, name in world.labels.items()}
    there = tuple(
        replace(person, id=number, labels=frozenset(given[old] for old in person.labels))
        for person, number in zip(world.people, people, strict=True)
    )
    return replace(
        world, people=there, labels={number: name for name, number in labels.items()}, segments={}, cache={}
    )
