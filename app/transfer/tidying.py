"""What grows old is removed: rows that only undoing needed, files that nobody will ask for."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from app.queries.exports.ledger import exported_files, forget_old_exports
from app.queries.faults import note_fault, unreachable
from app.queries.idempotency import purge_answers
from app.queries.imports.retention import drop_left_stages, forget_old_imports, wanted_files
from app.queries.live.reading_changes import forget_contact_changes
from app.transfer.erasing import settle_erasures
from app.transfer.exports.files import folder_of_exports
from app.transfer.files.uploads import sweep

OLD_FILE_SECONDS = 86_400.0

Step = Callable[[], Awaitable[object]]


async def tidy(folder: Path) -> None:
    """Leave nothing that a killed process forgot or that is past its time; files are in the folder.

    What goes wrong with one thing is noted and keeps none of the others; raises where PostgreSQL has gone away.
    """
    steps: dict[str, Step] = {
        "imports": forget_old_imports,
        "stages": drop_left_stages,
        "exports": forget_old_exports,
        "erasures": lambda: settle_erasures(folder),
        "answers": purge_answers,
        "contact changes": forget_contact_changes,
        "uploads": lambda: _sweep(folder, wanted_files),
        "downloads": lambda: _sweep(folder_of_exports(folder), exported_files),
    }
    for name, step in steps.items():
        try:
            await step()
        except Exception as error:
            if unreachable(error):
                raise
            note_fault("tidying_fault", error, step=name)


async def _sweep(folder: Path, wanted: Callable[[], Awaitable[set[str]]]) -> None:
    await asyncio.to_thread(sweep, folder, await wanted(), OLD_FILE_SECONDS)
