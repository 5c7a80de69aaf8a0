"""A real PostgreSQL for every test: the one that DATABASE_URL names, else the embedded one, a database a worker."""

import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from app.filters.catalog import Catalog
from app.postgres import embedded
from app.queries.catalogs import current_catalog
from app.queries.connections import opened
from app.queries.migrations import migrate
from app.queries.workspaces import create_workspace

WorkspaceMaker = Callable[..., Awaitable[int]]

_numbers = count(1)


def named_apart(name: str) -> str:
    """The name with a number of its own, for what a worker may set up again in its database."""
    return f"{name} {next(_numbers)}"


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a PostgreSQL in which databases can be made."""
    if "DATABASE_URL" in os.environ:
        yield os.environ["DATABASE_URL"]
        return
    folder = Path(tempfile.gettempdir()) / f"pilah-tests-{os.getuid() if hasattr(os, 'getuid') else 0}"
    with embedded(folder) as address:
        yield address


@pytest.fixture(scope="session")
async def dsn(server: str, worker_id: str) -> AsyncIterator[str]:
    """An empty, migrated database of this worker's own."""
    async with empty_database(server, f"pilah_test_{worker_id}_{os.getpid()}") as address:
        await migrate(address)
        yield address


@asynccontextmanager
async def empty_database(server: str, name: str) -> AsyncIterator[str]:
    """The address of a database without any table, which goes with the context."""
    control = await asyncpg.connect(server)
    await control.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # of a run that was killed
    await control.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        await control.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await control.close()


@pytest.fixture(scope="session")
async def pool(dsn: str) -> AsyncIterator[None]:
    """The open pool that app.queries borrows from."""
    async with opened(dsn):
        yield


@pytest.fixture
def make_workspace(pool: None) -> WorkspaceMaker:
    """Makes a workspace in a zone and gives its id."""

    async def make(time_zone: str = "Asia/Jakarta") -> int:
        return await create_workspace(named_apart("workspace"), time_zone)

    return make


@pytest.fixture
async def workspace(make_workspace: WorkspaceMaker) -> int:
    """The id of a fresh workspace in Jakarta."""
    return await make_workspace()


@pytest.fixture
async def catalog(workspace: int) -> Catalog:
    """The fresh workspace's catalog."""
    return await current_catalog(workspace)
