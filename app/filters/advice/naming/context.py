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


def is_negated(title: Title, first: int) -> bool:
    """Whether a "not" is right before a term, as in `not in Jakarta` and `non-VIP`."""
    for place in range(first - 1, max(first - 2 - MOST_BETWEEN, -1), -1):
        if title.word(place) in NEGATIONS:
            return True
        if title.word(place) not in BEFORE_NEGATED:
            return False
    return False
