"""What stands around a word of a name: whether it means people by itself, and whether a "not" is before it."""

from collections.abc import Set
from typing import Final

from app.filters.advice.naming.lexicon import BEFORE_NEGATED, CONNECTIONS, NEGATIONS, PEOPLE
from app.filters.advice.naming.words import Title

MOST_BETWEEN: Final = 3


def stands_alone(title: Title, last: int, taken: Set[int]) -> bool:
    """Whether a term that ends there isn't the beginning of a longer one, such as `Free` of `Free Shipping`."""
    behind = last + 1
    word = title.word(behind)
    return not title.is_letters(behind) or behind in taken or word in CONNECTIONS or word in PEOPLE


def sign_before(title: Title, first: int, taken: Set[int]) -> bool | None:
    """Whether a term is said as it is, or with a "not" as in `not in Jakarta` (False); None: one can't be sure."""
    negations = [place for place in range(first) if title.word(place) in NEGATIONS and place not in taken]
    if not negations:
        return True
    between = range(negations[-1] + 1, first)
    is_right_before = len(between) <= MOST_BETWEEN and all(title.word(place) in BEFORE_NEGATED for place in between)
    return False if is_right_before and len(negations) == 1 else None
