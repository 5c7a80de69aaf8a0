"""Side doors keep callers within the same limits as GraphQL does."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from app.asgi import create_app
from app.cli import connections, serving
from app.filters.ids import to_global
from app.graphql.limits.guard import Guard
from app.graphql.schema import schema
from app.queries.connections import POOL_SIZE, connection
from app.queries.tokens import create_token
from app.settings import USUAL_LIMITS, Limits
from tests.conftest import WorkspaceMaker
from tests.graphql.limits.callers import locked, until_states
from tests.http.importing import codes
from tests.test_cli_connections import connected, rest

EXPORT = f"/exports/{to_global('Export', 1)}"
UNDO = f"/imports/{to_global('Import', 1)}/undo"

Clients = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def clients(dsn: str, pool: None, tmp_path: Path) -> AsyncIterator[Clients]:
    """Makes callers of one application within limits, each with a token of a workspace."""
    async with AsyncExitStack() as stack:
        apps = {}

        async def made(limits: Limits, workspace: int) -> httpx.AsyncClient:
            if limits not in apps:
                apps[limits] = create_app(dsn, tmp_path, guard=Guard(schema._schema, limits))
            headers = {"authorization": f"Bearer {await create_token(workspace, 'test', ['admin'])}"}
            transport = httpx.ASGITransport(apps[limits])
            return await stack.enter_async_context(
                httpx.AsyncClient(transport=transport, base_url="http://pilah.test", headers=headers)
            )

        yield made


@asynccontextmanager
async def asking(client: httpx.AsyncClient, number: int, path: str = EXPORT) -> AsyncIterator[None]:
    """So many requests that are under way, and let go at the end."""
    tasks = [asyncio.create_task(client.get(path)) for _ in range(number)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_an_address_of_many_wrong_tokens_is_heard_no_more(clients: Clients, workspace: int) -> None:
    limits = Limits(wrong_tokens_per_minute=3)
    right = await clients(limits, workspace)
    assert (await right.get(EXPORT)).status_code == 404
    answers = [await right.get(EXPORT, headers={"authorization": f"Bearer no{number}"}) for number in range(5)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
    assert answers[0].headers["www-authenticate"] == "Bearer"
    assert (codes(answers[4]), answers[4].headers["retry-after"]) == ([("RATE_LIMITED", "")], "20")
    assert (await right.get(EXPORT)).status_code == 404
    graphql = await right.post("/graphql", json={"query": "{ x }"}, headers={"authorization": "Bearer no"})
    assert graphql.status_code == 429  # all doors count together


async def test_a_token_s_rate_holds_for_refusals_too(clients: Clients, workspace: int) -> None:
    client = await clients(Limits(requests_per_second=1, requests_in_a_burst=3), workspace)
    answers = [await client.post(UNDO) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [404, 404, 404, 429, 429]
    assert answers[4].headers["retry-after"] == "1"


@pytest.mark.parametrize(("method", "path"), [("GET", EXPORT), ("DELETE", EXPORT), ("POST", "/exports")])
async def test_what_takes_too_long_is_stopped(
    clients: Clients, workspace: int, dsn: str, method: str, path: str
) -> None:
    client = await clients(Limits(request_seconds=1), workspace)
    async with locked(dsn, "export"):
        begun = time.monotonic()
        answer = await client.request(method, path, json={"everyone": True})
        assert (answer.status_code, codes(answer)) == (504, [("QUERY_TOO_COMPLEX", "")])
        assert 0.9 < time.monotonic() - begun < 2.5
        await until_states(dsn, active=0, **{"idle in transaction": 0})
    assert (await client.request(method, path, json={"everyone": True})).status_code < 500


async def test_one_workspace_leaves_others_a_connection(
    clients: Clients, workspace: int, dsn: str, make_workspace: WorkspaceMaker
) -> None:
    mine, other = await clients(Limits(), workspace), await clients(Limits(), await make_workspace())
    async with locked(dsn, "export"), asking(mine, 3 * POOL_SIZE):
        await until_states(dsn, active=POOL_SIZE - 1)
        graphql = await other.post("/graphql", json={"query": "{ workspace { name } }"})
        assert (graphql.status_code, (await other.post(UNDO)).status_code) == (200, 404)
    await until_states(dsn, active=0)


async def test_without_free_connections_a_caller_is_told_to_come_again(clients: Clients, workspace: int) -> None:
    client = await clients(Limits(request_seconds=1), workspace)
    async with AsyncExitStack() as held:
        for _ in range(POOL_SIZE):
            await held.enter_async_context(connection())
        answer = await client.get(EXPORT)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


async def test_a_crowd_of_one_workspace_shuts_no_door(
    dsn: str, pool: None, workspace: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "MOST_CONNECTIONS", 30)
    monkeypatch.setattr(connections, "CROWD", 5)
    limits = Limits(requests_at_once=20, requests_at_once_per_workspace=15)
    app = create_app(dsn, tmp_path, guard=Guard(schema._schema, limits))
    token = await create_token(workspace, "test", ["admin"])
    async with connected(app) as (_, writer), locked(dsn, "export"):
        crowd = [await asyncio.open_connection(*writer.get_extra_info("peername")) for _ in range(100)]
        for _, one in crowd:
            one.write(f"GET {EXPORT} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n\r\n".encode())
        await asyncio.sleep(0.3)
        late, client = await asyncio.open_connection(*writer.get_extra_info("peername"))
        client.write(b"GET /live HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        assert (await rest(late)).startswith(b"HTTP/1.1 200")
        for _, one in [*crowd, (late, client)]:
            one.transport.abort()
    await until_states(dsn, active=0)


def test_requests_and_sockets_leave_room_for_probes() -> None:
    most = USUAL_LIMITS.sockets + USUAL_LIMITS.requests_at_once
    assert most <= serving.MOST_CONNECTIONS - connections.CROWD


async def test_requests_at_once_count_at_all_doors_and_probes_at_none(
    clients: Clients, workspace: int, dsn: str, make_workspace: WorkspaceMaker
) -> None:
    limits = Limits(requests_at_once=15, requests_at_once_per_workspace=10)
    mine, other = await clients(limits, workspace), await clients(limits, await make_workspace())
    for client in (mine, other):
        assert (await client.get(EXPORT)).status_code == 404
    async with locked(dsn, "export"), asking(mine, 10):
        await until_states(dsn, active=POOL_SIZE - 1)
        refused = [await mine.get(EXPORT), await mine.post("/graphql", json={"query": "{ workspace { name } }"})]
        assert [answer.status_code for answer in refused] == [429, 429]
        assert [(await other.get(path)).status_code for path in ("/live", "/ready")] == [200, 200]
        async with asking(other, 5):
            await asyncio.sleep(0.1)
            full = await other.post(UNDO)
            assert (full.status_code, full.headers["retry-after"]) == (503, "5")
            assert (await other.get("/live")).status_code == 200
    await until_states(dsn, active=0)
    assert (await mine.get(EXPORT)).status_code == 404
