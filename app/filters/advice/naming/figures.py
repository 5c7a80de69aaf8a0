"""The plain numbers in a name: `25-34`, `≥ 3`, `100k`; not those that count a unit of time."""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.filters.advice.naming.direction import Direction, read_direction
from app.filters.advice.naming.lexicon import RANGE, SCALES, STRICT
from app.filters.advice.naming.words import Title

_WRITTEN: Final = (
    (re.compile(r"[0-9]+(?:\.[0-9]+)?"), ""),
    (re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?"), ","),
    (re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?"), "."),
    (re.compile(r"[0-9]+,[0-9]+"), ""),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number or the two of a range, each with all that it can mean; `reach` are the places of it with its words.

    `is_strict`: what it is itself doesn't belong to it, as in `> 3`.
    """

    numbers: tuple[frozenset[Decimal], ...]
    first: int
    last: int
    direction: Direction
    reach: range
    is_strict: bool


def figures(title: Title, taken: Set[int]) -> Iterator[Figure]:
    """The plain numbers of a name, from left to right."""
    place = 0
    while place < len(title.words):
        found = _figure(title, place) if title.is_number(place) and not title.is_code(place) else None
        if found and taken.isdisjoint(range(found.first, found.last + 1)):
            yield found
        place = found.last + 1 if found else place + 1


def _figure(title: Title, first: int) -> Figure | None:
    low, last = _number(title, first)
    numbers = [low]
    if title.word(last + 1) in RANGE and title.is_number(last + 2):
        high, last = _number(title, last + 2)
        numbers.append(high)
    direction, reach = read_direction(title, first, last)
    is_strict = any(title.word(place) in STRICT for place in range(reach.start, first))
    return Figure(tuple(numbers), first, last, direction, reach, is_strict) if all(numbers) else None


def _number(title: Title, place: int) -> tuple[frozenset[Decimal], int]:
    """What a number can mean, and where it ends with what scales it; nothing where it is written like no number."""
    values, scale = _values(title.word(place)), title.word(place + 1)
    if scale in SCALES and (title.is_glued(place + 1) or len(scale) > 1):
        return frozenset(value * SCALES[scale] for value in values), place + 1
    return values, place


def _values(written: str) -> frozenset[Decimal]:
    found = ((pattern, mark) for pattern, mark in _WRITTEN if pattern.fullmatch(written))
    return frozenset(Decimal(written.replace(mark, "").replace(",", ".")) for _, mark in found)
