"""Refused rows as a file that is mended and imported again."""

import csv
from collections.abc import AsyncIterator
from io import StringIO

from app.queries.imports.ledger import ImportRow
from app.queries.imports.refusals import mendable_rows
from app.transfer.files.formulas import disarmed

NOTES = ("pilah_line", "pilah_reason")
PIECE_CHARACTERS = 100_000


async def mendable_csv(workspace_id: int, row: ImportRow) -> AsyncIterator[str]:
    """The text of the file, piece after piece: the import's own columns, and where and why a row was refused."""
    header = row.plan["file"]["header"] if row.plan else []
    written = StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerow([*map(disarmed, header), *NOTES])
    async for refused in mendable_rows(workspace_id, row.id):
        cells = list(refused["cells"] or [])
        filled = [*map(disarmed, cells), *[""] * (len(header) - len(cells))]
        writer.writerow([*filled, refused["line"], disarmed(refused["reason"])])
        if written.tell() > PIECE_CHARACTERS:
            yield written.getvalue()
            written.seek(0)
            written.truncate()
    yield written.getvalue()
