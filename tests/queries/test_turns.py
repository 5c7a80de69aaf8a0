"""Connections are shared by turns: nobody has them all, whoever holds fewest is next, and no turn is lost."""

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.queries.turns import Turns


async def settled() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


async def test_one_asker_leaves_a_connection_to_others() -> None:
    turns = Turns(3)
    mine = [asyncio.create_task(turns.take("a")) for _ in range(4)]
    await settled()
    assert [task.done() for task in mine] == [True, True, False, False]
    await asyncio.wait_for(turns.take("b"), 1)
    turns.give("a")
    await asyncio.wait_for(mine[2], 1)
    assert (mine[3].done(), turns.waiting) == (False, 1)
    mine[3].cancel()


async def test_whoever_holds_fewest_is_next() -> None:
    turns = Turns(3)
    for asker in ("a", "a", "b"):
        await turns.take(asker)
    waiting = {asker: asyncio.create_task(turns.take(asker)) for asker in ("a", "b", "c")}
    await settled()
    turns.give("a")
    await settled()
    assert [asker for asker, task in waiting.items() if task.done()] == ["c"]
    turns.give("c")
    await settled()
    assert waiting["a"].done()  # it came before "b", which holds as many
    waiting["b"].cancel()


async def test_a_pool_of_one_is_shared_too() -> None:
    turns = Turns(1)
    await turns.take("a")
    waiting = asyncio.create_task(turns.take("b"))
    await settled()
    turns.give("a")
    await asyncio.wait_for(waiting, 1)


STEPS = st.lists(st.tuples(st.sampled_from(["take", "give", "cancel", "settle"]), st.integers(0, 30)), max_size=80)


@given(STEPS)
def test_no_turn_is_lost_whoever_gives_up(steps: list[tuple[str, int]]) -> None:
    asyncio.run(_play(steps))


async def _play(steps: list[tuple[str, int]]) -> None:
    turns, tasks = Turns(3), list[tuple[str, asyncio.Task[None]]]()
    held = Counter[str]()
    for step, number in steps:
        if step == "take":
            asker = "abc"[number % 3]
            tasks.append((asker, asyncio.create_task(_take(turns, asker, held))))
        elif step == "give" and (askers := sorted(held.elements())):
            asker = askers[number % len(askers)]
            held[asker] -= 1
            turns.give(asker)
        elif step == "cancel" and tasks:
            tasks[number % len(tasks)][1].cancel()
        else:
            await settled()
        assert held.total() <= 3
        assert max(held.values(), default=0) <= 2
    for _, task in tasks:
        task.cancel()
    await asyncio.gather(*(task for _, task in tasks), return_exceptions=True)
    for asker in list(held.elements()):
        turns.give(asker)
    assert turns.waiting == 0
    for asker in "aab":
        await asyncio.wait_for(turns.take(asker), 1)


async def _take(turns: Turns, asker: str, held: Counter[str]) -> None:
    await turns.take(asker)
    held[asker] += 1


@pytest.mark.parametrize("first", ["cancel", "give"])
async def test_a_turn_that_comes_as_its_asker_gives_up_goes_on(first: str) -> None:
    turns = Turns(1)
    await turns.take("a")
    gone, stays = (asyncio.create_task(turns.take(asker)) for asker in ("b", "c"))
    await settled()
    if first == "cancel":
        gone.cancel()
    turns.give("a")
    gone.cancel()
    await asyncio.wait_for(stays, 1)
    assert gone.cancelled()
