"""A PostgreSQL of a test's own, which it may stop and start."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.postgres.account import run, server_account
from app.postgres.binaries import binaries_for


class OwnPostgres:
    """A server within a folder, where it also listens; anybody on this machine may be its user `pilah`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cluster = folder / "cluster"
        self.account = server_account(self.cluster)
        self.programs = binaries_for(self.cluster, self.account, folder).folder
        self.account.give(folder)
        access = ["-U", "pilah", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        self._do("initdb", "-D", str(self.cluster), *access)

    @property
    def dsn(self) -> str:
        """Its address."""
        return f"postgresql://pilah@/postgres?host={self.folder}&port=5432"

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        options = f"-k {self.folder} -c listen_addresses='' -c fsync=off"
        self._do("pg_ctl", "start", "-w", "-D", str(self.cluster), "-l", str(self.folder / "log"), "-o", options)

    def stop(self, mode: str) -> None:
        """Stop it: `fast` rolls back what goes on, `immediate` is as a crash."""
        self._do("pg_ctl", "stop", "-w", "-D", str(self.cluster), "-m", mode)

    def _do(self, program: str, *arguments: str) -> None:
        done = run(self.account, [self.programs / program, *arguments], cluster=self.cluster)
        assert done.returncode == 0, done.stdout


@contextmanager
def own_postgres() -> Iterator[OwnPostgres]:
    """One that runs; it is gone with the context."""
    folder = Path(tempfile.mkdtemp(prefix="pilah-own-"))
    folder.chmod(0o755)
    try:
        made = OwnPostgres(folder)
        made.start()
        try:
            yield made
        finally:
            made.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
