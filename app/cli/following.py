"""An import that this process works on, seen to its end."""

import asyncio
import sys
from pathlib import Path

from app.cli.outcomes import command
from app.cli.printing import Bars
from app.filters.problems import Code, Refused
from app.queries.imports import ledger
from app.queries.imports.counting import Counts, import_counts
from app.queries.imports.ledger import ImportRow, ImportState
from app.transfer.work import working_on

SECONDS_BETWEEN_LOOKS = 0.1


async def followed(
    workspace: str, workspace_id: int, import_id: int, folder: Path, go_on: str = "start-import"
) -> tuple[ImportRow, Counts]:
    """The import once it is over; this process works on it, unless a server does already.

    `go_on` is the command that goes on where this one is interrupted. Raises Refused where the import failed.
    """
    try:
        async with working_on(workspace_id, import_id, folder):
            row, counts = await _to_its_end(workspace_id, import_id)
    except asyncio.CancelledError:
        sys.stderr.write(f"Interrupted. To go on: {command(go_on, import_id, workspace)}\n")
        raise
    if row.problem is not None:
        raise Refused.because(Code.NOT_ALLOWED, row.problem, "file")
    return row, counts


async def _to_its_end(workspace_id: int, import_id: int) -> tuple[ImportRow, Counts]:
    with Bars() as bars:
        while True:
            row = await ledger.find_import(workspace_id, import_id)
            counts = (await import_counts(workspace_id, [import_id]))[import_id]
            if row.finished_at is not None:
                return row, counts
            done = counts.merged if row.state is ImportState.MERGING else counts.staged
            bars.show(row.state.value.title(), done, counts.rows)
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
