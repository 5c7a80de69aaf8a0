"""What is done again and again beside requests, whatever befalls it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Any

from app.queries.faults import note_own_fault

Step = Callable[[], Awaitable[object]]


@asynccontextmanager
async def beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """The work goes on for as long as the context lasts, and is cancelled then."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def repeated(name: str, step: Step, seconds: float) -> AsyncIterator[None]:
    """The step is done so often for as long as the context lasts, and once more at its end."""
    try:
        async with beside(_keep_doing(name, step, seconds)):
            yield
    finally:
        await _done(name, step)


async def _keep_doing(name: str, step: Step, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        await _done(name, step)


async def _done(name: str, step: Step) -> None:
    try:
        await step()
    except Exception as error:
        note_own_fault("round_fault", error, step=name)
