"""What can be wrong with a file or with a row of it, in a sentence for whoever has to mend it."""

import csv
import re
from collections.abc import Sequence

from app.filters.problems import Code, Refused

ONCE_MENDED = " (once mended, empty pilah_reason)"

_NOT_CLOSED = "a quotation mark opens a cell that is never closed"
_STRAY_QUOTE = "a quotation mark stands in the middle of a quoted cell; write it twice"
_NUL = "it holds a NUL character"
_NOT_UTF_8 = "it is not text in UTF-8"
_OF_ROWS = re.compile(
    r"too (?:few|many) cells: \d+ instead of \d+"
    r"|a cell is longer than [\d,]+ characters; is a quotation mark not closed\?"
    rf"|{'|'.join(map(re.escape, (_NOT_CLOSED, _STRAY_QUOTE, _NUL, _NOT_UTF_8)))}"
)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def refused(message: str) -> Refused:
    """The file as a whole can't be read."""
    return Refused.because(Code.INVALID_TEXT, message, "file")


def fault_of_quotes(error: str) -> str:
    """Why a row can't be parted into cells, for what the parser says of it."""
    if "end of data" in error:
        return _NOT_CLOSED
    if "field larger" in error:
        return f"a cell is longer than {csv.field_size_limit():,} characters; is a quotation mark not closed?"
    return _STRAY_QUOTE


def fault_of_cells(cells: Sequence[str], width: int) -> str | None:
    """Why these are not `width` cells that can be kept, or None."""
    if len(cells) != width:
        fault = "few" if len(cells) < width else "many"
        return f"too {fault} cells: {len(cells)} instead of {width}"
    found = _UNSTORABLE.search("".join(cells))
    if found is None:
        return None
    return _NUL if found[0] == "\x00" else _NOT_UTF_8


def fault_of_row(reason: str) -> str | None:
    """What the reasons for a refusal say of the row as a whole, and how it is settled; None where of values alone."""
    found = _OF_ROWS.search(reason)
    return found[0] + ONCE_MENDED if found else None


def is_storable(text: bytes) -> bool:
    """Whether it is UTF-8 that PostgreSQL can hold, told at the speed of memory."""
    if b"\x00" in text:
        return False
    try:
        return text.isascii() or bool(text.decode())
    except UnicodeDecodeError:
        return False
