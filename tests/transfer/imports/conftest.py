"""A folder that files come in by, and a server that may be killed."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from tests.transfer.imports.loading import Dock
from tests.transfer.imports.serving import Server
from tests.transfer.imports.watching import Watcher


@pytest.fixture
def dock(workspace: int, tmp_path: Path) -> Dock:
    """Where files come into the fresh workspace."""
    folder = tmp_path / "files"
    folder.mkdir()
    return Dock(folder, workspace)


@pytest.fixture(scope="module")
async def database(server: str, worker_id: str) -> AsyncIterator[str]:
    """A database of its own, without tables."""
    name = f"pilah_faults_{worker_id}_{os.getpid()}"
    control = await asyncpg.connect(server)
    await control.execute(f'CREATE DATABASE "{name}"')
    yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    await control.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await control.close()


@pytest.fixture(scope="module")
def running(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over that database."""
    served = Server({"DATABASE_URL": database, "PILAH_FILES": str(tmp_path_factory.mktemp("files"))})
    try:
        served.start()
        yield served
    finally:
        served.stop()


@pytest.fixture
async def watcher(database: str) -> AsyncIterator[Watcher]:
    """Looks into the database."""
    watching = Watcher(database)
    yield watching
    await watching.close()
