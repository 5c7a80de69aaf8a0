"""PostgreSQL can't be reached, one way or another: requests end in time and say so, and then all is well by itself."""

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest

from tests.conftest import empty_database
from tests.faults.wire import Way, Wire, wired
from tests.transfer.imports.serving import Server
from tests.transfer.imports.watching import Watcher

DEADLINE = 2.0
SLACK = 3.0
WELL_AGAIN = 20.0
QUERY = {"query": "{ contacts(first: 1) { totalCount } }"}
WRITE = {"query": 'mutation { createLabel(input: {name: "L"}) { errors { code } } }'}


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


async def asked(served: Server, body: dict[str, str], at_once: int = 1) -> list[tuple[int, str, float]]:
    """The statuses, texts and seconds of so many answers to one question."""

    async def one() -> tuple[int, str, float]:
        began = time.monotonic()
        answer = await client.post(f"{served.url}/graphql", json=body)
        return answer.status_code, answer.text, time.monotonic() - began

    async with httpx.AsyncClient(headers=served.headers, timeout=30) as client:
        return list(await asyncio.gather(*(one() for _ in range(at_once))))


async def well_again(served: Server) -> float:
    """The seconds until a question is answered again."""
    began = time.monotonic()
    while time.monotonic() - began < WELL_AGAIN:
        ((status, text, _),) = await asked(served, QUERY)
        if status == 200 and "errors" not in text:
            return time.monotonic() - began
        await asyncio.sleep(0.1)
    raise TimeoutError


def check_refused(answers: list[tuple[int, str, float]]) -> None:
    """Each came in time, with a sentence and no fault of ours."""
    for status, text, seconds in answers:
        assert seconds < DEADLINE + SLACK
        assert status in (503, 504) or (status == 200 and '"errors"' in text), text
        assert "Traceback" not in text


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
async def locked(dsn: str) -> AsyncIterator[None]:
    """Nobody reads contacts meanwhile."""
    control = await asyncpg.connect(dsn)
    try:
        async with control.transaction():
            await control.execute("LOCK TABLE contact IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        await control.close()


async def test_a_pool_that_is_used_up(behind: tuple[Server, Wire, str]) -> None:
    served, _, dsn = behind
    await well_again(served)
    async with locked(dsn):
        check_refused(await asked(served, QUERY, 12))
    assert await well_again(served) < DEADLINE
    control = await asyncpg.connect(dsn)
    idle = await control.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"
    )
    await control.close()
    assert idle == 0
