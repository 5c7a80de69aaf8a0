"""Cells that a spreadsheet would run as formulas: written with an apostrophe before them, and read without it."""

import re
from dataclasses import replace

from app.transfer.files.csv_text import Rows

# What `app.compile.cells` writes, too. Where a semicolon parts cells, a spreadsheet heeds the quotes around ours only
# in the first column: what follows a semicolon, a tab or a line end in the others is a cell of its own.
_PASSED_OVER = '[ "\u00a0\u200b\u3000\ufeff]*'
_RUNS = rf"(?='*{_PASSED_OVER}[-=+@\uff0b\uff0d\uff1d\uff20])"
_STARTS = r"(?='*[\t\r\n])"

_ARMED = re.compile(rf"(\A|[;\t\r\n]){_RUNS}|\A{_STARTS}")
_DISARMED = re.compile(rf"(\A|[;\t\r\n])'{_RUNS}|\A'{_STARTS}")
# Begins with the apostrophe itself, for which a block is searched many times faster than for any of a set.
_SOME_DISARMED = re.compile(rb"'(?<![^,;\t|\"\r\n]')")


def disarmed(cell: str) -> str:
    """The cell as a file has it: one apostrophe more wherever a formula could follow."""
    return _ARMED.sub(r"\1'", cell)


def rearmed(rows: Rows, block: bytes) -> Rows:
    """The rows of a block as they are meant: what `disarmed` has put into their cells is gone."""
    if not _SOME_DISARMED.search(block):
        return rows
    unreadable = [replace(row, cells=tuple(map(rearmed_cell, row.cells))) for row in rows.unreadable]
    return Rows(rows.lines, [[*map(rearmed_cell, row)] for row in rows.rows], unreadable)


def rearmed_cell(cell: str) -> str:
    """The cell as it is meant; `disarmed` is taken back."""
    return _DISARMED.sub(r"\1", cell) if "'" in cell else cell
