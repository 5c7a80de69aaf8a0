"""The one way in which text is made comparable."""

import unicodedata
from itertools import groupby

MOST_MARKS = 100

# Those that are no marks themselves, and that NFKC makes into nothing else.
_BECOME_MARKS = "\u0f73\u0f75\u0f81\uff9e\uff9f"


def fold(text: str) -> str:
    """`text` as it is compared: Unicode NFKC, casefolded, trimmed, each run of white space one space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can hold it: no NUL, no lone surrogate."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def piles_marks(text: str) -> bool:
    """Whether very many combining marks follow each other: to sort them takes time by the square of their number."""
    return any(marks and sum(1 for _ in run) > MOST_MARKS for marks, run in groupby(text, _is_mark))


def _is_mark(character: str) -> bool:
    return unicodedata.combining(character) > 0 or character in _BECOME_MARKS
