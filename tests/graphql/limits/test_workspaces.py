"""However many tokens a workspace has, they share one workspace's sockets and subscriptions."""

from collections.abc import AsyncIterator
from types import SimpleNamespace

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute

from app.graphql.limits.guard import Guard
from app.graphql.over_http import GraphQLOverHTTP
from app.graphql.socket.endpoint import GraphQLOverSocket
from app.settings import Limits
from tests.graphql.sockets import opened, served
from tests.graphql.test_socket import SCHEMA

LIMITS = Limits(sockets=9, sockets_per_workspace=2, subscriptions=9, subscriptions_per_workspace=1)
FOREVER = "subscription { forever }"


async def authenticate(authorization: str | None) -> SimpleNamespace:
    """Tokens are called by their workspace and a letter, as 7a."""
    return SimpleNamespace(workspace_id=int((authorization or "").removeprefix("Bearer ")[:-1]))


@pytest.fixture
async def url() -> AsyncIterator[str]:
    guard = Guard(SCHEMA._schema, LIMITS)
    over_http = GraphQLOverHTTP(SCHEMA, authenticate, guard=guard)
    over_socket = GraphQLOverSocket(SCHEMA, authenticate, guard)
    app = Starlette(routes=[Route("/graphql", over_http), WebSocketRoute("/graphql", over_socket)])
    async with served(app) as (address, _):
        yield address


async def test_a_workspace_has_so_many_sockets(url: str) -> None:
    async with opened(url, {"token": "7a"}), opened(url, {"token": "7b"}):
        async with opened(url) as third:
            await third.say({"type": "connection_init", "payload": {"token": "7c"}})
            assert await third.closing() == (1013, "This workspace has 2 sockets open; close one of them first.")
        async with opened(url, {"token": "8a"}) as other:
            assert (await other.answers("{ __typename }"))[-1]["type"] == "complete"
    async with opened(url, {"token": "7c"}) as free:
        assert (await free.answers("{ __typename }"))[-1]["type"] == "complete"


async def test_a_workspace_has_so_many_subscriptions_by_sockets_and_streams(url: str) -> None:
    async with opened(url, {"token": "7a"}) as mine, opened(url, {"token": "8a"}) as theirs:
        await mine.subscribe(FOREVER)
        assert (await mine.hear())["type"] == "next"
        headers = {"accept": "text/event-stream", "authorization": "Bearer 7b"}
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = await client.post(url.replace("ws:", "http:"), json={"query": FOREVER}, headers=headers)
        assert "This workspace has 1 subscriptions open" in answer.text
        await theirs.subscribe(FOREVER)
        assert (await theirs.hear())["type"] == "next"
