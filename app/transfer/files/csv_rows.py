"""A CSV file part by part: whole rows, which anybody can read again from the bytes of their part alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path

from app.transfer.files.csv_faults import refused
from app.transfer.files.csv_text import LONGEST_LINE, Rows, Shape, Unreadable, read_rows, take_rows
from app.transfer.files.formulas import rearmed

__all__ = ["CsvFile", "Part", "Rows", "Unreadable", "read_part", "walk"]

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
                yield Part(number, start, start + size, line), rearmed(rows, block)
                number, start, line, block = number + 1, start + size, line + lines, block[size:]
        if block:
            yield Part(number, start, start + len(block), line), rearmed(read_rows(block, file.shape, line), block)


def read_part(file: CsvFile, part: Part) -> Rows:
    """The rows that `walk` gave with the part, from its bytes alone."""
    with file.path.open("rb") as raw:
        raw.seek(part.start)
        block = raw.read(part.end - part.start)
    return rearmed(read_rows(block, file.shape, part.line), block)


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
