"""Refused rows as a file that is mended and imported again."""

import csv
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from io import StringIO

from app.queries.imports.ledger import ImportRow
from app.queries.imports.refusals import mendable_rows
from app.transfer.files.csv_faults import ONCE_MENDED, fault_of_row
from app.transfer.files.formulas import disarmed

NOTES = ("pilah_line", "pilah_reason")
PIECE_CHARACTERS = 100_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """The columns of an import's file, and what parted its cells."""

    header: Sequence[str]
    delimiter: str

    @property
    def own(self) -> list[str]:
        """The columns without those that an earlier file of refused rows had added."""
        return [name for name in self.header if name not in NOTES]

    def own_cells(self, cells: Sequence[str]) -> list[str]:
        """A row's cells, one for each of these columns: what is too much joins the last, what lacks is empty."""
        if len(cells) > len(self.header):
            # Nobody can tell where the cell too much came in, but our own stand at the end.
            added = len(self.header) - len(self.own)
            kept = list(cells[: len(cells) - added])
        else:
            kept = [cell for name, cell in zip(self.header, cells, strict=False) if name not in NOTES]
        last = len(self.own) - 1
        whole = [*kept[:last], self.delimiter.join(kept[last:])]
        return [*whole, *[""] * (len(self.own) - len(whole))]


async def mendable_csv(workspace_id: int, row: ImportRow) -> AsyncIterator[str]:
    """The text of the file, piece after piece: the import's own columns, and where and why a row was refused."""
    sheet = Sheet(row.plan["file"]["header"], row.plan["file"]["delimiter"]) if row.plan else Sheet((), ",")
    written = StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerow([*map(disarmed, sheet.own), *NOTES])
    async for refused in mendable_rows(workspace_id, row.id):
        cells = sheet.own_cells(refused["cells"] or [])
        writer.writerow([*map(disarmed, cells), refused["line"], disarmed(_told(refused["reason"]))])
        if written.tell() > PIECE_CHARACTERS:
            yield written.getvalue()
            written.seek(0)
            written.truncate()
    yield written.getvalue()


def _told(reason: str) -> str:
    return reason + ONCE_MENDED if fault_of_row(reason) and ONCE_MENDED not in reason else reason
