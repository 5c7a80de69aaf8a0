"""CSV text as rows: read at once where it is clean, line by line where it isn't."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from io import BytesIO, TextIOWrapper
from operator import attrgetter, itemgetter

from app.transfer.files.csv_faults import fault_of_cells, fault_of_quotes, is_storable

LONGEST_LINE = 4_000_000
MOST_REREAD = 4


@dataclass(frozen=True, slots=True)
class Shape:
    """What parts the cells, and how many a row has."""

    delimiter: str
    width: int


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A row that is refused: its first line and its cells, or its raw text where they can't be told apart.

    A byte that is not UTF-8 stands in the cells as a lone surrogate, from which `surrogateescape` makes it again.
    """

    line: int
    reason: str
    cells: tuple[str, ...]


@dataclass(slots=True)
class Rows:
    """The rows that can be read, the line that each begins on, and the others; blank ones are passed over."""

    lines: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)


def read_rows(block: bytes, shape: Shape, line: int) -> Rows:
    """All rows of some lines in UTF-8, the first of which is number `line`; a cell must be closed at their end."""
    rows, _, error = _at_once(block, shape, line)
    return rows if error is None else _line_by_line(_lines(block), shape, line, is_whole=True)[0]


def take_rows(block: bytes, shape: Shape, line: int) -> tuple[Rows, int, int]:
    """The rows before one that may go on after the end, just as `read_rows` reads them alone; their bytes and lines.

    A row that would go on for more than LONGEST_LINE characters is refused.
    """
    rows, taken, error = _at_once(block, shape, line)
    if error is None:
        return rows, len(block), taken
    lines = _lines(block)
    if not _may_go_on(error, lines[taken:]):
        rows, taken = _line_by_line(lines, shape, line, is_whole=False)
        if taken < len(lines):
            # Lines beyond the cut may have decided what is wrong with a row before it.
            rows = read_rows(_encoded(lines[:taken]), shape, line)
    return rows, len(block) - len(_encoded(lines[taken:])), taken


class _Cursor:
    """Lines one after another; `at` is the place of the next and may be set back."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.at = 0

    def __iter__(self) -> "_Cursor":
        return self

    def __next__(self) -> str:
        if self.at == len(self.lines):
            raise StopIteration
        self.at += 1
        return self.lines[self.at - 1]


def _at_once(block: bytes, shape: Shape, line: int) -> tuple[Rows, int, str | None]:
    """The rows up to the first error, the number of lines that they take, and the error."""
    reader = csv.reader(_opened(block), delimiter=shape.delimiter, strict=True)
    lines, found, error = [line], [], None
    try:
        for cells in reader:
            found.append(cells)
            lines.append(line + reader.line_num)
    except csv.Error as met:
        # Its traceback would hold all this in memory.
        error = str(met)
    taken = lines.pop() - line
    return _sorted_out(lines, found, shape.width, is_clean=is_storable(block)), taken, error


def _line_by_line(lines: Sequence[str], shape: Shape, line: int, *, is_whole: bool) -> tuple[Rows, int]:
    """The rows and how many lines they take: all, unless a row may go on after the end of what is not the whole."""
    cursor = _Cursor(lines)
    reader = csv.reader(cursor, delimiter=shape.delimiter, strict=True)
    found: list[tuple[int, list[str]]] = []
    refused: list[Unreadable] = []
    # Else a file made for it would have each line read many times over.
    rereading = MOST_REREAD * _size(lines)
    while (at := cursor.at) < len(lines):
        try:
            found.append((line + at, next(reader)))
        except csv.Error as met:
            error, held = str(met), lines[at : cursor.at]
            if not is_whole and _may_go_on(error, held):
                break
            rereading -= _size(held[1:])
            if rereading >= 0:
                # A quote that is never closed takes only its own line with it.
                cursor.at, held = at + 1, held[:1]
            refused.append(Unreadable(line + at, fault_of_quotes(error), ("".join(held).rstrip("\r\n"),)))
    is_clean = is_storable(_encoded(lines))
    rows = _sorted_out([at for at, _ in found], [cells for _, cells in found], shape.width, is_clean=is_clean)
    rows.unreadable = sorted(rows.unreadable + refused, key=attrgetter("line"))
    return rows, at


def _sorted_out(lines: list[int], found: list[list[str]], width: int, *, is_clean: bool) -> Rows:
    if is_clean and set(map(len, found)) == {width} and all(map(str.strip, map(itemgetter(0), found))):
        return Rows(lines, found)
    rows = Rows()
    for line, cells in zip(lines, found, strict=True):
        if not any(map(str.strip, cells)):
            continue
        reason = None if is_clean and len(cells) == width else fault_of_cells(cells, width)
        if reason is None:
            rows.lines.append(line)
            rows.rows.append(cells)
        else:
            rows.unreadable.append(Unreadable(line, reason, tuple(cells)))
    return rows


def _may_go_on(error: str, lines: Sequence[str]) -> bool:
    return "end of data" in error and _size(lines) <= LONGEST_LINE


def _opened(block: bytes) -> TextIOWrapper:
    return TextIOWrapper(BytesIO(block), encoding="utf-8", errors="surrogateescape", newline="")


def _lines(block: bytes) -> list[str]:
    return _opened(block).readlines()


def _encoded(lines: Sequence[str]) -> bytes:
    return "".join(lines).encode(errors="surrogateescape")


def _size(lines: Iterable[str]) -> int:
    return sum(map(len, lines))
