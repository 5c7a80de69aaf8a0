"""Work for requests takes the processor by turns, and a turn lasts as long as the work goes on."""

import asyncio
from collections.abc import Callable
from threading import Event

from app.queries.cpu_work import worked_out
from app.queries.deadlines import begin, current
from app.queries.turns import Asker

SECONDS = 5.0


async def _work_of(workspace: int, work: Callable[[], object]) -> object:
    current.set(begin(Asker("token", workspace_id=workspace), SECONDS))
    return await asyncio.wait_for(worked_out(work), SECONDS)


async def test_a_workspace_works_out_one_thing_at_once() -> None:
    may_end, has_begun = Event(), Event()
    first = asyncio.create_task(_work_of(1, lambda: may_end.wait(SECONDS)))
    second = asyncio.create_task(_work_of(1, has_begun.set))
    assert await _work_of(2, lambda: "other") == "other"
    assert not has_begun.wait(0.05)
    may_end.set()
    assert (await first, await second) == (True, None)


async def test_work_that_is_given_up_keeps_its_turn() -> None:
    may_end, has_begun, has_followed = Event(), Event(), Event()

    def work() -> None:
        has_begun.set()
        may_end.wait(SECONDS)

    first = asyncio.create_task(_work_of(1, work))
    await asyncio.to_thread(has_begun.wait, SECONDS)
    first.cancel()
    second = asyncio.create_task(_work_of(1, has_followed.set))
    assert not await asyncio.to_thread(has_followed.wait, 0.05)
    may_end.set()
    await second
    assert has_followed.is_set()


async def test_our_own_work_waits_for_nobody() -> None:
    assert await worked_out(max, 1, 2) == 2
