"""A file that is there whole or not at all."""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from app.filters.problems import Code, Refused

PRIVATE = 0o600

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def draft(final: Path) -> Iterator[BinaryIO]:
    """A new file that takes the name `final` when the block ends, and is gone where the block fails.

    Only this account may read it. Raises Refused where the disk is full.
    """
    temporary = final.with_name(f".{token_hex(16)}.draft")
    try:
        with open(temporary, "xb", opener=lambda path, flags: os.open(path, flags, PRIVATE)) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(final)
        _keep_name(final.parent)
    except OSError as error:
        if error.errno in _FULL:
            message = "there is no room left on the disk of the server; free some and try again"
            raise Refused.because(Code.NO_ROOM, message, "file") from None
        raise
    finally:
        temporary.unlink(missing_ok=True)


def write_whole(final: Path, chunks: Iterable[bytes], most: int) -> None:
    """The chunks as the file `final`; raises Refused where they are more than `most` bytes or the disk is full."""
    total = 0
    with draft(final) as file:
        for chunk in chunks:
            total += len(chunk)
            if total > most:
                raise too_large(most)
            file.write(chunk)


def private_folder(folder: Path) -> None:
    """Make the folder where it is missing, for this account alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def too_large(most: int) -> Refused:
    """A content that nobody means to load."""
    message = f"this file unpacks to more than {most:,} bytes; split it, or send it unpacked"
    return Refused.because(Code.TOO_LARGE, message, "file")


def _keep_name(folder: Path) -> None:
    """On the disk, too: a new name survives a loss of power only when its folder is written."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
