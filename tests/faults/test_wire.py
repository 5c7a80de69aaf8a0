"""PostgreSQL can't be reached, one way or another: requests end in time and say so, and then all is well by itself."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest

from tests.conftest import empty_database
from tests.faults.asking import DEADLINE, QUERY, SLACK, WELL_AGAIN, WRITE, asked, check_refused, well_again
from tests.faults.wire import Way, Wire, wired
from tests.transfer.imports.serving import Server
from tests.transfer.imports.watching import Watcher


@pytest.fixture(scope="module")
async def behind(server: str, worker_id: str) -> AsyncIterator[tuple[Server, Wire, str]]:
    """A server behind a wire, and the address of its database."""
    folder = Path(tempfile.mkdtemp(prefix="pilah-wire-"))
    async with (
        empty_database(server, f"pilah_wire_{worker_id}_{os.getpid()}") as dsn,
        wired(dsn, folder / "near") as (wire, near),
    ):
        environment = {"DATABASE_URL": near, "PILAH_FILES": str(folder), "PILAH_POOL": "3"}
        served = Server(environment | {"PILAH_MOST_REQUEST_SECONDS": f"{DEADLINE:g}"})
        try:
            await asyncio.to_thread(served.start)
            watcher = Watcher(dsn)
            await served.open_workspace(watcher, "Faults")
            await watcher.close()
            yield served, wire, dsn
        finally:
            wire.way = Way.OPEN
            await asyncio.to_thread(served.stop)
            shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("body", [QUERY, WRITE], ids=["query", "mutation"])
async def test_a_wire_that_swallows_everything(behind: tuple[Server, Wire, str], body: dict[str, str]) -> None:
    served, wire, _ = behind
    await well_again(served)
    wire.way = Way.HOLE
    check_refused(await asked(served, body, 6))
    wire.way = Way.OPEN
    wire.cut()
    await well_again(served)


async def test_connections_that_are_reset(behind: tuple[Server, Wire, str]) -> None:
    served, wire, _ = behind
    for _ in range(5):
        await well_again(served)
        questions = asyncio.create_task(asked(served, QUERY, 6))
        await asyncio.sleep(0.005)
        wire.cut()
        for status, text, seconds in await questions:
            assert seconds < DEADLINE + SLACK
            assert status in (200, 503), text
    assert await well_again(served) < WELL_AGAIN


async def test_a_postgresql_that_takes_no_connections(behind: tuple[Server, Wire, str]) -> None:
    served, wire, _ = behind
    await well_again(served)
    wire.way = Way.REFUSED
    wire.cut()
    check_refused(await asked(served, QUERY, 4))
    async with httpx.AsyncClient() as client:
        assert (await client.get(f"{served.url}/live")).status_code == 200
        assert (await client.get(f"{served.url}/ready")).status_code == 503
    wire.way = Way.OPEN
    await well_again(served)


@asynccontextmanager
async def locked(dsn: str, table: str, mode: str) -> AsyncIterator[asyncpg.Connection]:
    """The table is locked meanwhile; gives the connection that holds it."""
    control = await asyncpg.connect(dsn)
    try:
        async with control.transaction():
            await control.execute(f"LOCK TABLE {table} IN {mode} MODE")
            yield control
    finally:
        await control.close()


async def until_waiting(control: asyncpg.Connection) -> None:
    """Somebody waits for a lock."""
    waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'label'::regclass)"
    async with asyncio.timeout(DEADLINE):
        while not await control.fetchval(waiting):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_wire_that_goes_dark_within_a_transaction(behind: tuple[Server, Wire, str]) -> None:
    served, wire, dsn = behind
    await well_again(served)
    async with locked(dsn, "label", "SHARE") as control:
        change = asyncio.create_task(asked(served, WRITE))
        await until_waiting(control)
        wire.way = Way.HOLE
        answers = await change
    wire.way = Way.OPEN
    wire.cut()
    check_refused(answers)
    assert await well_again(served) < WELL_AGAIN


async def test_a_pool_that_is_used_up(behind: tuple[Server, Wire, str]) -> None:
    served, _, dsn = behind
    await well_again(served)
    async with locked(dsn, "contact", "ACCESS EXCLUSIVE"):
        check_refused(await asked(served, QUERY, 12))
    assert await well_again(served) < DEADLINE
    control = await asyncpg.connect(dsn)
    idle = await control.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"
    )
    await control.close()
    assert idle == 0
