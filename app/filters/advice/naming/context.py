"""What stands around a word of a name: whether it means people by itself, and whether a "not" is before it."""

from collections.abc import Set
from typing import Final

from app.filters.advice.naming.lexicon import (
    BEFORE_NEGATED,
    CONNECTIONS,
    INACTIVE,
    JOINS,
    KINDS,
    LESS,
    MORE,
    NEGATIONS,
    OLD,
    PEOPLE,
)
from app.filters.advice.naming.words import Title

MOST_BETWEEN: Final = 3


def stands_alone(title: Title, last: int, taken: Set[int]) -> bool:
    """Whether a term that ends there isn't the beginning of a longer one, such as `Free` of `Free Shipping`."""
    return _is_closed(title, last + 1, taken, CONNECTIONS | PEOPLE | KINDS)


def is_status(title: Title, place: int, taken: Set[int]) -> bool:
    """Whether a word such as `Active` tells how people can be mailed, and not of what they do: `Active in May`."""
    return title.word(place + 1) not in MORE | LESS and _is_closed(title, place + 1, taken, JOINS | PEOPLE | KINDS)


def is_length(title: Title, unit: int, taken: Set[int]) -> bool:
    """Whether a duration that ends there tells of people, and not of a thing, such as `7 Day Trial`."""
    return _is_closed(title, unit + 1, taken, CONNECTIONS | PEOPLE | INACTIVE | NEGATIONS | OLD)


def _is_closed(title: Title, behind: int, taken: Set[int], words: Set[str]) -> bool:
    return not title.is_letters(behind) or behind in taken or title.word(behind) in words


def sign_before(title: Title, first: int, taken: Set[int]) -> bool | None:
    """Whether a term is said as it is, or with a "not" as in `not in Jakarta` (False); None: one can't be sure."""
    negations = [place for place in range(first) if title.word(place) in NEGATIONS and place not in taken]
    if not negations:
        return True
    between = range(negations[-1] + 1, first)
    is_right_before = len(between) <= MOST_BETWEEN and all(title.word(place) in BEFORE_NEGATED for place in between)
    return False if is_right_before and len(negations) == 1 else None
