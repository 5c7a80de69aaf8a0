"""Pages of the rows that an import left out."""

from app.compile.clause import Bound, Clause
from app.queries.keyset import Order, Page, Window, fetch_page
from app.queries.statements import select
from app.tables.file_import import RefusedRow

BY_LINE = Order("refused_row.line")

MOST_CELLS = 500
LONGEST_CELL = 1_000

# A row may have millions of characters; the file of refused rows has them all.
COLUMNS = (
    *("refused_row.line AS id", "reason"),
    f"ARRAY(SELECT left(cell, {LONGEST_CELL}) FROM unnest(cells[:{MOST_CELLS}]) "
    "WITH ORDINALITY AS each (cell, place) ORDER BY place) AS cells",
)


async def refused_page(workspace_id: int, import_id: int, window: Window) -> Page:
    """A page of refused rows: `id` is a row's line, which no other has."""
    rows = select(RefusedRow, COLUMNS, workspace_id)
    return await fetch_page(rows.where(Clause("import_id = ", Bound(import_id, "bigint"))), BY_LINE, window)
