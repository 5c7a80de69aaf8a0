"""An export worked on behind requests: claimed, written to its file, and told."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from app.filters.problems import Refused
from app.queries.catalogs import current_catalog
from app.queries.exports.ledger import (
    Claim,
    ExportRow,
    ExportState,
    claimed_export,
    find_export,
    finish_export,
    note_rows,
)
from app.queries.faults import note_fault, unreachable
from app.telemetry.traces import span
from app.transfer.exports.audiences import stored_tree
from app.transfer.exports.files import drafted, file_of, make_folder_of_exports
from app.transfer.exports.options import read_options
from app.transfer.exports.sheets import Export
from app.transfer.exports.writing import opened_export


async def next_export(folder: Path) -> bool:
    """Make the file of an export that waits; False where none does."""
    async with claimed_export() as claim:
        if claim is None:
            return False
        await run_export(claim, folder)
        return True


async def run_export(claim: Claim, folder: Path) -> None:
    """Write a claimed export's file into the folder, from its beginning, and say what became of it.

    Raises where PostgreSQL has gone away: then it is there for the next who claims it.
    """
    row = await find_export(claim.workspace_id, claim.export_id)
    await asyncio.to_thread(make_folder_of_exports, folder)
    try:
        with span("export write", {"workspace_id": claim.workspace_id, "export_id": claim.export_id}):
            size = await _write(claim, row, file_of(folder, row.stored))
        finished = await finish_export(claim, ExportState.DONE, size=size)
    except Refused as refused:
        problem = "; ".join(problem.message for problem in refused.problems)
        finished = await finish_export(claim, ExportState.FAILED, problem=problem)
    except Exception as error:
        if unreachable(error):
            raise
        fault = note_fault("export_fault", error, export_id=claim.export_id)
        message = f"something went wrong on our side; quote {fault} when you report it"
        finished = await finish_export(claim, ExportState.FAILED, problem=message)
    if not finished:
        await asyncio.to_thread(file_of(folder, row.stored).unlink, missing_ok=True)


async def _write(claim: Claim, row: ExportRow, final: Path) -> int:
    """The file, whole; its bytes."""
    catalog = await current_catalog(claim.workspace_id)
    export = Export(catalog, stored_tree(row.document, catalog), read_options(row.options, catalog))
    async with drafted(final) as write, opened_export(claim.borrowed, export, datetime.now(UTC)) as opened:
        await note_rows(claim.workspace_id, claim.export_id, opened.rows)
        await opened.write(write)
    return (await asyncio.to_thread(final.stat)).st_size
