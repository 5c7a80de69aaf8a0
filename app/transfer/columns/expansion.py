"""A column of JSON objects, whose keys are columns of their own."""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from app.transfer.files.names_in_a_cell import join_names

MOST_KEYS = 200
LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Expansion:
    """`place` is the column's in the header; each of `keys` becomes a column behind the header's."""

    place: int
    keys: tuple[str, ...]

    def widen(self, rows: Sequence[list[str]]) -> list[list[str]]:
        """The rows with a cell more for each key, as `cell_of` writes it; empty where there is no object."""
        objects: dict[str, list[str]] = {}
        return [row + (objects.get(row[self.place]) or self._read(row[self.place], objects)) for row in rows]

    def _read(self, text: str, objects: dict[str, list[str]]) -> list[str]:
        found = object_of(text)
        cells = objects[text] = [cell_of(found.get(key)) for key in self.keys]
        return cells


def object_of(text: str) -> dict[str, object]:
    """The JSON object in a cell; empty where there is none."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def cell_of(value: object) -> str:
    """A JSON value as a file would have it: texts as they are, lists as labels are written, null as nothing."""
    match value:
        case None:
            return ""
        case str():
            return value
        case list():
            return join_names(filter(None, map(_name_of, value)))
        case _:
            return orjson.dumps(value).decode()


def _name_of(value: object) -> str:
    # A list within a list would have its quotes doubled at each level.
    return orjson.dumps(value).decode() if isinstance(value, list) else cell_of(value)
