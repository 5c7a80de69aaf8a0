"""Connections are shared by turns: nobody has them all, whoever holds fewest is next, and no turn is lost."""

import asyncio
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.queries.turns import Asker, Turns


def of(workspace: str, token: str = "") -> Asker:
    """A token that is known to be of a workspace."""
    return Asker(token, workspace_id=ord(workspace))


async def settled() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


async def test_one_workspace_leaves_a_connection_to_others() -> None:
    turns = Turns(3)
    mine = [asyncio.create_task(turns.take(of("a"))) for _ in range(4)]
    await settled()
    assert [task.done() for task in mine] == [True, True, False, False]
    await asyncio.wait_for(turns.take(of("b")), 1)
    turns.give(of("a"))
    await asyncio.wait_for(mine[2], 1)
    assert (mine[3].done(), turns.waiting) == (False, 1)
    mine[3].cancel()


async def test_many_tokens_have_no_more_than_one() -> None:
    turns = Turns(5)
    mine = [asyncio.create_task(turns.take(of("a", str(number)))) for number in range(40)]
    await settled()
    assert sum(task.done() for task in mine) == 4
    await asyncio.wait_for(turns.take(of("b")), 1)
    theirs = asyncio.create_task(turns.take(of("b")))
    await settled()
    turns.give(of("a", "0"))
    await settled()
    assert (theirs.done(), sum(task.done() for task in mine)) == (True, 4)
    for task in mine:
        task.cancel()


async def test_whoever_holds_fewest_is_next() -> None:
    turns = Turns(3)
    for asker in ("a", "a", "b"):
        await turns.take(of(asker))
    waiting = {asker: asyncio.create_task(turns.take(of(asker))) for asker in ("a", "b", "c")}
    await settled()
    turns.give(of("a"))
    await settled()
    assert [asker for asker, task in waiting.items() if task.done()] == ["c"]
    turns.give(of("c"))
    await settled()
    assert waiting["a"].done()  # it came before "b", which holds as many
    waiting["b"].cancel()


async def test_within_a_workspace_the_token_that_holds_fewest_is_next() -> None:
    turns = Turns(3)
    for _ in range(2):
        await turns.take(of("a", "greedy"))
    waiting = {token: asyncio.create_task(turns.take(of("a", token))) for token in ("greedy", "modest")}
    await settled()
    turns.give(of("a", "greedy"))
    await settled()
    assert [token for token, task in waiting.items() if task.done()] == ["modest"]
    waiting["greedy"].cancel()


@pytest.mark.parametrize("asker", [of, lambda letter: Asker("", letter)], ids=["known", "unknown"])
async def test_a_pool_of_one_is_shared_too(asker: type[Asker]) -> None:
    turns, order = Turns(1), list[str]()

    async def ask(letter: str) -> None:
        await turns.take(asker(letter))
        order.append(letter)
        await asyncio.sleep(0)
        turns.give(asker(letter))

    await asyncio.gather(*(ask(letter) for letter in "aaaab"))
    assert order == ["a", "a", "b", "a", "a"]


async def test_those_who_are_not_known_yet_have_a_quarter() -> None:
    turns = Turns(8)
    unknown = [asyncio.create_task(turns.take(Asker(str(number), "7"))) for number in range(40)]
    await settled()
    assert sum(task.done() for task in unknown) == 2
    other = asyncio.create_task(turns.take(Asker("z", "8")))
    await settled()
    turns.give(Asker("0", "7"))
    await settled()
    assert other.done()  # it claims another workspace
    for task in unknown:
        task.cancel()


STEPS = st.lists(st.tuples(st.sampled_from(["take", "give", "cancel", "settle"]), st.integers(0, 30)), max_size=80)
ASKERS = [of("a", "1"), of("a", "2"), of("b"), Asker("3", "a"), Asker("4", "b")]


@given(STEPS)
def test_no_turn_is_lost_whoever_gives_up(steps: list[tuple[str, int]]) -> None:
    asyncio.run(_play(steps))


async def _play(steps: list[tuple[str, int]]) -> None:
    turns, tasks = Turns(3), list[asyncio.Task[None]]()
    held = Counter[Asker]()
    for step, number in steps:
        if step == "take":
            tasks.append(asyncio.create_task(_take(turns, ASKERS[number % len(ASKERS)], held)))
        elif step == "give" and (askers := list(held.elements())):
            asker = askers[number % len(askers)]
            held[asker] -= 1
            turns.give(asker)
        elif step == "cancel" and tasks:
            tasks[number % len(tasks)].cancel()
        else:
            await settled()
        assert held.total() <= 3
        assert held[ASKERS[0]] + held[ASKERS[1]] <= 2
        assert held[ASKERS[3]] + held[ASKERS[4]] <= 1
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for asker in list(held.elements()):
        turns.give(asker)
    assert (turns.waiting, turns._waiting, turns._held, turns._free) == (0, {}, {}, 3)


async def _take(turns: Turns, asker: Asker, held: Counter[Asker]) -> None:
    await turns.take(asker)
    held[asker] += 1


@pytest.mark.parametrize("first", ["cancel", "give"])
async def test_a_turn_that_comes_as_its_asker_gives_up_goes_on(first: str) -> None:
    turns = Turns(1)
    await turns.take(of("a"))
    gone, stays = (asyncio.create_task(turns.take(of(asker))) for asker in ("b", "c"))
    await settled()
    if first == "cancel":
        gone.cancel()
    turns.give(of("a"))
    gone.cancel()
    await asyncio.wait_for(stays, 1)
    assert gone.cancelled()
