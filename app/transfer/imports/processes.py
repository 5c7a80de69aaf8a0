"""Work that goes on beside: in processes of their own, and on several things at once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import TypeVar

from anyio import BrokenWorkerProcess
from anyio.to_process import run_sync

MOST_PROCESSES = 4

Item = TypeVar("Item")
Result = TypeVar("Result")


async def beside(work: Callable[[], Result]) -> Result:
    """What another process makes of it; where that dies, or doesn't come up in time, a few others are tried."""
    for _ in range(MOST_PROCESSES - 1):
        with suppress(BrokenWorkerProcess):
            return await run_sync(work, cancellable=True)
    return await run_sync(work, cancellable=True)


async def side_by_side(items: Iterable[Item], work: Callable[[Item], Awaitable[None]], at_once: int) -> None:
    """Work on all items, so many at once; where one fails the others are stopped."""
    waiting = iter(items)

    async def keep_working() -> None:
        for item in waiting:
            await work(item)

    tasks = [asyncio.create_task(keep_working()) for _ in range(at_once)]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
