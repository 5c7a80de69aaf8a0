"""Which words of a name are understood, and whether a "not" is before one of them."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import Final

from app.filters.advice.naming.lexicon import BEFORE_NEGATED, DASHES, NEGATIONS, SEPARATORS
from app.filters.advice.naming.words import Title

_BRACKETS: Final = frozenset("([_")


@dataclass(frozen=True, slots=True)
class Sign:
    """Whether a term is said as it is, or with a "not" (False), from where on; None: one can't be sure."""

    is_positive: bool | None
    first: int


def is_understood(title: Title, places: Set[int], words: Set[str]) -> bool:
    """Whether every word of a name is one of these, or in one of these places: any other may turn what it says."""
    return all(
        place in places or word.text in words or is_separator(title, place) or _is_hyphen(title, place)
        for place, word in enumerate(title.words)
    )


def is_separator(title: Title, place: int) -> bool:
    """Whether one thing ends there and another begins, which a sign at the front of a word doesn't say."""
    word = title.word(place)
    if word in _BRACKETS:
        return True
    return word in SEPARATORS | DASHES and not title.is_glued(place + 1)


def _is_hyphen(title: Title, place: int) -> bool:
    return title.word(place) in DASHES and title.is_glued(place) and title.is_glued(place + 1)


def parts_of(title: Title) -> Iterator[range]:
    """The places of the words between separators."""
    start = 0
    for place in range(len(title.words) + 1):
        if place == len(title.words) or is_separator(title, place):
            yield range(start, place)
            start = place + 1


def sign_before(title: Title, first: int, taken: Set[int]) -> Sign:
    """How a term is said that begins there: `not in Jakarta`, `non-VIP`."""
    negations = [place for place in range(first) if title.word(place) in NEGATIONS and place not in taken]
    if not negations:
        return Sign(True, first)
    between = range(negations[-1] + 1, first)
    is_right_before = all(title.word(place) in BEFORE_NEGATED for place in between)
    return Sign(False, negations[-1]) if is_right_before and len(negations) == 1 else Sign(None, first)
