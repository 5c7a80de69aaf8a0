"""Where the rows of a CSV file begin, what parts their cells, and what the columns are called."""

import csv
import re
from io import BufferedReader, StringIO
from itertools import islice
from pathlib import Path

from app.filters.problems import Code, InvalidValue, Refused
from app.filters.values import read_text
from app.transfer.files.csv_faults import fault_of_quotes, is_storable, refused
from app.transfer.files.csv_rows import Blocks, CsvFile
from app.transfer.files.formulas import rearmed_cell

DELIMITERS = ",;\t|"
MOST_COLUMNS = 1_000
LONGEST_COLUMN_NAME = 1_000
MOST_JUDGED = 100
SAMPLE = 100_000
LONGEST_ADDRESS = 254

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# Excel writes and obeys such a line.
_TOLD = re.compile(rb'"?sep=([,;\t|])"?(?:\r\n|\r|\n)', re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s@]+@[^\s@.]+(?:\.[^\s@.]+)+")
_QUOTED = re.compile(r'(?<![^,;\t|\r\n])"[^"]*+(?:""[^"]*+)*+"')


def read_header(path: Path, encoding: str = "UTF-8", delimiter: str | None = None) -> CsvFile:
    """The CSV file at `path`, which is in UTF-8 and came in `encoding`; its delimiter is judged where none is given.

    Raises Refused where there is no header, OSError where the file can't be read.
    """
    with path.open("rb") as raw:
        start, line, told = _preamble(raw)
        raw.seek(start)
        text = Blocks(raw).next(line).decode(errors="surrogateescape")
    if delimiter is not None:
        check_delimiter(delimiter)
    parted_by = delimiter or told or judged_delimiter(text[:SAMPLE])
    header, content, lines = _first_row(text, parted_by)
    return CsvFile(path, encoding, parted_by, header, start + len(content.encode()), line + lines)


def check_delimiter(delimiter: str) -> None:
    """Raises Refused for anything but one of DELIMITERS."""
    if delimiter not in tuple(DELIMITERS):
        message = "cells are parted by a comma, a semicolon, a tab or a bar"
        raise Refused.because(Code.INVALID_TEXT, message, "delimiter")


def judged_delimiter(sample: str) -> str:
    """The sign that parts most rows into as many cells as the first; a comma where there is none."""
    lines = re.split("[\r\n]+", _QUOTED.sub("", sample))[:MOST_JUDGED]
    rows = [line for line in lines if line.strip()]

    def merit(delimiter: str) -> tuple[float, int]:
        counts = [row.count(delimiter) for row in rows]
        agreeing = counts.count(counts[0]) / len(counts)
        # In prose a blank follows.
        return counts[0] * agreeing**2, -sum(row.count(delimiter + " ") for row in rows)

    return max(DELIMITERS, key=merit) if rows else DELIMITERS[0]


def too_many_columns() -> Refused:
    """A file that is wider than any table of contacts."""
    return Refused.because(Code.TOO_MANY_VALUES, f"this file has more than {MOST_COLUMNS:,} columns", "file")


def _preamble(raw: BufferedReader) -> tuple[int, int, str | None]:
    """The byte and the line where the header begins, and the delimiter if the file tells it."""
    start = len(_BYTE_ORDER_MARK) if raw.peek(3).startswith(_BYTE_ORDER_MARK) else 0
    raw.seek(start)
    told = _TOLD.match(raw.read(20))
    return (start + told.end(), 2, told[1].decode()) if told else (start, 1, None)


def _first_row(text: str, delimiter: str) -> tuple[tuple[str, ...], str, int]:
    """Its cells, trimmed, its text, and how many lines that is."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        header = tuple(" ".join(rearmed_cell(cell).split()) for cell in next(reader, []))
    except csv.Error as error:
        raise refused(f"the first line can't be read: {fault_of_quotes(str(error))}") from None
    if len(header) > MOST_COLUMNS:
        raise too_many_columns()
    if not any(header):
        raise refused("the first line must name the columns, and it is empty")
    if not is_storable("".join(header).encode(errors="surrogateescape")):
        raise refused("the first line is not text in UTF-8; save the file as CSV in UTF-8")
    if any(_ADDRESS.fullmatch(name) for name in header if len(name) <= LONGEST_ADDRESS):
        raise refused("the first line must name the columns, and it has an e-mail address; put their names before it")
    for place, name in enumerate(header, start=1):
        _refuse_unreadable(name, place)
    return header, "".join(islice(StringIO(text, newline=""), reader.line_num)), reader.line_num


def _refuse_unreadable(name: str, place: int) -> None:
    try:
        read_text(name, LONGEST_COLUMN_NAME)
    except InvalidValue as invalid:
        message = (
            f"the name of column {place} can't be used: {invalid.message}; does the first line name the columns?"
        )
        raise refused(message) from None
