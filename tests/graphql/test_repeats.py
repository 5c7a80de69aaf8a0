"""A mutation with an idempotency key is done once, and answered alike."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from app.asgi import create_app
from app.graphql import repeats
from app.graphql.limits.guard import Guard
from app.graphql.schema import schema
from app.queries.connections import connection
from app.queries.tokens import create_token
from app.settings import Limits
from tests.conftest import WorkspaceMaker
from tests.graphql.limits.callers import locked

CREATE = "mutation ($name: String!) { createLabel(input: {name: $name}) { label { name id } errors { code } } }"
OTHER = "mutation ($name: String!) { createLabel(input: {name: $name}) { errors { code } label { id } } }"
TWO = 'mutation { a: createLabel(input: {name: "a"}) { label { id } } b: createLabel(input: {name: "b"}) { label { id } } }'
SPREAD = 'mutation { ...f } fragment f on Mutation { createLabel(input: {name: "a"}) { label { id } } }'
SECRET = 'mutation { createToken(input: {name: "a", scopes: [READ]}) { secret } }'

Send = Callable[..., Coroutine[Any, Any, httpx.Response]]


def sender(client: httpx.AsyncClient, token: str) -> Send:
    async def sending(query: str, key: str | None = "key", by: str = token, **variables: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {by}"} | ({} if key is None else {"Idempotency-Key": key})
        return await client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)

    return sending


@pytest.fixture
def send(client: httpx.AsyncClient, token: str) -> Send:
    """Sends a document with a key and gives the answer."""
    return sender(client, token)


@pytest.fixture
async def impatient(dsn: str, pool: None, tmp_path: Path, token: str) -> AsyncIterator[Send]:
    """The same, to a server that gives a request half a second."""
    app = create_app(dsn, tmp_path, guard=Guard(schema._schema, Limits(request_seconds=0.5)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://pilah.test") as made:
        yield sender(made, token)


async def repeats_over() -> None:
    while repeats._running:  # noqa: ASYNC110
        await asyncio.sleep(0.01)


def code(answer: httpx.Response) -> tuple[int, str]:
    """The status, and the code of the first problem."""
    return answer.status_code, answer.json()["errors"][0]["extensions"]["code"]


async def labels(send: Send) -> int:
    return len((await send("{ labels { id } }")).json()["data"]["labels"])


async def forget_answers(workspace: int, ago: str) -> None:
    """As if whoever took the keys had died so long ago."""
    async with connection() as borrowed:
        await borrowed.execute(
            "UPDATE idempotent_answer SET answer = NULL, created_at = now() - $2::text::interval "
            "WHERE workspace_id = $1",
            workspace,
            ago,
        )


async def test_repeated_call_gets_the_same_bytes(send: Send) -> None:
    first = await send(CREATE, name="VIP")
    assert first.json()["data"]["createLabel"]["label"]["name"] == "VIP"
    assert [(await send(CREATE, name="VIP")).content for _ in range(3)] == [first.content] * 3
    assert await labels(send) == 1


async def test_calls_at_once_are_done_once(send: Send) -> None:
    answers = await asyncio.gather(*(send(CREATE, name="VIP") for _ in range(6)))
    assert {answer.content for answer in answers} == {answers[0].content}
    assert answers[0].json()["data"]["createLabel"]["errors"] == []


async def test_refusal_is_answered_alike(send: Send) -> None:
    await send(CREATE, key=None, name="VIP")
    first = await send(CREATE, name="VIP")
    assert first.json()["data"]["createLabel"]["errors"] == [{"code": "TAKEN"}]
    assert (await send(CREATE, name="VIP")).content == first.content


@pytest.mark.parametrize(("query", "name"), [(CREATE, "Gold"), (OTHER, "VIP")])
async def test_key_of_another_call_is_a_conflict(send: Send, query: str, name: str) -> None:
    await send(CREATE, name="VIP")
    assert code(await send(query, name=name)) == (409, "CONFLICT")
    assert await labels(send) == 1


async def test_answer_is_for_the_same_scopes_alone(send: Send, workspace: int) -> None:
    await send(CREATE, name="VIP")
    reader = await create_token(workspace, "reader", ["read"])
    assert code(await send(CREATE, by=reader, name="VIP")) == (409, "CONFLICT")


async def test_key_of_another_workspace_is_nobodys(send: Send, make_workspace: WorkspaceMaker) -> None:
    first = await send(CREATE, name="VIP")
    other = await create_token(await make_workspace(), "other", ["admin"])
    second = await send(CREATE, by=other, name="VIP")
    assert second.json()["data"]["createLabel"]["label"]["id"] != first.json()["data"]["createLabel"]["label"]["id"]


async def test_what_was_not_done_may_be_sent_again(send: Send, workspace: int) -> None:
    reader = await create_token(workspace, "reader", ["read"])
    for _ in range(2):
        assert (await send(CREATE, by=reader, name="VIP")).json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert (await send(CREATE, name="VIP")).json()["data"]["createLabel"]["errors"] == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"data": {"a": {}}}, True),
        ({"data": {"a": {"b": None}}, "errors": [{"path": ["a", "b"]}]}, True),
        ({"data": {"a": None}, "errors": [{"path": ["a"]}]}, False),
        ({"data": None, "errors": [{"path": ["a"]}]}, False),
        ({"errors": [{}]}, False),
    ],
)
def test_failure_below_undoes_nothing(answer: dict[str, Any], expected: bool) -> None:
    assert repeats._is_done(answer) is expected


@pytest.mark.parametrize(
    ("query", "key"), [(TWO, "key"), (SPREAD, "key"), (SECRET, "key"), (CREATE, " "), (CREATE, "x" * 201)]
)
async def test_key_that_can_not_be_kept_is_refused(send: Send, query: str, key: str) -> None:
    assert code(await send(query, key=key, name="VIP" if query == CREATE else None)) == (400, "BAD_USER_INPUT")
    assert await labels(send) == 0


async def test_query_needs_no_key_and_keeps_nothing(send: Send) -> None:
    assert await labels(send) == 0
    await send(CREATE, name="VIP")
    assert await labels(send) == 1


@pytest.mark.parametrize(("ago", "word"), [("1 second", "still"), ("3 minutes", "broken off")])
async def test_call_without_an_answer_is_not_done_again(
    send: Send, workspace: int, monkeypatch: pytest.MonkeyPatch, ago: str, word: str
) -> None:
    monkeypatch.setattr(repeats, "PATIENCE_SECONDS", 0.1)
    await send(CREATE, name="VIP")
    await forget_answers(workspace, ago)
    answer = await send(CREATE, name="VIP")
    assert code(answer) == (409, "CONFLICT")
    assert word in answer.json()["errors"][0]["message"]


async def test_old_key_is_as_if_new(send: Send, workspace: int) -> None:
    await send(CREATE, name="VIP")
    await forget_answers(workspace, "25 hours")
    assert (await send(CREATE, name="VIP")).json()["data"]["createLabel"]["errors"] == [{"code": "TAKEN"}]


async def test_call_whose_caller_leaves_is_done_and_kept(send: Send) -> None:
    leaving = asyncio.ensure_future(send(CREATE, name="VIP"))
    while not repeats._running:  # noqa: ASYNC110 - it is over in a moment
        await asyncio.sleep(0)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    again = await send(CREATE, name="VIP")
    assert again.json()["data"]["createLabel"] == {
        "label": {"name": "VIP", "id": again.json()["data"]["createLabel"]["label"]["id"]},
        "errors": [],
    }


async def test_calls_end_with_their_time(impatient: Send, dsn: str) -> None:
    async with locked(dsn, "audit_entry"):
        answers = await asyncio.gather(*(impatient(CREATE, key=f"{place}", name="VIP") for place in range(20)))
        assert {answer.status_code for answer in answers} <= {503, 504}
        async with asyncio.timeout(3):
            await repeats_over()
    again = [(await impatient(CREATE, key=f"{place}", name="VIP")).json() for place in range(20)]
    assert ["errors" in answer for answer in again] == [False] * 20


async def test_call_whose_caller_leaves_while_the_key_is_taken_is_done(send: Send) -> None:
    chance = Random(4)
    for number in range(40):
        with suppress(TimeoutError):
            async with asyncio.timeout(chance.uniform(0.003, 0.02)):
                await send(CREATE, key=f"{number}", name=f"{number}")
    async with asyncio.timeout(10):
        answers = [(await send(CREATE, key=f"{number}", name=f"{number}")).json() for number in range(40)]
    assert [answer["data"]["createLabel"]["errors"] for answer in answers] == [[]] * 40


async def test_token_has_so_many_calls_at_once(send: Send, dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeats, "MOST_AT_ONCE", 3)
    async with asyncio.TaskGroup() as group, locked(dsn, "audit_entry"):
        calls = [group.create_task(send(CREATE, key=f"{place}", name=f"{place}")) for place in range(5)]
        done, _ = await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
        assert code(done.pop().result()) == (429, "RATE_LIMITED")
    assert sorted(call.result().status_code for call in calls) == [200, 200, 200, 429, 429]


async def test_what_may_be_done_is_not_done_again(impatient: Send, dsn: str, workspace: int) -> None:
    erase = 'mutation { eraseContact(input: {email: "ani@example.com", cause: "asked"}) { errors { code } } }'
    async with locked(dsn, "export"):  # of which the second of its transactions takes rows
        assert (await impatient(erase)).status_code == 504
    await repeats_over()
    async with connection() as borrowed:
        assert await borrowed.fetchval("SELECT count(*) FROM erasure WHERE workspace_id = $1", workspace) == 1
        await borrowed.execute("UPDATE idempotent_answer SET created_at = now() - interval '3 minutes'")
    assert code(await impatient(erase)) == (409, "CONFLICT")


async def test_server_ends_after_its_calls(send: Send, dsn: str) -> None:
    async with repeats.repeats_ended(), locked(dsn, "audit_entry"):
        leaving = asyncio.ensure_future(send(CREATE, name="VIP"))
        while not repeats._running:  # noqa: ASYNC110 - it is over in a moment
            await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.sleep(0.1)
    assert not repeats._running
    assert await labels(send) == 1
