"""A call that is sent again is answered again and acts once."""

import asyncio
from typing import Any

import pytest

from app.filters.problems import Refused
from app.filters.vocabulary import Status
from app.queries.connections import connection, transaction
from app.queries.idempotency import LONGEST_KEY, Call, KeyReused, answer_once, purge_answers, read_call
from app.queries.upserts.asked import Item, Upsert
from tests.conftest import WorkspaceMaker

CALL = read_call("key", "count", {"by": 1})


class Counter:
    """What acts: counts how often."""

    def __init__(self) -> None:
        self.times = 0

    async def act(self) -> Any:
        self.times += 1
        await asyncio.sleep(0.05)
        return {"times": self.times}


async def answered(workspace: int, counter: Counter, call: Call | None = CALL) -> Any:
    async with transaction() as borrowed:
        return await answer_once(borrowed, workspace, call, counter.act)


async def grow_old(workspace: int, hours: float) -> None:
    async with connection() as borrowed:
        await borrowed.execute(
            "UPDATE idempotent_answer SET created_at = now() - $2 * interval '1 hour' WHERE workspace_id = $1",
            workspace,
            hours,
        )


async def test_same_call_acts_once(workspace: int) -> None:
    counter = Counter()
    assert [await answered(workspace, counter) for _ in range(3)] == [{"times": 1}] * 3


async def test_call_without_key_always_acts(workspace: int) -> None:
    counter = Counter()
    assert [await answered(workspace, counter, None) for _ in range(2)] == [{"times": 1}, {"times": 2}]


async def test_calls_at_once_wait_for_the_first(workspace: int) -> None:
    counter = Counter()
    assert await asyncio.gather(*(answered(workspace, counter) for _ in range(5))) == [{"times": 1}] * 5


async def test_call_that_failed_may_be_sent_again(workspace: int) -> None:
    counter = Counter()

    async def fail() -> Any:
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        async with transaction() as borrowed:
            await answer_once(borrowed, workspace, CALL, fail)
    assert await answered(workspace, counter) == {"times": 1}


@pytest.mark.parametrize("other", [read_call("key", "count", {"by": 2}), read_call("key", "add", {"by": 1})])
async def test_key_of_another_call_is_refused(workspace: int, other: Call) -> None:
    counter = Counter()
    await answered(workspace, counter)
    with pytest.raises(KeyReused):
        await answered(workspace, counter, other)
    assert counter.times == 1


@pytest.mark.parametrize(("hours", "times"), [(23.9, 1), (24.1, 2)])
async def test_answers_are_kept_for_a_day(workspace: int, hours: float, times: int) -> None:
    counter = Counter()
    await answered(workspace, counter)
    await grow_old(workspace, hours)
    assert await answered(workspace, counter) == {"times": times}
    assert await answered(workspace, counter) == {"times": times}


async def test_old_answers_alone_are_purged(make_workspace: WorkspaceMaker) -> None:
    old, young = await make_workspace(), await make_workspace()
    counter = Counter()
    for workspace in (old, young):
        await answered(workspace, counter)
    await purge_answers()
    await grow_old(old, 24.1)
    assert await purge_answers() == 1
    assert await answered(young, counter) == {"times": 2}
    assert await answered(old, counter) == {"times": 3}


async def test_keys_of_workspaces_are_apart(make_workspace: WorkspaceMaker) -> None:
    counter = Counter()
    assert await answered(await make_workspace(), counter) == {"times": 1}
    assert await answered(await make_workspace(), counter) == {"times": 2}


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ({"a": 1, "b": [None, True]}, {"b": [None, True], "a": 1}, True),
        ({"a": 1}, {"a": "1"}, False),
        ({"a": 1}, {"a": True}, False),
        ({"a": 10**30}, {"a": 10**30}, True),
        ({"a": "\ud800"}, {"a": "\ud800"}, True),
        (Upsert([Item("a@b.co", status=Status.ACTIVE)]), Upsert([Item("a@b.co", status=Status.ACTIVE)]), True),
        (Upsert([Item("a@b.co", status=Status.ACTIVE)]), Upsert([Item("a@b.co", status=Status.PENDING)]), False),
        (Upsert([Item("a@b.co", fields=[("x", 1)])]), Upsert([Item("a@b.co", fields=[("x", 2)])]), False),
        (Upsert([Item("a@b.co")], consent="x"), Upsert([Item("a@b.co")]), False),
    ],
)
def test_calls_are_alike_by_what_they_ask(one: object, other: object, alike: bool) -> None:
    assert (read_call("k", "n", one) == read_call("k", "n", other)) == alike


@pytest.mark.parametrize(
    ("key", "code"),
    [(" ", "REQUIRED"), ("x" * (LONGEST_KEY + 1), "TOO_LONG"), ("\ud800", "INVALID_TEXT"), ("\0", "INVALID_TEXT")],
)
def test_bad_key_is_refused(key: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_call(key, "count", None)
    assert [(problem.code.value, problem.path) for problem in refused.value.problems] == [
        (code, "input.idempotencyKey")
    ]
