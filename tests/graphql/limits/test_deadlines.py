"""What takes too long, or is asked by somebody who has left, ends in PostgreSQL too."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from app.queries.connections import POOL_SIZE, connection
from app.queries.deadlines import begin, current
from app.queries.tokens import create_token
from app.queries.turns import Asker
from app.settings import Limits
from tests.conftest import WorkspaceMaker
from tests.graphql.limits.callers import Address, listening, locked, until_states
from tests.graphql.sockets import opened

PAGE = "{ contacts { nodes { email } } }"
LOADED = "{ segments { nodes { count } } }"
SEGMENT = 'mutation { createSegment(input: {name: "a", filter: {status: [ACTIVE]}}) { errors { message } } }'
CONTACT = 'mutation { createContact(input: {email: "a@example.com"}) { errors { message } } }'


@pytest.fixture
async def impatient(dsn: str, pool: None, tmp_path: Path) -> AsyncIterator[Address]:
    """A server that gives a request half a second."""
    async with listening(dsn, tmp_path, Limits(request_seconds=0.5)) as address:
        yield address


@pytest.fixture
async def patient(dsn: str, pool: None, tmp_path: Path) -> AsyncIterator[Address]:
    """A server with the usual limits."""
    async with listening(dsn, tmp_path, Limits()) as address:
        yield address


@pytest.mark.parametrize("query", [PAGE, LOADED, CONTACT], ids=["a page", "a loader", "a change"])
async def test_what_takes_too_long_is_stopped(impatient: Address, dsn: str, token: str, query: str) -> None:
    assert (await impatient.ask(token, SEGMENT)).status == 200
    async with locked(dsn, "contact"):
        begun = time.monotonic()
        answer = await impatient.ask(token, query)
        assert (answer.status, answer.code) == (504, "QUERY_TOO_COMPLEX")
        assert 0.4 < time.monotonic() - begun < 1.5
        await until_states(dsn, active=0, **{"idle in transaction": 0})
    assert (await impatient.ask(token, query)).status == 200


@pytest.mark.parametrize("query", [PAGE, LOADED, CONTACT], ids=["a page", "a loader", "a change"])
async def test_a_client_that_hangs_up_stops_its_query(patient: Address, dsn: str, token: str, query: str) -> None:
    assert (await patient.ask(token, SEGMENT)).status == 200
    async with locked(dsn, "contact"):
        async with patient.calling(token, query):
            await until_states(dsn, active=1)
        begun = time.monotonic()
        await until_states(dsn, active=0, **{"idle in transaction": 0})
        assert time.monotonic() - begun < 1.5
    found = await patient.ask(token, "{ contacts { totalCount } }")
    assert found.body["data"] == {"contacts": {"totalCount": 0}}


@pytest.mark.parametrize("query", [PAGE, LOADED, CONTACT], ids=["a page", "a loader", "a change"])
@pytest.mark.parametrize("is_whole", [True, False], ids=["the socket", "the operation"])
async def test_what_a_socket_gives_up_stops_too(
    patient: Address, dsn: str, token: str, query: str, is_whole: bool
) -> None:
    assert (await patient.ask(token, SEGMENT)).status == 200
    async with opened(patient.socket, {"token": token}) as speaker, locked(dsn, "contact"):
        await speaker.subscribe(query)
        await until_states(dsn, active=1)
        await (speaker.connection.close() if is_whole else speaker.say({"type": "complete", "id": "1"}))
        begun = time.monotonic()
        await until_states(dsn, active=0, **{"idle in transaction": 0})
        assert time.monotonic() - begun < 1.5


async def test_a_socket_s_operation_has_a_deadline(impatient: Address, dsn: str, token: str) -> None:
    async with opened(impatient.socket, {"token": token}) as speaker, locked(dsn, "contact"):
        (answer,) = await speaker.answers(PAGE)
        assert (answer["type"], answer["payload"][0]["extensions"]["code"]) == ("error", "QUERY_TOO_COMPLEX")
        await until_states(dsn, active=0)


async def test_no_token_has_all_connections(
    patient: Address, dsn: str, token: str, make_workspace: WorkspaceMaker
) -> None:
    other = await create_token(await make_workspace(), "other", ["read"])
    async with locked(dsn, "contact"), asyncio.TaskGroup() as group:
        calls = [group.create_task(patient.ask(token, PAGE)) for _ in range(2 * POOL_SIZE)]
        await until_states(dsn, active=POOL_SIZE - 1)
        assert (await patient.ask(other, "{ workspace { name } }")).status == 200
        assert not any(call.done() for call in calls)
        await until_states(dsn, active=POOL_SIZE - 1)
        for call in calls:
            call.cancel()
    await until_states(dsn, active=0)


async def test_many_tokens_of_one_workspace_leave_others_a_connection(
    patient: Address, dsn: str, workspace: int, make_workspace: WorkspaceMaker
) -> None:
    tokens = [await create_token(workspace, str(number), ["read"]) for number in range(40)]
    other = await create_token(await make_workspace(), "other", ["read"])
    async with locked(dsn, "contact"), asyncio.TaskGroup() as group:
        calls = [group.create_task(patient.ask(token, PAGE)) for token in tokens]
        await until_states(dsn, active=POOL_SIZE - 1)
        begun = time.monotonic()
        for _ in range(5):
            assert (await patient.ask(other, "{ workspace { name } }")).status == 200
        assert time.monotonic() - begun < 2
        assert not any(call.done() for call in calls)
        for call in calls:
            call.cancel()
    await until_states(dsn, active=0)


async def test_a_workspace_has_so_many_requests_at_once(
    pool: None, dsn: str, tmp_path: Path, workspace: int, make_workspace: WorkspaceMaker
) -> None:
    mine = [await create_token(workspace, name, ["read"]) for name in "ab"]
    other = await create_token(await make_workspace(), "other", ["read"])
    limits = Limits(requests_at_once=20, requests_at_once_per_workspace=12)
    async with listening(dsn, tmp_path, limits) as address:
        for token in mine:
            assert (await address.ask(token, "{ workspace { name } }")).status == 200
        async with locked(dsn, "contact"), asyncio.TaskGroup() as group:
            calls = [group.create_task(address.ask(token, PAGE)) for token in mine * 6]
            await until_states(dsn, active=POOL_SIZE - 1)
            refused = await address.ask(mine[0], "{ workspace { name } }")
            assert (refused.status, refused.code, refused.headers["retry-after"]) == (429, "RATE_LIMITED", "1")
            assert "This workspace has 12 requests open" in refused.body["errors"][0]["message"]
            assert (await address.ask(other, "{ workspace { name } }")).status == 200
            for call in calls:
                call.cancel()
        await until_states(dsn, active=0)
        assert (await address.ask(mine[0], PAGE)).status == 200


async def test_a_server_without_free_connections_says_when_to_try_again(impatient: Address, token: str) -> None:
    async with AsyncExitStack() as held:
        for _ in range(POOL_SIZE):
            await held.enter_async_context(connection())
        begun = time.monotonic()
        answer = await impatient.ask(token, "{ workspace { name } }")
    assert (answer.status, answer.code, answer.headers["retry-after"]) == (503, "RATE_LIMITED", "5")
    assert time.monotonic() - begun < 1.5
    assert (await impatient.ask(token, "{ workspace { name } }")).status == 200


async def test_a_statement_late_in_a_request_has_what_time_is_left(pool: None) -> None:
    deadline = begin(Asker("a"), 10)
    deadline.at -= 8
    token = current.set(deadline)
    try:
        async with connection() as borrowed:
            left = await borrowed.fetchval("SELECT setting::int FROM pg_settings WHERE name = 'statement_timeout'")
    finally:
        current.reset(token)
    assert 1_000 < left <= 2_000
    for _ in range(POOL_SIZE):
        async with connection() as borrowed:
            assert await borrowed.fetchval("SHOW statement_timeout") == "30s"
