"""Which way a number or a duration looks: at more or less than it, and back or ahead."""

from dataclasses import dataclass
from typing import Final

from app.filters.advice.naming.lexicon import (
    AHEAD,
    BEFORE_NUMBER,
    BEHIND,
    COMPARISONS,
    LAST,
    LAST_BEHIND,
    LESS,
    MORE,
    NEXT,
    NEXT_BEHIND,
    OR_LESS,
    OR_MORE,
)
from app.filters.advice.naming.words import Title

MOST_BEFORE: Final = 5
_LINKS: Final = ("or", "atau", "yang", "ke")


@dataclass(frozen=True, slots=True)
class Direction:
    """`is_beyond`: more than so much, or at most so much. `is_ahead`: from now on, or until now. None is unsaid."""

    is_beyond: bool | None = None
    is_ahead: bool | None = None

    def filled(self, other: "Direction") -> "Direction":
        """This one, and where it says nothing, the other."""
        return Direction(
            other.is_beyond if self.is_beyond is None else self.is_beyond,
            other.is_ahead if self.is_ahead is None else self.is_ahead,
        )

    def contradicts(self, other: "Direction") -> bool:
        """Whether both say something, and not the same."""
        pairs = ((self.is_beyond, other.is_beyond), (self.is_ahead, other.is_ahead))
        return any(one is not None and two is not None and one != two for one, two in pairs)


UNSAID: Final = Direction()


def read_direction(title: Title, first: int, last: int) -> tuple[Direction, range]:
    """What the words of comparison around a number or a duration say, and the places of it all."""
    start = _start(title, first)
    before = (_said_before(title.word(place)) for place in reversed(range(start, first)))
    behind, stop = _behind(title, last)
    said = next((found for found in before if found != UNSAID), UNSAID)
    return said.filled(behind), range(start, stop)


def _start(title: Title, first: int) -> int:
    start = first
    while first - start < MOST_BEFORE and title.word(start - 1) in COMPARISONS | BEFORE_NUMBER:
        start -= 1
    return start


def _said_before(word: str) -> Direction:
    if word in LAST:
        return Direction(is_beyond=False, is_ahead=False)
    if word in NEXT:
        return Direction(is_beyond=False, is_ahead=True)
    return Direction(is_beyond=word in MORE) if word in MORE | LESS else UNSAID


def _behind(title: Title, last: int) -> tuple[Direction, int]:
    """What is said behind it, `+`, `or more`, `ago`, `terakhir`, and where that ends."""
    if title.word(last + 1) == "+":
        return Direction(is_beyond=True), last + 2
    place = last + 2 if title.word(last + 1) in _LINKS else last + 1
    found = _said_behind(title.word(place))
    return found, last + 1 if found == UNSAID else place + 1


def _said_behind(word: str) -> Direction:
    if word in LAST_BEHIND:
        return Direction(is_beyond=False, is_ahead=False)
    if word in NEXT_BEHIND:
        return Direction(is_beyond=False, is_ahead=True)
    if word in BEHIND | AHEAD:
        return Direction(is_ahead=word in AHEAD)
    return Direction(is_beyond=word in OR_MORE) if word in OR_MORE | OR_LESS else UNSAID
