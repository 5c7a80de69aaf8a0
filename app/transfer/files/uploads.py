"""The folder of stored files: each there whole or not at all, under a name that nobody can guess."""

import asyncio
import re
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import ExitStack, aclosing, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from stat import S_ISREG
from typing import BinaryIO, ParamSpec, TypeVar

from app.filters.problems import Code, Refused
from app.transfer.files.drafts import draft, private_folder

BLOCK_BYTES = 1_000_000

_NAME = re.compile(r"\w[\w.-]*", re.ASCII)

Given = ParamSpec("Given")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored file: its name in the folder, its bytes, and their SHA-256 in hexadecimal digits."""

    name: str
    size: int
    sha256: str


async def store(folder: Path, chunks: AsyncIterator[bytes], limit: int) -> Stored:
    """Write what comes to a file of a new name in the folder, which is made where it is missing.

    Whatever goes wrong, a cancellation included, nothing stays. Raises Refused where nothing comes or more than
    `limit` bytes, and where the disk is full; what `chunks` raises is passed on.
    """
    name, opened = token_hex(16), ExitStack()
    try:
        await _to_end(private_folder, folder)
        file = await _to_end(opened.enter_context, draft(folder / name))
        size, digest = await _write(file, chunks, limit)
        await _to_end(opened.close)
    except BaseException:
        await _to_end(opened.__exit__, *sys.exc_info())
        await _to_end(remove, folder, name)
        raise
    return Stored(name, size, digest)


def path_of(folder: Path, name: str) -> Path:
    """Where a stored file is; raises Refused where the name could lead out of the folder."""
    if not _NAME.fullmatch(name):
        raise Refused.because(Code.NOT_FOUND, "there is no such file", "file")
    return folder / name


def remove(folder: Path, name: str) -> None:
    """Remove a stored file, if it is there."""
    path_of(folder, name).unlink(missing_ok=True)


def sweep(folder: Path, known: set[str], older_than_seconds: float) -> int:
    """Remove what nobody knows and nobody wrote to for so long, as a killed process leaves it; how many files.

    Raises OSError, but only once it has tried all, where one can't be removed.
    """
    before = time.time() - older_than_seconds
    left = [path for path in folder.glob("*") if path.name not in known and _is_old_file(path, before)]
    problems = [problem for path in left if (problem := _problem_of_removing(path)) is not None]
    if problems:
        raise problems[0]
    return len(left)


def _problem_of_removing(path: Path) -> OSError | None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        return error
    return None


def _is_old_file(path: Path, before: float) -> bool:
    try:
        status = path.stat()
    except OSError:
        return False
    return S_ISREG(status.st_mode) and status.st_mtime < before


async def _write(file: BinaryIO, chunks: AsyncIterator[bytes], limit: int) -> tuple[int, str]:
    size, digest = 0, sha256()
    async with aclosing(_gathered(chunks)) as blocks:
        async for block in blocks:
            size += len(block)
            if size > limit:
                raise Refused.because(Code.TOO_LARGE, f"this file has more than {limit:,} bytes; split it", "file")
            await _to_end(file.write, block)
            await _to_end(digest.update, block)
    if not size:
        raise Refused.because(Code.REQUIRED, "this file is empty", "file")
    return size, digest.hexdigest()


async def _gathered(chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """In larger blocks, for each costs a way to a thread and back."""
    held = bytearray()
    async for chunk in chunks:
        held += chunk
        if len(held) >= BLOCK_BYTES:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


async def _to_end(work: Callable[Given, Result], *args: Given.args, **options: Given.kwargs) -> Result:
    """In a thread; where the caller is cancelled, to the end first, since what cleans up needs the file alone."""
    task = asyncio.ensure_future(asyncio.to_thread(work, *args, **options))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({task})
        raise
