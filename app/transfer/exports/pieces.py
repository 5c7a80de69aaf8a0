"""Bytes on their way out: gathered into larger pieces, and packed."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.queries.exports.copying import Write

GATHERED_BYTES = 256 * 1024
LEVEL = 4  # beyond, gzip takes longer than PostgreSQL, for a few bytes less
_GZIP = 31


@asynccontextmanager
async def gathered(write: Write) -> AsyncIterator[Write]:
    """A `write` that hands on large pieces; the last when the block ends, unless it fails."""
    waiting: list[bytes] = []
    size = 0

    async def gather(piece: bytes) -> None:
        nonlocal size
        waiting.append(piece)
        size += len(piece)
        if size >= GATHERED_BYTES:
            await hand_on()

    async def hand_on() -> None:
        nonlocal size
        together = b"".join(waiting)
        waiting.clear()
        size = 0
        await write(together)

    yield gather
    if waiting:
        await hand_on()


@asynccontextmanager
async def gzipped(write: Write) -> AsyncIterator[Write]:
    """A `write` that hands on gzip; its end when the block ends, unless it fails."""
    packer = zlib.compressobj(LEVEL, wbits=_GZIP)

    async def pack(piece: bytes) -> None:
        if packed := await asyncio.to_thread(packer.compress, piece):
            await write(packed)

    async with gathered(pack) as gather:
        yield gather
    await write(packer.flush())
