"""From a cell's text to what its row is staged as, each distinct text of a column read once.

What leaves here is text as COPY takes it. A field's value is a piece of a JSON object, which begins with a comma.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

import orjson

from app.filters.catalog import Field
from app.filters.folding import fold
from app.filters.problems import Code, InvalidValue, shown
from app.filters.values import LONGEST_VALUE, Json, iso_utc, read_moment, read_text, read_value
from app.filters.vocabulary import FieldType
from app.queries.contact_values import LONGEST_SYSTEM_TEXT
from app.queries.emails import fold_email, read_email
from app.queries.names import LONGEST_NAME
from app.transfer.columns import forms
from app.transfer.columns.labels import read_labels
from app.transfer.columns.plan import Column
from app.transfer.columns.statuses import read_status
from app.transfer.files.csv_faults import fault_of_row

MOST_KEPT = 8_000
LONGEST_KEPT = 200
NOTHING = "\\N"

Pair = tuple[str, str]
NO_VALUE: Pair = ("", "")

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a cell refuses its row."""

    reason: str


class Cells(dict[str, object]):
    """What each text of a column means.

    Emptied when it has grown long, since columns may be all distinct; a long text is read whenever it comes.
    """

    def __init__(self, read: Callable[[str], object], name: str = "") -> None:
        super().__init__()
        self._read = read
        self._prefix = f"{name}: " if name else ""
        self.has_faults = False

    def __missing__(self, text: str) -> object:
        try:
            value = self._read(text)
        except InvalidValue as invalid:
            value = Fault(self._prefix + invalid.message)
            self.has_faults = True
        if len(text) <= LONGEST_KEPT:
            if len(self) >= MOST_KEPT:
                self.clear()
            self[text] = value
        return value

    def faults(self, values: Iterable[object]) -> list[tuple[int, str]]:
        """The places and reasons of those values that are none."""
        if not self.has_faults:
            return []
        return [(place, value.reason) for place, value in enumerate(values) if value.__class__ is Fault]


def email_cells() -> Cells:
    """To the address as entered and as compared."""

    def read(text: str) -> Pair:
        address = read_email(text)
        return _escaped(address), _escaped(fold_email(address))

    return Cells(read)


def text_cells(column: Column) -> Cells:
    """To a system text and its piece of the compared values."""
    prefix = _key(column.key)

    def read(text: str) -> Pair:
        if not _is_plain(text) or len(text) > LONGEST_SYSTEM_TEXT:
            read_text(text, LONGEST_SYSTEM_TEXT)
        folded = _folded(text)
        return (_escaped(text), prefix + _json(folded)) if folded else (NOTHING, "")

    return Cells(read, column.name)


def time_cells(column: Column, zone: ZoneInfo) -> Cells:
    """To a moment of the contact's past."""

    def read(text: str) -> str:
        if not text.strip():
            return NOTHING
        return iso_utc(read_moment(forms.read(text, column.form, column.type), zone))

    return Cells(read, column.name)


def field_cells(column: Column, field: Field, zone: ZoneInfo) -> Cells:
    """To a field's pieces of the entered and of the compared values."""
    prefix = _key(field.key)

    def read(text: str) -> Pair:
        if not text.isascii():
            read_text(text)  # before anything folds it
        if column.form and text.strip():
            text = forms.read(text, column.form, field.type)
        value = read_value(text, field, zone)
        return NO_VALUE if value is None else (prefix + _json(value[0]), prefix + _json(value[1]))

    def read_plain(text: str) -> Pair:
        if not _is_plain(text) or len(text) > LONGEST_VALUE:
            return read(text)
        folded = _folded(text)
        return (f'{prefix}"{text}"', f'{prefix}"{folded}"') if folded else NO_VALUE

    return Cells(read_plain if field.type is FieldType.TEXT else read, field.name)


def status_cells(column: Column) -> Cells:
    """To a status, or None where the cell says nothing."""
    return Cells(lambda text: read_status(text, column.words), column.name)


def reason_cells() -> Cells:
    """To a fault of the row as a whole that was found when it was first refused, and is not mended."""

    def read(text: str) -> None:
        if fault := fault_of_row(text):
            raise InvalidValue(Code.INVALID_TEXT, fault)

    return Cells(read)


def label_cells(column: Column, ids: Mapping[str, int]) -> Cells:
    """To the ids of the labels, found by their folded names."""

    def read(text: str) -> frozenset[int] | Fault:
        names = read_labels(text)
        unknown = next((one for one in names if len(one) > LONGEST_NAME or fold(one) not in ids), None)
        if unknown is not None:
            cells.has_faults = True
            return Fault(f"{column.name}: {shown(unknown)} can't be a label")
        return frozenset(ids[fold(one)] for one in names)

    cells = Cells(read)
    return cells


def _is_plain(text: str) -> bool:
    """Whether neither JSON nor COPY write it in another way, nor NFKC: as nearly all texts are."""
    return text.isascii() and text.isprintable() and '"' not in text and "\\" not in text


def _escaped(text: str) -> str:
    return text if text.isprintable() and "\\" not in text else text.translate(_ESCAPES)


def _folded(text: str) -> str:
    # NFKC leaves ASCII as it is, and its case is folded by lowering it.
    return " ".join(text.lower().split()) if text.isascii() else fold(text)


def _key(key: str) -> str:
    return f",{_json(key)}:"


def _json(value: Json) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if value.__class__ is str and _is_plain(value):
        return f'"{value}"'
    return orjson.dumps(value).decode().replace("\\", "\\\\")
