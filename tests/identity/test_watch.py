"""Work for a request ends with its time, whatever holds it up, and for others' reasons as it would without a watch."""

import asyncio
import time

import pytest

from app.identity.watch import LAST_SECONDS, TooLate, Watch
from app.queries.deadlines import begin
from app.queries.turns import Asker

SECONDS = 0.1


async def stubborn(steps: int) -> None:
    """Goes on with the next step where one is cancelled."""
    async with Watch(begin(Asker("a"), SECONDS)):
        for _ in range(steps):
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                continue


@pytest.mark.parametrize("steps", [1, 2, 4])
async def test_what_waits_on_the_way_out_is_cancelled_again(steps: int) -> None:
    begun = time.monotonic()
    with pytest.raises(TooLate):
        await stubborn(steps)
    assert time.monotonic() - begun < SECONDS + LAST_SECONDS + steps
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0
    await asyncio.sleep(LAST_SECONDS)  # nothing cancels what comes after


async def test_who_cancels_from_outside_is_heard_as_well() -> None:
    task = asyncio.create_task(stubborn(3))
    await asyncio.sleep(SECONDS + LAST_SECONDS / 2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert task.cancelled()
