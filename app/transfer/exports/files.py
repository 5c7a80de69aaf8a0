"""Exports as files: there whole or not at all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from app.queries.exports.copying import Write
from app.transfer.files.drafts import draft


def folder_of_exports(folder: Path) -> Path:
    """Where the exports are, within the folder of all files."""
    return folder / "exports"


def file_of(folder: Path, stored: str) -> Path:
    """Where an export's file is, within the folder of all files."""
    return folder_of_exports(folder) / stored


@asynccontextmanager
async def drafted(final: Path) -> AsyncIterator[Write]:
    """Writes into a new file, which takes its name when the block ends, and is gone where the block fails.

    Raises Refused where the disk is full.
    """
    with ExitStack() as opened:
        await asyncio.to_thread(final.parent.mkdir, parents=True, exist_ok=True)
        file = await asyncio.to_thread(opened.enter_context, draft(final))

        async def write(piece: bytes) -> None:
            await asyncio.to_thread(file.write, piece)

        yield write
        await asyncio.to_thread(opened.close)
