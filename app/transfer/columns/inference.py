"""What a file's columns hold, judged by all of their values."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from app.filters.vocabulary import FieldType
from app.transfer.files.csv_rows import CsvFile

BATCH = 5_000
MOST_NOTED = 1_000

# Identifiers and telephone numbers are texts: digits with leading zeros, with a plus sign, or too many of them.
MOST_DIGITS = 15

_KIND = re.compile(
    r"(?P<BOOLEAN>true|false|yes|no)"
    r"|(?P<DATE>\d{4}-\d{2}-\d{2})"
    r"|(?P<DATETIME>\d{4}-\d{2}-\d{2}[t ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?\s?(?:z|[+-]\d{2}(?::?\d{2})?)?)"
    r"|(?P<NUMBER>-?(?:0|[1-9]\d*)(?:\.\d+)?)",
    re.ASCII | re.IGNORECASE,
)
_ADDRESS = re.compile(r"\s*[^\s@]+@[^\s@]+\.[^\s@]+\s*")


@dataclass(slots=True)
class Seen:
    """What a column's values have been so far: `type` is None while there was none.

    Types go by form: a column of 2026-01-31 and 2026-02-31 holds dates, one of which doesn't exist.
    `addresses` counts the cells that look like e-mail addresses, `values` has the first few distinct ones.
    """

    type: FieldType | None = None
    filled: int = 0
    addresses: int = 0
    values: set[str] = field(default_factory=set)

    def see(self, cells: Sequence[str]) -> None:
        """Take in some more cells; blank ones don't count."""
        filled = [cell for cell in cells if cell and not cell.isspace()]
        self.filled += len(filled)
        self.addresses += sum(1 for cell in filled if "@" in cell and _ADDRESS.fullmatch(cell))
        distinct = set(filled)
        if len(self.values) <= MOST_NOTED:
            self.values |= distinct
        if self.type is FieldType.TEXT:
            return
        for cell in distinct:
            kind = type_of(cell)
            if self.type is None:
                self.type = kind
            elif self.type is not kind:
                self.type = FieldType.TEXT
                return


@dataclass(frozen=True, slots=True)
class Survey:
    """A file read once: its readable rows, and what each column holds, in the header's order."""

    rows: int
    columns: tuple[Seen, ...]


def survey(file: CsvFile) -> Survey:
    """Read the whole file; raises Refused where it can't be read."""
    columns = tuple(Seen() for _ in file.header)
    rows, reading = 0, file.rows(lambda _line, _reason: None)
    while batch := [cells for _, cells in islice(reading, BATCH)]:
        rows += len(batch)
        for column, cells in zip(columns, zip(*batch, strict=True), strict=True):
            column.see(cells)
    return Survey(rows, columns)


def type_of(cell: str) -> FieldType:
    """The type that a value's form suggests."""
    found = _KIND.fullmatch(cell.strip()) if len(cell) < 60 else None
    if found is None or (found.lastgroup == "NUMBER" and sum(map(str.isdigit, cell)) > MOST_DIGITS):
        return FieldType.TEXT
    return FieldType(found.lastgroup)
