"""Who waits for a connection is counted, wherever the waiting is done."""

import asyncio
from collections.abc import Callable

from app.queries.borrowing import waiting
from app.queries.connections import POOL_SIZE, connection
from app.queries.deadlines import begin, current
from app.queries.gauges import pool_state
from app.queries.turns import Asker

EXTRA = 3


def used() -> int:
    return pool_state().size - pool_state().idle


async def until(happens: Callable[[], bool]) -> None:
    while not happens():  # noqa: ASYNC110
        await asyncio.sleep(0.01)


async def test_requests_that_wait_for_their_turn_are_counted(pool: None) -> None:
    enough = asyncio.Event()

    async def ask() -> None:
        current.set(begin(Asker("a", workspace_id=1), 10))
        async with connection():
            await enough.wait()

    async with asyncio.TaskGroup() as group:
        for _ in range(POOL_SIZE + EXTRA):
            group.create_task(ask())
        async with asyncio.timeout(5):
            await until(lambda: used() + pool_state().waiting == POOL_SIZE + EXTRA)
        assert pool_state().waiting == waiting() >= EXTRA
        enough.set()
    assert pool_state().waiting == 0


async def test_work_of_our_own_that_waits_is_counted_too(pool: None) -> None:
    enough = asyncio.Event()

    async def work() -> None:
        async with connection():
            await enough.wait()

    async with asyncio.TaskGroup() as group:
        for _ in range(POOL_SIZE + EXTRA):
            group.create_task(work())
        async with asyncio.timeout(5):
            await until(lambda: pool_state().waiting == EXTRA)
        assert (pool_state().waiting, waiting()) == (EXTRA, 0)
        enough.set()
