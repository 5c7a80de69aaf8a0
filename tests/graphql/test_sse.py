"""GraphQL as server-sent events, through a real server: told in full, kept alive, and ended by a hang-up."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from structlog.testing import capture_logs

from app.cli.connections import GuardedHttp
from app.filters.problems import Code, Refused
from app.graphql import sse
from app.graphql.faults import RequestError
from app.graphql.limits.guard import Guard
from app.graphql.media import STREAM, Form, form_of
from app.graphql.over_http import GraphQLOverHTTP
from app.graphql.socket.endpoint import GraphQLOverSocket
from app.settings import Limits
from tests.graphql.sockets import opened, served

ACCEPT = {"accept": STREAM.decode(), "authorization": "Bearer good"}
known = {"Bearer good": "Ayu"}
open_streams: set[object] = set()
changes: list[int] = []
poured: list[int] = []
looked_up: list[str | None] = []


@strawberry.type
class Query:
    @strawberry.field
    async def who(self, info: strawberry.Info) -> str:
        return str(info.context)

    @strawberry.field
    def broken(self) -> str | None:
        raise ZeroDivisionError("the secret is 42")


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def change(self, first: int) -> int:
        changes.append(first)
        return first + 1


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self, last: int) -> AsyncIterator[int]:
        for number in range(last):
            yield number

    @strawberry.subscription
    async def forever(self) -> AsyncIterator[int]:
        stream = object()
        open_streams.add(stream)
        try:
            yield 1
            await asyncio.Event().wait()
        finally:
            open_streams.remove(stream)

    @strawberry.subscription
    async def floods(self) -> AsyncIterator[str]:
        try:
            while True:
                poured.append(1)
                yield "x" * 100_000
        finally:
            poured.clear()

    @strawberry.subscription
    async def breaks(self) -> AsyncIterator[int]:
        yield 1
        raise ZeroDivisionError("the secret is 42")

    @strawberry.subscription
    async def refuses(self) -> AsyncIterator[int]:
        raise Refused.because(Code.NOT_FOUND, "there is no such thing", "id")
        yield 1

    @strawberry.subscription
    async def loses(self) -> AsyncIterator[int]:
        yield 1
        del known["Bearer brief"]
        yield 2


async def authenticate(authorization: str | None) -> str:
    looked_up.append(authorization)
    if authorization not in known:
        raise RequestError("UNAUTHENTICATED", "This token is not known.")
    return known[authorization]


SCHEMA = strawberry.Schema(Query, Mutation, Subscription)

guard = Guard(SCHEMA._schema, Limits(subscriptions_per_token=2))
over_http = GraphQLOverHTTP(SCHEMA, authenticate, guard=guard)
over_http.events = sse.GraphQLOverEvents(over_http.events._operations, seconds_between_signs=0.1)
over_socket = GraphQLOverSocket(SCHEMA, authenticate, guard)
app = Starlette(routes=[Route("/graphql", over_http), WebSocketRoute("/graphql", over_socket)])


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with served(app) as (address, _):
        url = address.replace("ws:", "http:").removesuffix("/graphql")
        async with httpx.AsyncClient(base_url=url, headers=ACCEPT, trust_env=False) as made:
            yield made


@asynccontextmanager
async def streaming(client: httpx.AsyncClient, query: str) -> AsyncIterator[AsyncIterator[str]]:
    async with client.stream("POST", "/graphql", json={"query": query}) as answer:
        assert answer.status_code == 200
        yield answer.aiter_lines()


def events_in(text: str) -> list[tuple[str, Any]]:
    """The events of a stream, without comments."""
    found = []
    for block in text.removesuffix("\n\n").split("\n\n"):
        fields = dict(line.split(":", 1) for line in block.splitlines() if not line.startswith(":"))
        if fields:
            data = fields["data"].strip()
            found.append((fields["event"].strip(), json.loads(data) if data else None))
    return found


async def settled() -> None:
    until = time.monotonic() + 5
    while open_streams:
        assert time.monotonic() < until
        await asyncio.sleep(0.01)


async def told(client: httpx.AsyncClient, query: str, method: str = "POST", **headers: str) -> list[Any]:
    """The payloads that an operation is answered, which `complete` ends."""
    asked: dict[str, Any] = {"json": {"query": query}} if method == "POST" else {"params": {"query": query}}
    answer = await client.request(method, "/graphql", headers=headers, **asked)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert (answer.headers["cache-control"], answer.headers["x-accel-buffering"]) == ("no-store", "no")
    *events, last = events_in(answer.text)
    assert last == ("complete", None)
    assert {name for name, _ in events} == {"next"}
    return [payload for _, payload in events]


def codes(payload: dict[str, Any]) -> list[str]:
    return [error["extensions"]["code"] for error in payload["errors"]]


ANSWERS: dict[str, tuple[str, list[Any]]] = {
    "a query": ("{ who }", [{"who": "Ayu"}]),
    "a subscription": ("subscription { ticks(last: 3) }", [{"ticks": 0}, {"ticks": 1}, {"ticks": 2}]),
}


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize(("query", "data"), ANSWERS.values(), ids=ANSWERS)
async def test_an_operation_is_told_in_events(
    client: httpx.AsyncClient, query: str, data: list[Any], method: str
) -> None:
    assert [each["data"] for each in await told(client, query, method)] == data


async def test_a_change_needs_a_post(client: httpx.AsyncClient) -> None:
    query = "mutation { change(first: 1) }"
    assert [each["data"] for each in await told(client, query)] == [{"change": 2}]
    answer = await client.get("/graphql", params={"query": query})
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert (codes(answer.json()), changes) == (["BAD_USER_INPUT"], [1])


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ who", ["BAD_USER_INPUT"]),
        ("{ nothing nobody }", ["BAD_USER_INPUT"] * 2),
        ("subscription { ticks(last: true) }", ["BAD_USER_INPUT"]),
        ("subscription { refuses }", ["BAD_USER_INPUT"]),
        ("query A { who } query B { who }", ["BAD_USER_INPUT"]),
        ("{ " + "who " * 501 + "}", ["QUERY_TOO_COMPLEX"]),
    ],
)
async def test_what_can_t_begin_is_told_by_an_event(
    client: httpx.AsyncClient, query: str, expected: list[str], method: str
) -> None:
    (payload,) = await told(client, query, method)
    assert (codes(payload), "data" in payload) == (expected, False)


@pytest.mark.parametrize(("query", "answers"), [("{ who broken }", 1), ("subscription { breaks }", 2)])
async def test_a_fault_is_masked_and_ends_the_stream(client: httpx.AsyncClient, query: str, answers: int) -> None:
    with capture_logs() as logs:
        payloads = await told(client, query)
    assert len(payloads) == answers
    assert codes(payloads[-1]) == ["INTERNAL_SERVER_ERROR"]
    assert [log["id"] for log in logs] == [payloads[-1]["errors"][0]["extensions"]["id"]]
    assert "secret" not in str(payloads) + str(logs)


async def test_a_token_is_asked_for_before_each_answer(client: httpx.AsyncClient) -> None:
    answer = await client.post("/graphql", json={"query": "{ who }"}, headers={"authorization": "Bearer bad"})
    assert (answer.status_code, codes(answer.json())) == (401, ["UNAUTHENTICATED"])
    known["Bearer brief"] = "Budi"
    first, last = await told(client, "subscription { loses }", authorization="Bearer brief")
    assert (first["data"], codes(last)) == ({"loses": 1}, ["UNAUTHENTICATED"])


@pytest.mark.parametrize(("query", "looks"), [("{ who }", 1), ("subscription { ticks(last: 3) }", 1 + 3)])
async def test_a_token_is_looked_up_once_for_each_answer(client: httpx.AsyncClient, query: str, looks: int) -> None:
    looked_up.clear()
    await told(client, query)
    assert len(looked_up) == looks


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [("{", {}, 400), ('{"query": "{ who }"}', {"content-type": "text/plain"}, 415), ("x" * 1_000_001, {}, 413)],
)
async def test_what_is_no_request_is_refused_as_ever(
    client: httpx.AsyncClient, content: str, headers: dict[str, str], status: int
) -> None:
    answer = await client.post("/graphql", content=content, headers={"content-type": "application/json"} | headers)
    assert (answer.status_code, codes(answer.json())) == (status, ["BAD_USER_INPUT"])


async def test_a_quiet_stream_gives_signs_of_life(client: httpx.AsyncClient) -> None:
    async with streaming(client, "subscription { forever }") as lines:
        seen = [await anext(lines) for _ in range(7)]
    assert [line.partition(',"extensions"')[0] for line in seen] == [
        "event: next", 'data: {"data":{"forever":1}', "", ":", "", ":", ""
    ]  # fmt: skip


async def test_a_client_that_hangs_up_ends_its_operation(client: httpx.AsyncClient) -> None:
    async with streaming(client, "subscription { forever }") as lines:
        assert await anext(lines) == "event: next"
        assert len(open_streams) == 1
    await settled()


async def test_streams_and_sockets_share_one_token_s_limit(client: httpx.AsyncClient) -> None:
    socket = str(client.base_url).replace("http:", "ws:") + "/graphql"
    async with opened(socket, {"token": "good"}) as speaker, streaming(client, "subscription { forever }") as lines:
        assert await anext(lines) == "event: next"
        await speaker.subscribe("subscription { forever }")
        assert (await speaker.hear())["type"] == "next"
        (payload,) = await told(client, "subscription { forever }")
        assert codes(payload) == ["RATE_LIMITED"]
    await settled()


async def test_a_client_that_does_not_read_is_left(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sse, "STALL_SECONDS", 0.5)
    async with streaming(client, "subscription { floods }") as lines:
        assert await anext(lines) == "event: next"
        await asyncio.sleep(0.25)
        before = len(poured)
        await asyncio.sleep(0.1)
        assert 0 < before == len(poured) < 200
        await asyncio.sleep(0.5)
        assert poured == []


async def test_a_server_that_stops_ends_its_streams_at_once() -> None:
    options: dict[str, Any] = {"http": GuardedHttp, "timeout_graceful_shutdown": 10}
    began = time.monotonic()
    async with served(app, **options) as (address, server):
        with pytest.raises(httpx.RemoteProtocolError):
            await heard_until_stopped(address.replace("ws:", "http:"), server)
        await settled()
    assert time.monotonic() - began < 5


async def heard_until_stopped(url: str, server: uvicorn.Server) -> None:
    async with (
        httpx.AsyncClient(headers=ACCEPT, trust_env=False) as own,
        own.stream("POST", url, json={"query": "subscription { forever }"}) as answer,
    ):
        async for _ in answer.aiter_lines():
            server.should_exit = True


def test_who_names_json_beside_a_stream_gets_json() -> None:
    json_first = b"application/graphql-response+json, application/json, text/event-stream, multipart/mixed"
    assert form_of(json_first) == Form(b"application/graphql-response+json")
    assert form_of(b"text/event-stream, multipart/mixed") == Form(STREAM)
    assert form_of(b"text/event-stream, */*") == Form(STREAM)
    assert form_of(b"application/json;q=0.5, text/event-stream") == Form(STREAM)
    assert form_of(b"text/event-stream;q=0") is None
