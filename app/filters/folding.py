"""The one way in which text is made comparable."""

import unicodedata
from itertools import groupby

MOST_MARKS = 100


def fold(text: str) -> str:
    """`text` as it is compared: Unicode NFKC, casefolded, trimmed, each run of white space one space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can hold it: no NUL, no lone surrogate."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def piles_marks(text: str) -> bool:
    """Whether very many combining marks follow each other: to sort them takes time by the square of their number."""
    runs = groupby(text, lambda character: unicodedata.combining(character) > 0)
    return any(marks and sum(1 for _ in run) > MOST_MARKS for marks, run in runs)
