"""Whatever came, made a CSV file in UTF-8: used as it is where it is one, else copied once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from app.transfer.files.csv_faults import refused
from app.transfer.files.csv_header import read_header
from app.transfer.files.csv_rows import CsvFile
from app.transfer.files.csv_text import LONGEST_LINE
from app.transfer.files.drafts import write_whole
from app.transfer.files.formats.encodings import UTF_8, in_utf8, judged_encoding, known_encoding
from app.transfer.files.formats.gzipped import is_packed, unpacked
from app.transfer.files.formats.ndjson import ndjson_rows
from app.transfer.files.formats.parquet import parquet_rows
from app.transfer.files.formats.recognition import check_readable, is_parquet, starts_object
from app.transfer.files.formats.tabular import csv_chunks

MOST_CONVERTED = 20_000_000_000
# Beyond this size a file of real people doesn't unpack to so many times its bytes.
LEAST_JUDGED, MOST_TIMES = 1_000_000_000, 200
PARQUET = "Parquet"
START_BYTES = 100_000


def prepare(
    stored: Path,
    room: Path,
    encoding: str | None = None,
    delimiter: str | None = None,
    most_converted: int = MOST_CONVERTED,
) -> CsvFile:
    """The stored file as CSV in UTF-8; where it must be converted, at `room`, which is whole where it exists already.

    Takes CSV and JSON objects, one a line, in any known encoding, packed by gzip or not, and Parquet. The encoding of
    an earlier answer may be given again, which saves reading the whole file to judge it.
    Raises Refused where no rows can be read, where more than `most_converted` bytes or far more than went in would
    come out, where the disk is full; OSError where a file can't be opened.
    """
    if stored.is_fifo():
        raise refused("a pipe can't be read twice, which is needed here; save it as a file first")
    most_converted = most_unpacked(stored.stat().st_size, most_converted)
    start = _first(unpacked(stored, most_converted))
    if is_parquet(start):
        if is_packed(stored):
            raise refused("this is a Parquet file packed by gzip; unpack it")
        return _converted(parquet_rows(stored), room, PARQUET, most_converted)
    check_readable(start)

    def lines() -> Iterator[bytes]:
        return _with_line_ends(unpacked(stored, most_converted))

    told = known_encoding(encoding, start) if encoding else judged_encoding(start, lines())

    def text() -> Iterator[bytes]:
        return in_utf8(lines(), told)

    if starts_object(_first(text()).decode(errors="replace")):
        return _converted(ndjson_rows(text), room, told, most_converted)
    if told == UTF_8 and not is_packed(stored):
        return read_header(stored, told, delimiter)
    if not room.exists():
        write_whole(room, text(), most_converted)
    return read_header(room, told, delimiter)


def most_unpacked(size: int, most: int) -> int:
    """How many bytes may come out of a stored file of `size` bytes, at most `most`."""
    return min(most, max(LEAST_JUDGED, MOST_TIMES * size))


def _first(chunks: Iterable[bytes]) -> bytes:
    return next(iter(chunks), b"")[:START_BYTES]


def _with_line_ends(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks; raises Refused as soon as a line is too long, however much may follow."""
    since = 0
    for chunk in chunks:
        end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        since = since + len(chunk) if end < 0 else len(chunk) - end
        if since > LONGEST_LINE:
            raise refused(f"a line is longer than {LONGEST_LINE:,} bytes; is this a CSV file?")
        yield chunk


def _converted(rows: Iterable[Sequence[str]], room: Path, told: str, most: int) -> CsvFile:
    """Lines are counted as the stored file has them, without a header."""
    if not room.exists():
        write_whole(room, csv_chunks(rows), most)
    return replace(read_header(room, told, ","), line=1)
