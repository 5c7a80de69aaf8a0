"""Stops an embedded server once nobody uses it: a small program of its own, the standard library only.

Arguments: the data folder, the path of pg_ctl, and for root the user and group that own the server.
"""

import contextlib
import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

_STOP_SECONDS = 60


def open_lock(path: Path) -> int:
    """Open a lock's file; a link in its place is refused."""
    return os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)


def is_held(path: Path) -> bool:
    """Tell whether any process holds the lock; it is let go when the last one that shares it is gone."""
    handle = open_lock(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def main(data: Path, pg_ctl: str, owner: list[int]) -> None:
    """Hold the keeper's lock, detach, wait for the last user to leave, stop the server."""
    keeper = open_lock(data / "locks" / "keeper")
    try:
        fcntl.flock(keeper, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    if os.fork():
        os._exit(0)
    users = open_lock(data / "locks" / "users")
    fcntl.flock(users, fcntl.LOCK_EX)
    sockets = _socket_folder(data)
    _stop(data, pg_ctl, owner)
    if sockets and data not in sockets.parents:
        with contextlib.suppress(OSError):
            sockets.rmdir()
    # A newcomer looks for a keeper once it has the users' lock: ours must be gone by then.
    os.close(keeper)
    os.close(users)


def _socket_folder(data: Path) -> Path | None:
    try:
        return Path((data / "cluster" / "postmaster.pid").read_text("utf-8").splitlines()[4])
    except (OSError, IndexError):
        return None


def _stop(data: Path, pg_ctl: str, owner: list[int]) -> None:
    until = time.monotonic() + _STOP_SECONDS
    while is_held(data / "locks" / "server") and time.monotonic() < until + 10:
        _pg_ctl(data, pg_ctl, owner, "fast" if time.monotonic() < until else "immediate")
        time.sleep(0.1)


def _pg_ctl(data: Path, pg_ctl: str, owner: list[int], mode: str) -> None:
    user, group = owner or (None, None)
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        subprocess.run(  # noqa: S603
            [pg_ctl, "stop", "-m", mode, "-w", "-t", str(_STOP_SECONDS)],
            check=False,
            env={**os.environ, "PGDATA": str(data / "cluster")},
            timeout=_STOP_SECONDS + 5,
            user=user,
            group=group,
            extra_groups=[] if owner else None,
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], [int(number) for number in sys.argv[3:]])
