"""A part of a file as staged rows, read column by column; a process of its own may do it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain, compress
from zoneinfo import ZoneInfo

from app.filters.catalog import Field
from app.filters.vocabulary import Status
from app.transfer.columns.names import REASON
from app.transfer.columns.plan import Column, Plan, Role
from app.transfer.files.csv_rows import CsvFile, Part, Unreadable, read_part
from app.transfer.imports.cells import (
    Cells,
    email_cells,
    field_cells,
    label_cells,
    reason_cells,
    status_cells,
    text_cells,
    time_cells,
)
from app.transfer.imports.lines import Columns, Values, lines_of, opt_out

NAME = Column(Role.TEXT, "name", "Name")


@dataclass(frozen=True, slots=True)
class Reading:
    """How an import's file is read: its plan, the fields by key, the labels' ids by folded name."""

    import_id: int
    file: CsvFile
    plan: Plan
    fields: Mapping[str, Field]
    labels: Mapping[str, int]
    zone: str

    def __hash__(self) -> int:
        return hash(self.import_id)


@dataclass(frozen=True, slots=True)
class Staged:
    """A part's rows as COPY takes them, how many, and those that are left out."""

    text: bytes
    rows: int
    refused: list[Unreadable] = field(default_factory=list)


def stage_part(reading: Reading, part: Part) -> Staged:
    """Read a part of the file; of a refused row that says that a person must not be mailed, just this is staged."""
    found = read_part(reading.file, part)
    reader, rows = _reader(reading), _widened(reading, found.rows)
    lines, refused = reader.read(part.number, found.lines, rows) if rows else (iter(()), [])
    text = [*lines, *reader.opt_outs(part.number, found.unreadable)]
    return Staged("".join(text).encode(), len(text), [*found.unreadable, *refused])


def _widened(reading: Reading, rows: list[list[str]]) -> list[list[str]]:
    for expansion in reading.plan.expansions:
        rows = expansion.widen(rows)
    return rows


@lru_cache(maxsize=1)
def _reader(reading: Reading) -> "_Reader":
    return _Reader(reading)


class _Reader:
    """Reads rows by a plan; what it has learnt of a column's texts stays for the next part."""

    def __init__(self, reading: Reading) -> None:
        self.width, self.delimiter = len(reading.file.header), reading.file.delimiter
        self.file_status = Status(reading.plan.status) if reading.plan.status else None
        self.columns = [
            (place, column, _cells(column, reading))
            for place, whole in enumerate(reading.plan.columns)
            for column in _meanings(whole)
        ]
        named = [(column.name_part, place) for place, column, _ in self.columns if column.name_part]
        self.name_places = [place for _, place in sorted(named)]
        self.names = text_cells(NAME)

    def read(
        self, part: int, numbers: Sequence[int], rows: Sequence[Sequence[str]]
    ) -> tuple[Iterator[str], list[Unreadable]]:
        """The rows' lines, and the rows that are refused."""
        read = self._meant(rows)
        faults: dict[int, list[str]] = {}
        for _, cells, values in read:
            for place, reason in cells.faults(values):
                faults.setdefault(place, []).append(reason)
        columns: Columns = [(column, values) for column, _, values in read]
        if not faults:
            return lines_of(part, numbers, columns, self.file_status), []
        refused = [
            Unreadable(numbers[place], "; ".join(reasons), tuple(rows[place][: self.width]))
            for place, reasons in sorted(faults.items())
        ]
        opt_outs = (opt_out(part, numbers[place], place, columns, self.file_status) for place in faults)
        sound = [place not in faults for place in range(len(rows))]
        kept: Columns = [(column, [*compress(values, sound)]) for column, values in columns]
        lines = lines_of(part, [*compress(numbers, sound)], kept, self.file_status)
        return chain(filter(None, opt_outs), lines), refused

    def opt_outs(self, part: int, unreadable: Sequence[Unreadable]) -> Iterator[str]:
        """The lines of those rows that, as far as they can be read, say that a person must not be mailed."""
        across = list(zip(*(self._cut(row.cells) for row in unreadable), strict=True))
        columns: Columns = [
            (column, [*map(cells.__getitem__, across[place])])
            for place, column, cells in self.columns
            if column.role in (Role.EMAIL, Role.STATUS) and place < len(across)
        ]
        lines = (opt_out(part, row.line, at, columns, self.file_status) for at, row in enumerate(unreadable))
        return filter(None, lines)

    def _cut(self, cells: Sequence[str]) -> Sequence[str]:
        if len(cells) == 1:  # raw text
            cells = cells[0].split(self.delimiter)
        return [*cells[: self.width], *[""] * (self.width - len(cells))]

    def _meant(self, rows: Sequence[Sequence[str]]) -> list[tuple[Column, Cells, Values]]:
        """What the cells of each column mean; first and last names are a column more."""
        across = list(zip(*rows, strict=True))
        read: list[tuple[Column, Cells, Values]] = [
            (column, cells, [*map(cells.__getitem__, across[place])]) for place, column, cells in self.columns
        ]
        if self.name_places:
            parts = zip(*(across[place] for place in self.name_places), strict=True)
            whole = (" ".join(" ".join(each).split()) for each in parts)
            read.append((NAME, self.names, [*map(self.names.__getitem__, whole)]))
        return read


def _meanings(column: Column) -> list[Column]:
    """What a column is read as: nothing, one thing, or a field and whether its contact may be mailed."""
    if column.role is Role.NOTHING and column.key != REASON:
        return []
    if column.role is Role.FIELD and column.words:
        return [column, replace(column, role=Role.STATUS)]
    return [column]


def _cells(column: Column, reading: Reading) -> Cells:
    match column.role:
        case Role.EMAIL:
            return email_cells()
        case Role.TEXT:
            return text_cells(column)
        case Role.TIME:
            return time_cells(column, ZoneInfo(reading.zone))
        case Role.STATUS:
            return status_cells(column)
        case Role.LABELS:
            return label_cells(column, reading.labels)
        case Role.NOTHING:
            return reason_cells()
        case Role.FIELD:
            return field_cells(column, reading.fields[column.key], ZoneInfo(reading.zone))
