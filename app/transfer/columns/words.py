"""Words as they are looked up: folded, and without punctuation."""

import re

from app.filters.folding import fold

_BETWEEN = re.compile(r"[\W_]+")


def plain(text: str) -> str:
    """`E-Mail_Address` gives `e mail address`; what has neither letter nor digit gives nothing."""
    return " ".join(_BETWEEN.split(fold(text))).strip()
