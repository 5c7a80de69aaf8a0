"""The locks of a data folder, each taken within a limit of time."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.postgres.account import Account
from app.postgres.failure import PostgresFailed
from app.postgres.folders import Folder
from app.postgres.keeper import open_lock

_TURN_SECONDS = 300


def open_for(account: Account, path: Path, how: int) -> int:
    """Open a file of the data folder, made for `account` where it is missing; the caller closes it."""
    how |= os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        handle = os.open(path, how | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return os.open(path, how)
    account.give(handle)
    return handle


def take(folder: Folder, name: str, mode: int) -> int:
    """Wait for a lock and give its handle; closing that lets go. Raises PostgresFailed after five minutes."""
    handle = open_lock(folder.lock(name))
    until = time.monotonic() + _TURN_SECONDS
    try:
        while True:
            try:
                fcntl.flock(handle, mode | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise PostgresFailed(
                        f"Another process has been starting or stopping the server of {folder.data} for "
                        f"{_TURN_SECONDS} seconds. End it, then try again.{folder.log_tail()}"
                    ) from None
                time.sleep(0.02)
            else:
                return handle
    except BaseException:
        os.close(handle)
        raise


@contextmanager
def locked(folder: Folder, name: str, mode: int) -> Iterator[int]:
    """Hold a lock meanwhile."""
    handle = take(folder, name, mode)
    try:
        yield handle
    finally:
        os.close(handle)
