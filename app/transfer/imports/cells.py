"""From a cell's text to what the row keeps of it, each distinct text read once."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

import orjson

from app.filters.catalog import Field
from app.filters.folding import fold
from app.filters.problems import InvalidValue, shown
from app.filters.values import Json, read_text, read_value
from app.filters.vocabulary import Status
from app.queries.contact_values import LONGEST_SYSTEM_TEXT
from app.queries.emails import read_email

MOST_KEPT = 20_000

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a cell refuses its row."""

    reason: str


class Cells(dict[str, object]):
    """What each text of a column means; emptied when it has grown long, since columns may be all distinct."""

    def __init__(self, read: Callable[[str], object], name: str) -> None:
        super().__init__()
        self._read = read
        self._prefix = f"{name}: " if name else ""

    def __missing__(self, text: str) -> object:
        try:
            value = self._read(text)
        except InvalidValue as invalid:
            value = Fault(self._prefix + invalid.message)
        if len(self) >= MOST_KEPT:
            self.clear()
        self[text] = value
        return value


def email_cells() -> Cells:
    """To the address as entered and as compared."""

    def read(text: str) -> Pair:
        address = read_email(text)
        return address, fold(address)

    return Cells(read, "")


def text_cells(key: str, name: str) -> Cells:
    """To a system text and its part of the compared values, or None."""
    prefix = _key(key)

    def read(text: str) -> Pair | None:
        folded = fold(read_text(text, LONGEST_SYSTEM_TEXT))
        return (text, prefix + _json(folded)) if folded else None

    return Cells(read, name)


def field_cells(field: Field, zone: ZoneInfo) -> Cells:
    """To a field's part of the entered and of the compared values, or None."""
    prefix = _key(field.key)

    def read(text: str) -> Pair | None:
        value = read_value(text, field, zone)
        return None if value is None else (prefix + _json(value[0]), prefix + _json(value[1]))

    return Cells(read, field.name)


def status_cells(name: str) -> Cells:
    """To a status, or None."""
    known = {fold(status.value): status.value for status in Status}

    def read(text: str) -> str | Fault | None:
        word = fold(text).replace(" ", "_").replace("-", "_")
        if not word or word in known:
            return known.get(word)
        return Fault(f"{name}: {shown(text)} is no status; it is one of {', '.join(Status.__members__)}")

    return Cells(read, name)


def label_cells(name: str, ids: Mapping[str, int]) -> Cells:
    """To the ids of the labels, found by their folded names."""

    def read(text: str) -> frozenset[int] | Fault:
        names = label_names(text)
        unknown = next((one for one in names if fold(one) not in ids), None)
        if unknown is not None:
            return Fault(f"{name}: {shown(unknown)} can't be a label")
        return frozenset(ids[fold(one)] for one in names)

    return Cells(read, name)


def label_names(text: str) -> list[str]:
    """The names in a cell, between commas, semicolons or bars."""
    return [named for part in re.split(r"[,;|]", text) if (named := " ".join(part.split()))]


def _key(key: str) -> str:
    return _json(key) + ":"


def _json(value: Json) -> str:
    return format(value, "f") if isinstance(value, Decimal) else orjson.dumps(value).decode()
