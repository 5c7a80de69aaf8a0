"""Several labels in one cell: how they are read and written."""

import re
from collections.abc import Iterable

import orjson

_PART = re.compile(r'\s*"((?:[^"]|"")*)"\s*(?=[,;|]|$)|([^,;|]+)')
_PARTING = re.compile(r'[,;|"]')


def read_labels(text: str) -> list[str]:
    """The names in a cell, between commas, semicolons or bars (a name that holds one is quoted), or in a JSON list.

    White space is made single; an empty name is none.
    """
    if text.startswith("[") and (listed := _json_list(text)) is not None:
        return listed
    parts = (quoted.replace('""', '"') or plain for quoted, plain in _PART.findall(text))
    return [name for part in parts if (name := " ".join(part.split()))]


def write_labels(names: Iterable[str]) -> str:
    """The names in one cell, so that `read_labels` finds them again."""
    return ", ".join(
        _quoted(name) if _PARTING.search(name) else name for name in names if name and not name.isspace()
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _json_list(text: str) -> list[str] | None:
    try:
        listed = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(listed, list):
        return None
    return [name for one in listed if isinstance(one, str) and (name := " ".join(one.split()))]
