"""A part of a file as staged rows, put together column by column; a process of its own may do it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import compress, repeat
from typing import Any
from zoneinfo import ZoneInfo

from app.filters.catalog import Field
from app.filters.vocabulary import Status
from app.transfer.columns.plan import Column, Plan, Role
from app.transfer.columns.statuses import strictest
from app.transfer.files.csv_rows import CsvFile, Part, read_part
from app.transfer.imports.cells import (
    NOTHING,
    Cells,
    Fault,
    email_cells,
    field_cells,
    label_cells,
    status_cells,
    text_cells,
    time_cells,
)

OPTED_OUT = frozenset({Status.UNSUBSCRIBED, Status.HARD_BOUNCE})
SYSTEM_TEXTS = ("name", "source", "external_id")
TIMES = ("created_at", "subscribed_at")

Values = Sequence[Any]
Columns = list[tuple[Column, Values]]


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
class RefusedCells:
    """A row that is left out: its line, why, and its cells."""

    line: int
    reason: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Staged:
    """A part's rows as COPY takes them, in the order of app.queries.imports.staging.COLUMNS, and the refused ones."""

    text: bytes
    rows: int
    refused: list[RefusedCells] = field(default_factory=list)


def stage_part(reading: Reading, part: Part) -> Staged:
    """Read a part of the file; of a refused row that says that a person must not be mailed, just this is staged."""
    found = read_part(reading.file, part)
    refused = [RefusedCells(row.line, row.reason, row.cells) for row in found.unreadable]
    rows = found.rows
    for expansion in reading.plan.expansions:
        rows = expansion.widen(rows)
    lines = _reader(reading).staged(part.number, found.lines, rows, refused)
    text = [*lines]
    return Staged("".join(text).encode(), len(text), refused)


@lru_cache(maxsize=1)
def _reader(reading: Reading) -> "_Reader":
    return _Reader(reading)


