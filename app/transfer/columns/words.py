"""Words as they are looked up: folded, and without punctuation."""

import re

from app.filters.folding import fold

# No known word is as long, and folding takes time by the square of a pile of marks.
LONGEST_WORD = 200

_BETWEEN = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """`E-Mail_Address` gives `e mail address`; what has neither letter nor digit gives nothing.

    Of a long text only the beginning counts.
    """
    return " ".join(_BETWEEN.split(fold(text[:LONGEST_WORD]))).strip()
