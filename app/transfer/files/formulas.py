"""Cells that a spreadsheet would run as formulas: written with an apostrophe before them, and read without it."""

import re
from dataclasses import replace

from app.transfer.files.csv_text import Rows

_ARMED = re.compile(r"'*[=+\-@\t\r\n]")
_DISARMED = re.compile(r"'+[=+\-@\t\r\n]")
_SOME_DISARMED = re.compile(rb"'[=+\-@\t\r\n]")


def disarmed(cell: str) -> str:
    """The cell as a file has it: one apostrophe more where a formula could follow."""
    return f"'{cell}" if _ARMED.match(cell) else cell


def rearmed(rows: Rows, block: bytes) -> Rows:
    """The rows of a block as they are meant: what `disarmed` has put before their cells is gone."""
    if not _SOME_DISARMED.search(block):
        return rows
    unreadable = [replace(row, cells=tuple(map(_rearmed, row.cells))) for row in rows.unreadable]
    return Rows(rows.lines, [[*map(_rearmed, row)] for row in rows.rows], unreadable)


def _rearmed(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and _DISARMED.match(cell) else cell