class _Reader:
    """Reads rows by a plan; what it has learnt of a column's texts stays for the next part."""

    def __init__(self, reading: Reading) -> None:
        self.plan = reading.plan
        self.width = len(reading.file.header)
        self.zone = ZoneInfo(reading.zone)
        used = [(at, column) for at, column in enumerate(reading.plan.columns) if column.role is not Role.NOTHING]
        self.cells = [(at, column, self._cells(column, reading)) for at, column in used]
        self.name = Column(Role.TEXT, "name", "Name")
        self.names = text_cells(self.name)
        parts = sorted((column.name_part, at) for at, column in used if column.name_part)
        self.name_parts = [] if self._has("name") else [at for _, at in parts]

    def _has(self, key: str) -> bool:
        return any(column.role is Role.TEXT and column.key == key for _, column, _ in self.cells)

    def _cells(self, column: Column, reading: Reading) -> Cells:
        match column.role:
            case Role.EMAIL:
                return email_cells()
            case Role.TEXT:
                return text_cells(column)
            case Role.TIME:
                return time_cells(column, self.zone)
            case Role.STATUS:
                return status_cells(column)
            case Role.LABELS:
                return label_cells(column, reading.labels)
            case _:
                return field_cells(column, reading.fields[column.key], self.zone)

    def staged(
        self, number: int, lines: list[int], rows: list[list[str]], refused: list[RefusedCells]
    ) -> Iterator[str]:
        """The rows' texts; those of `rows` that are refused are put behind `refused`."""
        if not rows:
            return iter(())
        across = list(zip(*rows, strict=True))
        read: list[tuple[Column, Cells, Values]] = [
            (column, cells, [*map(cells.__getitem__, across[at])]) for at, column, cells in self.cells
        ]
        if names := [across[at] for at in self.name_parts]:
            whole = [" ".join(" ".join(parts).split()) for parts in zip(*names, strict=True)]
            read.append((self.name, self.names, [*map(self.names.__getitem__, whole)]))
        faults: dict[int, list[str]] = {}
        for _, cells, values in read:
            for place, reason in cells.faults(values):
                faults.setdefault(place, []).append(reason)
        columns: Columns = [(column, values) for column, _, values in read]
        if not faults:
            return self._assembled(number, lines, columns)
        opt_outs = [text for place in sorted(faults) if (text := self._opt_out(number, lines[place], place, columns))]
        refused.extend(
            RefusedCells(lines[place], "; ".join(faults[place]), tuple(rows[place][: self.width]))
            for place in sorted(faults)
        )
        sound = [place not in faults for place in range(len(rows))]
        kept: Columns = [(column, [*compress(values, sound)]) for column, values in columns]
        return iter([*opt_outs, *self._assembled(number, [*compress(lines, sound)], kept)])

    def _assembled(self, number: int, lines: list[int], columns: Columns) -> Iterator[str]:
        if not lines:
            return iter(())
        emails = _of(columns, Role.EMAIL)[0]
        texts = [self._text(columns, key, len(lines)) for key in SYSTEM_TEXTS]
        fields = [list(zip(*values, strict=True)) for values in _of(columns, Role.FIELD)]
        entered = map("".join, zip(*(pair[0] for pair in fields), strict=True)) if fields else repeat("")
        folded = map("".join, zip(*(pair[1] for pair in fields), *(text[1] for text in texts), strict=True))
        return map(
            _line,
            repeat(number),
            lines,
            emails,
            zip(*(text[0] for text in texts), strict=True),
            self._statuses(columns, len(lines)),
            _labels(_of(columns, Role.LABELS)),
            entered,
            folded,
            zip(*(self._time(columns, key, len(lines)) for key in TIMES), strict=True),
        )

    def _text(self, columns: Columns, key: str, rows: int) -> tuple[Values, Values]:
        found = next((values for column, values in columns if column.role is Role.TEXT and column.key == key), None)
        if found is None:
            return [NOTHING] * rows, [""] * rows
        texts, pieces = zip(*found, strict=True)
        return texts, pieces

    def _time(self, columns: Columns, key: str, rows: int) -> Values:
        times = (values for column, values in columns if column.role is Role.TIME and column.key == key)
        return next(times, [NOTHING] * rows)

    def _statuses(self, columns: Columns, rows: int) -> Iterator[str]:
        stated = _of(columns, Role.STATUS)
        if self.plan.status:
            stated.append([Status(self.plan.status)] * rows)
        if not stated:
            return repeat(NOTHING)
        if len(stated) == 1:
            return (NOTHING if status is None else status.value for status in stated[0])
        return (NOTHING if (one := strictest(each)) is None else one.value for each in zip(*stated, strict=True))

    def _opt_out(self, number: int, line: int, place: int, columns: Columns) -> str | None:
        """The address and the status alone, where both can be read and the status refuses mail."""
        row = [(column, values[place]) for column, values in columns if values[place].__class__ is not Fault]
        emails = [value for column, value in row if column.role is Role.EMAIL]
        stated = [value for column, value in row if column.role is Role.STATUS]
        status = strictest([*stated, Status(self.plan.status) if self.plan.status else None])
        if not emails or status not in OPTED_OUT or status is None:
            return None
        return _line(number, line, emails[0], (NOTHING,) * 3, status.value, "{}", "", "", (NOTHING,) * 2, "t")


def _of(columns: Columns, role: Role) -> list[Values]:
    return [values for column, values in columns if column.role is role]


def _labels(columns: list[Values]) -> Iterator[str]:
    if not columns:
        return repeat("{}")
    if len(columns) == 1:
        return map(_array, columns[0])
    return (_array(frozenset().union(*sets)) for sets in zip(*columns, strict=True))


@lru_cache(maxsize=10_000)
def _array(ids: frozenset[int]) -> str:
    return "{" + ",".join(map(str, sorted(ids))) + "}"


def _line(
    number: int,
    line: int,
    email: tuple[str, str],
    texts: tuple[str, ...],
    status: str,
    labels: str,
    entered: str,
    folded: str,
    times: tuple[str, ...],
    refused: str = "f",
) -> str:
    return (
        f"{number}\t{line}\t{email[0]}\t{email[1]}\t{texts[0]}\t{texts[1]}\t{texts[2]}\t{status}\t{labels}"
        f"\t{{{entered[1:]}}}\t{{{folded[1:]}}}\t{times[0]}\t{times[1]}\t{refused}\n"
    )
