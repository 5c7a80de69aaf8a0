"""A CSV file as rows, each with the line that it begins on; what can't be read is refused by its line."""

import csv
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from app.filters.problems import Code, Refused

Refuse = Callable[[int, str], None]

DELIMITERS = ",;\t"
LONGEST_LINE = 4_000_000
MOST_RETURNS = 100

_QUOTED = re.compile(r'"[^"]*"?')
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file in UTF-8 whose first row names the columns; `header` is trimmed."""

    path: Path
    delimiter: str
    header: tuple[str, ...]

    def rows(self, refuse: Refuse) -> Iterator[tuple[int, list[str]]]:
        """Each row's first line and its cells, as many as the header's; `refuse(line, reason)` gets the others.

        Blank rows are passed over. Raises Refused where a line is too long to be text at all.
        """
        with _open(self.path) as file:
            lines = _Lines(file)
            read = iter(_read(lines, self.delimiter, refuse))
            next(read)
            for line, cells in read:
                text = "".join(cells)
                if not text or text.isspace():
                    continue
                if reason := self._fault(cells, text):
                    refuse(line, reason)
                else:
                    yield line, cells

    def _fault(self, cells: list[str], text: str) -> str | None:
        if len(cells) != len(self.header):
            fault = "few" if len(cells) < len(self.header) else "many"
            return f"too {fault} cells: {len(cells)} instead of {len(self.header)}"
        found = _UNSTORABLE.search(text)
        if found is None:
            return None
        return "it holds a NUL character" if found[0] == "\x00" else "it is not text in UTF-8"


def open_csv(path: Path) -> CsvFile:
    """The file with its header read; raises Refused where it has none, OSError where it can't be read."""
    if path.is_fifo():
        raise _refused("a pipe can't be read twice, which is needed here; save it as a file first")
    with path.open("rb") as raw:
        start = raw.read(4)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refused("this file is UTF-16; save it as CSV in UTF-8")
    with _open(path) as file:
        first = next(iter(_Lines(file)), "")
    outside = _QUOTED.sub("", first)
    delimiter = max(DELIMITERS, key=outside.count)
    with _open(path) as file:
        _, cells = next(_read(_Lines(file), delimiter, _refuse_header), (1, []))
    header = tuple(" ".join(cell.split()) for cell in cells)
    if not any(header):
        raise _refused("the first line must name the columns, and it is empty")
    if _UNSTORABLE.search("".join(header)):
        raise _refused("the first line is not text in UTF-8; save the file as CSV in UTF-8")
    return CsvFile(path, delimiter, header)


class _Lines:
    """The physical lines of a file, counted; those of the row being read can be gone back to."""

    def __init__(self, file: TextIO) -> None:
        self.number = 0
        self.held: list[str] = []
        self._returned: deque[str] = deque()
        self._readline = file.readline
        self._returns = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else self._readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) == LONGEST_LINE:
            raise _refused(f"line {self.number:,} is longer than {LONGEST_LINE:,} characters; is this a CSV file?")
        self.held.append(line)
        return line

    def go_back(self) -> None:
        """To the second line of the row: a quote that is never closed takes only its own line with it."""
        again = self.held[1:]
        # Else a file made for it would have each line read many times over.
        if again and self._returns < MOST_RETURNS:
            self._returns += 1
            self._returned.extendleft(reversed(again))
            self.number -= len(again)


def _read(lines: _Lines, delimiter: str, refuse: Refuse) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = lines.number + 1
        lines.held.clear()
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            refuse(line, _explained(error))
            lines.go_back()


def _explained(error: csv.Error) -> str:
    text = str(error)
    if "end of data" in text:
        return "a quotation mark opens a cell that is never closed"
    if "field larger" in text:
        return f"a cell is longer than {csv.field_size_limit():,} characters; is a quotation mark not closed?"
    return "a quotation mark stands in the middle of a quoted cell; write it twice"


def _refuse_header(_line: int, reason: str) -> None:
    raise _refused(f"the first line can't be read: {reason}")


def _open(path: Path) -> TextIO:
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")


def _refused(message: str) -> Refused:
    return Refused.because(Code.INVALID_TEXT, message, "file")
