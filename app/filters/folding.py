"""The one way in which text is made comparable."""

import unicodedata


def fold(text: str) -> str:
    """`text` as it is compared: Unicode NFKC, casefolded, trimmed, each run of white space one space."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can hold it: no NUL, no lone surrogate."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
