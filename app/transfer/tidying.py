"""What grows old is removed: rows that only undoing needed, files that nobody will ask for."""

import asyncio
from pathlib import Path

from app.queries.exports.ledger import exported_files, forget_old_exports
from app.queries.idempotency import purge_answers
from app.queries.imports.retention import drop_left_stages, forget_old_imports, wanted_files
from app.transfer.exports.files import folder_of_exports
from app.transfer.files.uploads import sweep

OLD_FILE_SECONDS = 86_400.0


async def tidy(folder: Path) -> None:
    """Leave nothing that a killed process forgot or that is past its time; files are in the folder."""
    await forget_old_imports()
    await drop_left_stages()
    await forget_old_exports()
    await purge_answers()
    for place, wanted in ((folder, await wanted_files()), (folder_of_exports(folder), await exported_files())):
        await asyncio.to_thread(sweep, place, wanted, OLD_FILE_SECONDS)
