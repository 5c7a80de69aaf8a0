"""Starts the server, or joins the one that runs: all who use a data folder at once share one."""

import fcntl
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from app.postgres import keeper
from app.postgres.account import Account, environment, run, server_account
from app.postgres.binaries import Binaries, binaries_for
from app.postgres.cluster import NAME, ensure_cluster
from app.postgres.failure import PostgresFailed
from app.postgres.folders import LOCKS, Folder, nearest_existing
from app.postgres.launch import PORT_FILE, launch
from app.postgres.locks import locked, open_for, take

START_SECONDS = 60
_CONTAINER_GRACE = 8


@contextmanager
def shared_server(data: Path) -> Iterator[str]:
    """Yield the address of the server of `data`; it stays up until the last process leaves.

    Raises PostgresFailed where there can be none.
    """
    folder = Folder(data.expanduser().resolve())
    users = -1
    try:
        account = _prepare(folder)
        with locked(folder, "start", fcntl.LOCK_EX):
            users = take(folder, "users", fcntl.LOCK_SH)
            dsn = _serve(folder, account)
    except BaseException as error:
        if users >= 0:
            os.close(users)
        if isinstance(error, OSError):
            raise PostgresFailed(f"The data folder {folder.data} cannot be used: {error}.") from error
        raise
    try:
        yield dsn
    finally:
        # Closed, never unlocked: processes forked from this one share the lock and may still need it.
        os.close(users)
        if os.getpid() == 1:
            _wait_for_stop(folder)


def _prepare(folder: Folder) -> Account:
    account = server_account(folder.cluster)
    if account.uid is not None:
        _prove_reachable(nearest_existing(folder.data), folder, account)
    made = [place for place in (folder.data, *folder.data.parents) if not place.exists()]
    folder.data.mkdir(parents=True, exist_ok=True)
    for place in made if account.uid is not None else made[:1]:
        place.chmod(0o755 if account.uid is not None else 0o700)
    folder.locks.mkdir(mode=0o755, exist_ok=True)
    for path in map(folder.lock, LOCKS):
        os.close(open_for(account, path, os.O_RDWR))
    return account


def _prove_reachable(place: Path, folder: Folder, account: Account) -> None:
    if run(account, ["/bin/sh", "-c", 'cd -- "$0"', place]).returncode:
        raise PostgresFailed(
            f"PostgreSQL does not run as root, and the account that runs it instead ({account.name}) cannot "
            f"enter {place}. Choose another folder than {folder.data} with PILAH_DATA, such as /var/lib/pilah."
        )


def _serve(folder: Folder, account: Account) -> str:
    """Under the start lock, and the users' lock, so that nobody stops what is found here."""
    binaries = binaries_for(folder.cluster, account, folder.data)
    ensure_cluster(folder, account, binaries)
    if not keeper.is_held(folder.lock("keeper")):
        _start_keeper(folder, account, binaries)
    launched = False
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if not keeper.is_held(folder.lock("server")):
            if launched:
                raise PostgresFailed(f"PostgreSQL {binaries.version} did not start.{folder.log_tail()}")
            launch(folder, account, binaries)
            launched = True
        elif sockets := _listening(folder):
            return _dsn(folder, sockets)
        time.sleep(0.02)
    raise PostgresFailed(
        f"PostgreSQL {binaries.version} was not ready after {START_SECONDS} seconds.{folder.log_tail()}"
    )


def _dsn(folder: Folder, sockets: Path) -> str:
    password = folder.password.read_text("ascii").strip()
    return f"postgresql://{NAME}:{quote(password)}@/{NAME}?host={quote(str(sockets))}&port=5432"


def _listening(folder: Folder) -> Path | None:
    """The folder of the server's socket, once it takes connections."""
    try:
        lines = (folder.cluster / "postmaster.pid").read_text("utf-8").splitlines()
        if lines[7].strip() != "ready":
            return None
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(5)
            probe.connect(f"{lines[4]}/{PORT_FILE}")
    except (OSError, IndexError):
        return None
    return Path(lines[4])


def _start_keeper(folder: Folder, account: Account, binaries: Binaries) -> None:
    owner = [] if account.uid is None else [str(account.uid), str(account.gid)]
    program = [sys.executable, "-I", "-S", keeper.__file__, str(folder.data), str(binaries.folder / "pg_ctl")]
    done = subprocess.run(  # noqa: S603
        [*program, *owner],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        check=False,
        timeout=30,
        cwd="/",
        env=environment(),
    )
    if done.returncode:
        raise PostgresFailed(f"The program that stops the server of {folder.data} could not be started.")


def _wait_for_stop(folder: Folder) -> None:
    """A container ends with its first process: let the server write what it holds before that."""
    until = time.monotonic() + _CONTAINER_GRACE
    while keeper.is_held(folder.lock("server")) and time.monotonic() < until:
        time.sleep(0.05)
