"""Makes the cluster: PostgreSQL's folder with the superuser and the database `pilah`, whole or not at all."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from app.postgres.account import Account, run
from app.postgres.binaries import Binaries
from app.postgres.failure import PostgresFailed
from app.postgres.folders import Folder, sync_folder, write_whole

NAME = "pilah"
_UNFINISHED = "initialising-"
_LIMIT = 180


def ensure_cluster(folder: Folder, account: Account, binaries: Binaries) -> None:
    """Make the password and the cluster where they are missing; only for the holder of the start lock.

    Raises PostgresFailed where that doesn't work or the password of an existing cluster is lost.
    """
    for left in folder.data.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True)
    if folder.cluster.exists():
        if not folder.password.exists():
            raise PostgresFailed(f"{folder.password} is missing: put it back, the data cannot be opened without.")
        return
    if not folder.password.exists():
        write_whole(folder.password, secrets.token_urlsafe(32), 0o600)
        account.give(folder.password)
    place = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=folder.data))
    try:
        account.give(place)
        _initialise(place / "cluster", folder.password, account, binaries)
        (place / "cluster").rename(folder.cluster)
        sync_folder(folder.data)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _initialise(cluster: Path, password: Path, account: Account, binaries: Binaries) -> None:
    access = ["-U", NAME, f"--pwfile={password}", "--auth=scram-sha-256"]
    text = ["--encoding=UTF8", "--locale=C", "--data-checksums", "--no-instructions"]
    _do(account, [binaries.folder / "initdb", *access, *text], cluster)
    alone: list[str | Path] = [binaries.folder / "postgres", "--single", "-D", cluster, "postgres"]
    _do(account, alone, cluster, f"CREATE DATABASE {NAME}\n")
    handle = os.open(cluster / "postgresql.conf", os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("\ninclude '../pilah.conf'\n")
        file.flush()
        os.fsync(handle)


def _do(account: Account, command: Sequence[str | Path], cluster: Path, said: str = "") -> None:
    done = run(account, command, cluster=cluster, said=said, limit=_LIMIT)
    if done.returncode or "ERROR:" in done.stdout:
        tail = "\n".join(done.stdout.splitlines()[-12:])
        raise PostgresFailed(f"PostgreSQL's folder could not be made in {cluster.parent.parent}.\n{tail}")
