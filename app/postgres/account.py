"""Who runs PostgreSQL's programs, and how they are run: never as root, never without an end."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.postgres.failure import PostgresFailed

_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the machine; without `uid` it is the one that runs this process."""

    name: str
    uid: int | None = None
    gid: int | None = None

    @property
    def groups(self) -> list[int] | None:
        """No further groups for a lent account; our own stay as they are."""
        return None if self.uid is None else []

    def give(self, path: Path | int) -> None:
        """Hand over something that we have just made."""
        if self.uid is None or self.gid is None:
            return
        if isinstance(path, int):
            os.fchown(path, self.uid, self.gid)
        else:
            os.lchown(path, self.uid, self.gid)


def server_account(cluster: Path) -> Account:
    """Take the cluster's place, give the account to run its server with.

    Root lends the cluster's owner, or for a new one `postgres` or `nobody`; everyone else is their own.
    Raises PostgresFailed where root finds none of them.
    """
    if os.geteuid() != 0:
        return Account("this user")
    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return Account(f"user {owner.st_uid}", owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise PostgresFailed(
        "PostgreSQL does not run as root, and there is no account to run it with. "
        "Create one (useradd --system postgres), or start Pilah as an ordinary user."
    )


def environment(cluster: Path | None = None) -> dict[str, str]:
    """A small environment: none of our secrets, none of the PG* variables of whoever started us."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    place = {} if cluster is None else {"PGDATA": str(cluster)}
    return {"PATH": os.defpath, **kept, "LC_ALL": "C", "TZ": "UTC", **place}


def run(
    account: Account,
    command: Sequence[str | Path],
    *,
    cluster: Path | None = None,
    said: str = "",
    limit: float = 60,
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end as `account`, `said` on its input; output and errors come back together.

    Raises PostgresFailed where it cannot be started or takes longer than `limit` seconds.
    """
    try:
        return subprocess.run(  # noqa: S603
            command,
            input=said,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=limit,
            cwd="/",
            env=environment(cluster),
            umask=0o077,
            user=account.uid,
            group=account.gid,
            extra_groups=account.groups,
        )
    except subprocess.TimeoutExpired as late:
        raise PostgresFailed(f"{command[0]} did not end within {limit:.0f} seconds.") from late
    except (OSError, subprocess.SubprocessError) as error:
        raise PostgresFailed(f"{command[0]} cannot be run by {account.name}: {error}.") from error
