"""What can be wrong with a file or with a row of it, in a sentence for whoever has to mend it."""

import csv
import re
from collections.abc import Sequence

from app.filters.problems import Code, Refused

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def refused(message: str) -> Refused:
    """The file as a whole can't be read."""
    return Refused.because(Code.INVALID_TEXT, message, "file")


def fault_of_quotes(error: str) -> str:
    """Why a row can't be parted into cells, for what the parser says of it."""
    if "end of data" in error:
        return "a quotation mark opens a cell that is never closed"
    if "field larger" in error:
        return f"a cell is longer than {csv.field_size_limit():,} characters; is a quotation mark not closed?"
    return "a quotation mark stands in the middle of a quoted cell; write it twice"


def fault_of_cells(cells: Sequence[str], width: int) -> str | None:
    """Why these are not `width` cells that can be kept, or None."""
    if len(cells) != width:
        fault = "few" if len(cells) < width else "many"
        return f"too {fault} cells: {len(cells)} instead of {width}"
    found = _UNSTORABLE.search("".join(cells))
    if found is None:
        return None
    return "it holds a NUL character" if found[0] == "\x00" else "it is not text in UTF-8"


def is_storable(text: bytes) -> bool:
    """Whether it is UTF-8 that PostgreSQL can hold, told at the speed of memory."""
    if b"\x00" in text:
        return False
    try:
        return text.isascii() or bool(text.decode())
    except UnicodeDecodeError:
        return False
