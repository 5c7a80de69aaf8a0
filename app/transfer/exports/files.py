"""Exports as files: there whole or not at all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from app.queries.exports.copying import Write
from app.transfer.files.drafts import draft, private_folder


def folder_of_exports(folder: Path) -> Path:
    """Where the exports are, within the folder of all files."""
    return folder / "exports"


def file_of(folder: Path, stored: str) -> Path:
    """Where an export's file is, within the folder of all files."""
    return folder_of_exports(folder) / stored


def make_folder_of_exports(folder: Path) -> None:
    """Make both folders where they are missing, for this account alone."""
    private_folder(folder)
    private_folder(folder_of_exports(folder))


@asynccontextmanager
async def drafted(final: Path) -> AsyncIterator[Write]:
    """Writes into a new file, which takes its name when the block ends, and is gone where the block fails.

    Only this account may read it. Raises Refused where the disk is full.
    """
    with ExitStack() as opened:
        file = await asyncio.to_thread(opened.enter_context, draft(final))

        async def write(piece: bytes) -> None:
            await asyncio.to_thread(file.write, piece)

        yield write
        await asyncio.to_thread(opened.close)
