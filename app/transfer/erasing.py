"""The end of erasures: what running imports have left of a person goes, and the files of exports."""

import asyncio
from pathlib import Path

from app.queries.erasure import seek_again, settle_erasure, unsettled_erasures
from app.transfer.exports.files import file_of


async def settle_erasures(folder: Path) -> None:
    """Remove what is left of everybody who was erased while imports or exports still held them."""
    for workspace_id, erasure_id in await unsettled_erasures():
        for name in await seek_again(workspace_id, erasure_id):
            await asyncio.to_thread(file_of(folder, name).unlink, missing_ok=True)
        await settle_erasure(workspace_id, erasure_id)
