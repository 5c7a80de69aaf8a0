"""Starts PostgreSQL on a cluster that no server runs on."""

import fcntl
import os
import re
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from app.postgres.account import Account, environment, run
from app.postgres.binaries import Binaries
from app.postgres.failure import PostgresFailed
from app.postgres.folders import Folder, write_whole
from app.postgres.locks import locked, open_for
from app.postgres.tuning import settings

PORT_FILE = ".s.PGSQL.5432"
_LOG_LIMIT = 10 * 1024 * 1024
_PG_CTL_SECONDS = 30


def launch(folder: Folder, account: Account, binaries: Binaries) -> None:
    """Start the server and return at once; its log tells what it says. Raises PostgresFailed.

    The server and all its processes inherit the server lock: held is alive, whatever the pid file says.
    """
    _forget_dead_pid(folder, account)
    write_whole(folder.settings, settings(_socket_folder(folder, account)), 0o644)
    if folder.log.exists() and folder.log.stat().st_size > _LOG_LIMIT:
        folder.log.replace(folder.log.with_suffix(".log.old"))
    log = open_for(account, folder.log, os.O_WRONLY | os.O_APPEND)
    try:
        with locked(folder, "server", fcntl.LOCK_EX) as held:
            subprocess.run(  # noqa: S603
                [binaries.folder / "pg_ctl", "start", "-W"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[held],
                check=False,
                timeout=_PG_CTL_SECONDS,
                cwd="/",
                env=environment(folder.cluster),
                umask=0o077,
                user=account.uid,
                group=account.gid,
                extra_groups=account.groups,
            )
    except subprocess.SubprocessError as error:
        raise PostgresFailed(f"PostgreSQL {binaries.version} did not start: {error}.") from error
    finally:
        os.close(log)


def _forget_dead_pid(folder: Folder, account: Account) -> None:
    """A pid that another process has got since would keep PostgreSQL from starting."""
    place = folder.cluster / "postmaster.pid"
    try:
        pid = int(place.read_text("utf-8").split("\n")[0])
    except (OSError, ValueError):
        pid = 0
    if pid > 0 and _is_postmaster(pid, folder.cluster, account):
        raise PostgresFailed(
            f"A PostgreSQL that Pilah did not start (process {pid}) runs on {folder.cluster}. Stop it first."
        )
    place.unlink(missing_ok=True)


def _is_postmaster(pid: int, cluster: Path, account: Account) -> bool:
    if sys.platform == "linux":
        # Asked as the server's account: root in a container may not look into another user's process.
        return run(account, ["readlink", f"/proc/{pid}/cwd"]).stdout.strip() == str(cluster)
    return Path(run(account, ["ps", "-o", "comm=", "-p", str(pid)]).stdout.strip()).name == "postgres"


def _socket_folder(folder: Folder, account: Account) -> Path:
    """Beside the data; under /tmp where that path is too long, has odd characters or can't hold sockets."""
    place = folder.data / "socket"
    place.mkdir(mode=0o700, exist_ok=True)
    if place.stat().st_uid == os.geteuid():
        account.give(place)
    if re.fullmatch(r"[\w/.-]+", str(place), re.ASCII) and _holds_sockets(place):
        return place
    short = Path(tempfile.mkdtemp(prefix="pilah-", dir="/tmp"))
    account.give(short)
    return short


def _holds_sockets(place: Path) -> bool:
    path = place / PORT_FILE
    for left in (path, path.with_name(f"{PORT_FILE}.lock")):
        left.unlink(missing_ok=True)
    try:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.bind(str(path))
    except OSError:
        return False
    path.unlink(missing_ok=True)
    return True
