"""What is done again and again beside requests, whatever befalls it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from app.queries.faults import note_fault, unreachable

Step = Callable[[], Awaitable[object]]


@asynccontextmanager
async def repeated(name: str, step: Step, seconds: float) -> AsyncIterator[None]:
    """The step is done so often for as long as the context lasts, and once more at its end."""
    task = asyncio.create_task(_keep_doing(name, step, seconds))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await _done(name, step)


async def _keep_doing(name: str, step: Step, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        await _done(name, step)


async def _done(name: str, step: Step) -> None:
    try:
        await step()
    except Exception as error:
        if not unreachable(error):
            note_fault("round_fault", error, step=name)
