"""Work that goes on beside: in processes of their own, and on several things at once."""

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import cache, partial
from threading import Thread
from typing import TypeVar

from anyio import BrokenWorkerProcess
from anyio.to_process import run_sync

from app.filters.problems import Code, Refused
from app.transfer.winding_down import a_part

MOST_PROCESSES = 4
MOST_MEMORY = 1_500_000_000
SECONDS_BETWEEN_LOOKS = 1.0

Item = TypeVar("Item")
Result = TypeVar("Result")


async def beside(work: Callable[[], Result]) -> Result:
    """What another process makes of it; where that dies, or doesn't come up in time, a few others are tried.

    The process is killed where the caller is cancelled, and ends where this one is killed. Raises Refused where the
    work needs more than MOST_MEMORY bytes.
    """
    confined = partial(_confined, work, os.getpid())
    for _ in range(MOST_PROCESSES - 1):
        with suppress(BrokenWorkerProcess):
            return await run_sync(confined, cancellable=True)
    return await run_sync(confined, cancellable=True)


async def side_by_side(items: Iterable[Item], work: Callable[[Item], Awaitable[None]], at_once: int) -> None:
    """Work on all items, so many at once; where one fails the others are stopped."""
    waiting = iter(items)

    async def keep_working() -> None:
        for item in waiting:
            async with a_part():
                await work(item)

    tasks = [asyncio.create_task(keep_working()) for _ in range(at_once)]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()
    finally:
        # Once only: a second time would break into what undoes a transaction.
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _confined(work: Callable[[], Result], parent: int) -> Result:
    _confine(parent)
    try:
        return work()
    except MemoryError:
        message = "this file needs more memory than it may have; is it what it seems? split it"
        raise Refused.because(Code.TOO_LARGE, message, "file") from None


@cache
def _confine(parent: int) -> None:
    """Bind this process to its memory and to its parent, once."""
    # Arrow's own would take a gigabyte of addresses before it holds anything.
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    if sys.platform != "win32":
        from resource import RLIMIT_AS, getrlimit, setrlimit

        with suppress(ValueError, OSError):  # macOS may know no such limit, and others a smaller one
            setrlimit(RLIMIT_AS, (MOST_MEMORY, getrlimit(RLIMIT_AS)[1]))
    Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    os._exit(1)
