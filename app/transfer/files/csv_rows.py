"""A CSV file part by part: whole rows, which anybody can read again from the bytes of their part alone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path

from app.transfer.files.csv_faults import refused
from app.transfer.files.csv_text import LONGEST_LINE, Rows, Shape, Unreadable, read_rows, take_rows

__all__ = ["CsvFile", "Part", "Rows", "Unreadable", "read_part", "walk"]

Refuse = Callable[[int, str], None]

PART_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file in UTF-8 whose first row, `header`, names the columns, trimmed.

    The first row after it begins at the byte `start`, on the line `line`; `encoding` tells what the file came in.
    """

    path: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    start: int
    line: int

    @property
    def shape(self) -> Shape:
        """How its rows are read."""
        return Shape(self.delimiter, len(self.header))

    def rows(self, refuse: Refuse) -> Iterator[tuple[int, list[str]]]:
        """Each row's first line and its cells, as many as the header's; `refuse(line, reason)` gets the others."""
        for _, part in walk(self):
            for row in part.unreadable:
                refuse(row.line, row.reason)
            yield from zip(part.lines, part.rows, strict=True)


@dataclass(frozen=True, slots=True)
class Part:
    """Whole rows of a file: the bytes from `start` to before `end`, the first of them on the line `line`.

    Parts are numbered from 0, and the next begins where one ends.
    """

    number: int
    start: int
    end: int
    line: int


def walk(file: CsvFile) -> Iterator[tuple[Part, Rows]]:
    """The whole file in parts of about PART_BYTES; raises Refused where a line is too long to be text at all."""
    with file.path.open("rb") as raw:
        raw.seek(file.start)
        blocks = Blocks(raw)
        number, start, line, block = 0, file.start, file.line, b""
        while more := blocks.next(line + _count(block)):
            block += more
            rows, size, lines = take_rows(block, file.shape, line)
            if size:
                yield Part(number, start, start + size, line), rows
                number, start, line, block = number + 1, start + size, line + lines, block[size:]
        if block:
            yield Part(number, start, start + len(block), line), read_rows(block, file.shape, line)


def read_part(file: CsvFile, part: Part) -> Rows:
    """The rows that `walk` gave with the part, from its bytes alone."""
    with file.path.open("rb") as raw:
        raw.seek(part.start)
        return read_rows(raw.read(part.end - part.start), file.shape, part.line)


class Blocks:
    """A file's bytes from where it stands, in blocks of whole lines."""

    def __init__(self, raw: BufferedIOBase) -> None:
        self._raw = raw
        self._tail = b""

    def next(self, line: int) -> bytes:
        """About PART_BYTES, all that is left at the end, then nothing.

        Raises Refused where a line is longer than LONGEST_LINE; `line` is the number of the next one.
        """
        block, end = self._tail, 0
        while not end and len(block) <= LONGEST_LINE and (more := self._raw.read(PART_BYTES)):
            block += more
            end = _end_of_lines(block)
        if len(block) > LONGEST_LINE and not _end_of_lines(block[: LONGEST_LINE + 1]):
            raise refused(f"line {line:,} is longer than {LONGEST_LINE:,} bytes; is this a CSV file?")
        end = end or len(block)
        self._tail = block[end:]
        return block[:end]


def _end_of_lines(block: bytes) -> int:
    """The place after the last line that surely ends; a CR at the very end may be the half of a line end."""
    return max(block.rfind(b"\n"), block.rfind(b"\r", 0, -1)) + 1


def _count(lines: bytes) -> int:
    return lines.count(b"\n") + lines.count(b"\r") - lines.count(b"\r\n")


def open_csv(path: Path) -> CsvFile:
    """The file with its header read; raises Refused where it has none, OSError where it can't be read."""
    from app.transfer.files.csv_header import read_header

    if path.is_fifo():
        raise refused("a pipe can't be read twice, which is needed here; save it as a file first")
    return read_header(path)
