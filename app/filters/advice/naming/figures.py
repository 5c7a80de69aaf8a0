"""The plain numbers in a name: `25-34`, `≥ 3`, `100k`; not those of dates, codes and counted units."""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.filters.advice.naming.direction import UNSAID, Direction, direction_before, direction_behind
from app.filters.advice.naming.lexicon import RANGE, SCALES, STRICT
from app.filters.advice.naming.spans import is_code
from app.filters.advice.naming.words import Title

MOST_DIGITS: Final = 15
_WRITTEN: Final = (
    (re.compile(r"[0-9]+(?:\.[0-9]+)?"), ""),
    (re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?"), ","),
    (re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?"), "."),
    (re.compile(r"[0-9]+,[0-9]+"), ""),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number or the two of a range, from one place of a name to another, each with all that it can mean.

    `is_strict`: what it is itself doesn't belong to it, as in `> 3`.
    """

    numbers: tuple[frozenset[Decimal], ...]
    first: int
    last: int
    direction: Direction = UNSAID
    is_strict: bool = False


def figures(title: Title, taken: Set[int]) -> Iterator[Figure]:
    """The plain numbers of a name, from left to right."""
    place = 0
    while place < len(title.words):
        found = _figure(title, place) if title.is_number(place) else None
        last = found.last if found else _end_of_chain(title, place)
        if found and taken.isdisjoint(range(place, last + 1)):
            yield found
        place = last + 1


def _figure(title: Title, first: int) -> Figure | None:
    low = _number(title, first)
    if low is None or _is_part_of_code(title, first, low.last):
        return None
    if title.word(low.last + 1) in RANGE and title.is_number(low.last + 2):
        high = _number(title, low.last + 2)
        if high is None or title.word(high.last + 1) in RANGE:
            return None
        return Figure((*low.numbers, *high.numbers), first, high.last)
    direction = direction_before(title, first).filled(direction_behind(title, low.last))
    return Figure(low.numbers, first, low.last, direction, not STRICT.isdisjoint(_before(title, first)))


def _number(title: Title, place: int) -> Figure | None:
    values, last = _values(title.word(place)), place
    if title.word(place + 1) in SCALES and (title.is_glued(place + 1) or len(title.word(place + 1)) > 1):
        last = place + 1
        scale = SCALES[title.word(last)]
        values = frozenset(value * scale for value in values)
    is_ordinal = title.is_glued(last + 1) and title.is_letters(last + 1)
    return None if not values or is_ordinal else Figure((values,), place, last)


def _values(written: str) -> frozenset[Decimal]:
    if len(written) > MOST_DIGITS:
        return frozenset()
    found = ((pattern, mark) for pattern, mark in _WRITTEN if pattern.fullmatch(written))
    return frozenset(Decimal(written.replace(mark, "").replace(",", ".")) for _, mark in found)


def _is_part_of_code(title: Title, first: int, last: int) -> bool:
    """Whether it counts or numbers something: `Q3`, `#3`, `(2)`, `1/2`, `50%`."""
    before, behind = title.word(first - 1), title.word(last + 1)
    is_enclosed = before in ("(", "[") and behind in (")", "]")
    return is_code(title, first) or is_enclosed or before in ("#", "/", "№") or behind in ("/", "%", ":")


def _before(title: Title, first: int) -> set[str]:
    return {title.word(first - 1), title.word(first - 2)}


def _end_of_chain(title: Title, place: int) -> int:
    """The last number of those joined by signs, as a date is: none of them is plain."""
    while title.is_number(place) and title.is_number(place + 2) and title.word(place + 1) in RANGE | {"/", ":"}:
        place += 2
    return place
