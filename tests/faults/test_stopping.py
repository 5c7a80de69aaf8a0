"""PostgreSQL is stopped and started under a server: requests end in time and say so, and then all is well by itself."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from tests.faults.asking import DEADLINE, QUERY, WELL_AGAIN, WRITE, asked, check_refused, well_again
from tests.faults.postgresql import OwnPostgres, own_postgres
from tests.transfer.imports.serving import Server
from tests.transfer.imports.watching import Watcher


@pytest.fixture(scope="module")
async def over(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Server, OwnPostgres]]:
    """A server over a PostgreSQL of its own."""
    files: Path = tmp_path_factory.mktemp("files")
    with own_postgres() as postgres:
        environment = {"DATABASE_URL": postgres.dsn, "PILAH_FILES": str(files), "PILAH_POOL": "3"}
        served = Server(environment | {"PILAH_MOST_REQUEST_SECONDS": f"{DEADLINE:g}"})
        try:
            await asyncio.to_thread(served.start)
            watcher = Watcher(postgres.dsn)
            await served.open_workspace(watcher, "Stopping")
            await watcher.close()
            yield served, postgres
        finally:
            await asyncio.to_thread(served.stop)


@pytest.mark.parametrize("mode", ["fast", "immediate"])
async def test_a_postgresql_that_is_stopped_and_started(over: tuple[Server, OwnPostgres], mode: str) -> None:
    served, postgres = over
    await well_again(served)
    holder = await asyncpg.connect(postgres.dsn)
    await holder.execute("BEGIN; LOCK TABLE label IN SHARE MODE")
    change = asyncio.create_task(asked(served, WRITE))
    await asyncio.sleep(0.3)
    await asyncio.to_thread(postgres.stop, mode)
    check_refused(await change)
    holder.terminate()
    for body in (QUERY, WRITE):
        check_refused(await asked(served, body, 4))
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"{served.url}/live")).status_code == 200
        assert (await client.get(f"{served.url}/ready")).status_code == 503
    await asyncio.to_thread(postgres.start)
    assert await well_again(served) < WELL_AGAIN
    ((status, text, _),) = await asked(served, WRITE)
    assert (status, text.count("errors")) == (200, 1)
