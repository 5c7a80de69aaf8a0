"""An export as bytes, from a snapshot to wherever they are wanted, in constant memory."""

import csv
import io
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from app.filters.vocabulary import FieldType
from app.queries.connections import Connection
from app.queries.exports.copying import PARTING, OpenSheet, Write, opened_sheet
from app.transfer.exports.options import Format, Formulas
from app.transfer.exports.parquet import Program, column_types, running
from app.transfer.exports.pieces import gathered, gzipped
from app.transfer.exports.sheets import Export, sheet_of
from app.transfer.files.formulas import disarmed

_PARTING = PARTING.encode()
_OTHER_PARTINGS = frozenset(";\t|")


@dataclass(frozen=True, slots=True)
class OpenExport:
    """An export in its snapshot, and what makes Parquet of it, where it is to be that."""

    export: Export
    sheet: OpenSheet
    program: Program | None

    @property
    def rows(self) -> int:
        """How many contacts it has."""
        return self.sheet.rows

    async def write(self, write: Write) -> None:
        """Give all its bytes to `write`, in pieces and no faster than it takes them.

        What `write` raises ends it. Whatever is raised, what was written is not the whole, and to be thrown away.
        """
        async with (gzipped if self.export.options.is_packed else gathered)(write) as piece:
            if self.program is not None:
                await self._write_parquet(self.program, piece)
            elif self.export.options.format is Format.NDJSON:
                await self.sheet.copy(_without_partings(piece))
            else:
                await piece(header_line(self.export))
                await self.sheet.copy(piece)

    async def _write_parquet(self, program: Program, write: Write) -> None:
        columns = self.export.options.columns
        numbers = [column for column in columns if column.type is FieldType.NUMBER]
        widths = dict(zip(numbers, await self.sheet.widest(numbers), strict=True))
        types = column_types(columns, widths, self.export.zone)
        async with program.parquet(self.export.titles, types, self.rows, write) as feed, gathered(feed) as piece:
            await self.sheet.copy(piece)


@asynccontextmanager
async def opened_export(borrowed: Connection, export: Export, now: datetime) -> AsyncIterator[OpenExport]:
    """The export in a snapshot of its contacts, counted already, for as long as the context lasts."""
    async with AsyncExitStack() as stack:
        is_parquet = export.options.format is Format.PARQUET
        program = await stack.enter_async_context(running()) if is_parquet else None
        sheet = await stack.enter_async_context(opened_sheet(borrowed, sheet_of(export, now)))
        yield OpenExport(export, sheet, program)


def header_line(export: Export) -> bytes:
    """The first line of a CSV file."""
    guarded = export.options.formulas is Formulas.GUARD
    titles = [*map(disarmed, export.titles)] if guarded else export.titles
    quoted = guarded and not _OTHER_PARTINGS.isdisjoint("".join(titles))
    line = io.StringIO()
    csv.writer(line, lineterminator="\n", quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL).writerow(titles)
    return line.getvalue().encode()


def _without_partings(write: Write) -> Write:
    async def bare(piece: bytes) -> None:
        await write(piece.translate(None, _PARTING))

    return bare
