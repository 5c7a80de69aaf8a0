"""The stretches of time that a name speaks of: `> 30 Days`, `2w`, `90+ hari`, `30-60 days`."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from app.filters.advice.naming.direction import Direction, read_direction
from app.filters.advice.naming.lexicon import DASHES, RANGE, UNITS
from app.filters.advice.naming.words import Title
from app.filters.checked import Duration

MOST_DIGITS: Final = 5


@dataclass(frozen=True, slots=True)
class Span:
    """A duration in a name: the places of its number and its unit, which way it looks, and the places of it all."""

    duration: Duration
    number: int
    unit: int
    direction: Direction
    reach: range


def spans(title: Title, taken: Set[int]) -> list[Span]:
    """The durations of a name, but for those right behind each other: `1 year 6 months` is neither."""
    found = list(_spans(title, taken))
    joined = {span.number for pair in pairwise(found) if pair[1].number == pair[0].unit + 1 for span in pair}
    return [span for span in found if span.number not in joined]


def _spans(title: Title, taken: Set[int]) -> Iterator[Span]:
    for place, word in enumerate(title.words):
        if word.text.isdecimal() and len(word.text) <= MOST_DIGITS:
            unit = _unit_behind(title, place)
            if unit is not None and taken.isdisjoint((place, unit)):
                yield _span(title, place, unit)


def _span(title: Title, number: int, unit: int) -> Span:
    direction, reach = read_direction(title, number, unit)
    if title.word(number + 1) == "+":
        direction = Direction(is_beyond=True).filled(direction)
    return Span(Duration(int(title.word(number)), UNITS[title.word(unit)]), number, unit, direction, reach)


def _unit_behind(title: Title, number: int) -> int | None:
    """The place of the unit that a number counts, which for the first number of a range is behind the second."""
    place = number + 1
    if title.word(place) in RANGE and title.is_number(place + 1):
        place += 2
    else:
        place += title.word(place) == "+"
        place += title.word(place) in DASHES
    word = title.word(place)
    is_unit = word in UNITS and (len(word) > 1 or title.is_glued(place))
    return place if is_unit else None
