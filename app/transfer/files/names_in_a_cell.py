"""Several names in one cell, as labels are written: parted by commas, in quotes where they hold such a sign."""

import re
from collections.abc import Iterable

_NAME = re.compile(r'\s*"([^"]*+(?:""[^"]*+)*+)"\s*(?=[,;|]|\Z)|([^,;|]*)')
# A bracket at the beginning would be a list of JSON's.
_NEEDS_QUOTES = re.compile(r'[,;|"]|^[\s\[]|\s\Z')


def join_names(names: Iterable[str]) -> str:
    """The names as one cell, which `split_names` reads back."""
    return ", ".join(map(_written, names))


def split_names(text: str) -> list[str]:
    """The names in a cell, between commas, semicolons or bars outside quotes; empty ones are passed over.

    White space at the ends goes, inner white space becomes single spaces. A quote that isn't closed is a plain sign.
    """
    parts = (_unquoted(*found.groups()) for found in _NAME.finditer(text))
    return [name for part in parts if (name := " ".join(part.split()))]


def _written(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if _NEEDS_QUOTES.search(name) else name


def _unquoted(quoted: str | None, plain: str | None) -> str:
    return plain or "" if quoted is None else quoted.replace('""', '"')
