"""Which way a number or a duration looks: at more or less than it, and back or ahead."""

from dataclasses import dataclass
from typing import Final

from app.filters.advice.naming.lexicon import (
    AHEAD,
    BEHIND,
    BETWEEN_COMPARISON_AND_NUMBER,
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

MOST_BETWEEN: Final = 3


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


def direction_before(title: Title, number: int) -> Direction:
    """What the nearest word of comparison before a number says."""
    for place in range(number - 1, max(number - 2 - MOST_BETWEEN, -1), -1):
        word = title.word(place)
        if (found := _said_before(word)) is not None:
            return found
        if word not in BETWEEN_COMPARISON_AND_NUMBER:
            break
    return UNSAID


def _said_before(word: str) -> Direction | None:
    if word in LAST:
        return Direction(is_beyond=False, is_ahead=False)
    if word in NEXT:
        return Direction(is_beyond=False, is_ahead=True)
    if word in MORE or word in LESS:
        return Direction(is_beyond=word in MORE)
    return None


def direction_behind(title: Title, last: int) -> Direction:
    """What stands behind a number or a unit: `+`, `or more`, `ago`, `terakhir`."""
    word = title.word(last + 1)
    if word == "+":
        return Direction(is_beyond=True)
    if word in ("or", "atau", "yang", "ke"):
        word = title.word(last + 2)
    return _said_behind(word)


def _said_behind(word: str) -> Direction:
    if word in LAST_BEHIND:
        return Direction(is_beyond=False, is_ahead=False)
    if word in NEXT_BEHIND:
        return Direction(is_beyond=False, is_ahead=True)
    if word in BEHIND or word in AHEAD:
        return Direction(is_ahead=word in AHEAD)
    return Direction(is_beyond=word in OR_MORE) if word in OR_MORE | OR_LESS else UNSAID
