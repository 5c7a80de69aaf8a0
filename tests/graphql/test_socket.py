"""GraphQL over WebSocket, as graphql-transport-ws has it, through a real server and a real client."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from itertools import count
from typing import Any

import pytest
import strawberry
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from structlog.testing import capture_logs
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.asgi import create_app
from app.filters.problems import Code, Refused
from app.graphql.faults import RequestError
from app.graphql.limits.guard import Guard
from app.graphql.socket import conversation
from app.graphql.socket.endpoint import GraphQLOverSocket
from app.settings import Limits
from tests.graphql.sockets import PROTOCOL, Speaker, opened, served

GOOD = {"Authorization": "Bearer good"}
contexts = count()
known = {"Bearer good": "Ayu", "Bearer other": "Budi"}
open_streams: set[object] = set()
poured: list[int] = []


@strawberry.type
class Tick:
    number: int

    @strawberry.field
    def context(self, info: strawberry.Info) -> int:
        return int(info.context["number"])


@strawberry.type
class Query:
    @strawberry.field
    async def who(self, info: strawberry.Info) -> str:
        return str(info.context["user"])

    @strawberry.field
    async def wait(self) -> int:
        await asyncio.sleep(60)
        return 1

    @strawberry.field
    def broken(self) -> str | None:
        raise ZeroDivisionError("the secret is 42")

    @strawberry.field
    def take(self, text: str) -> str:
        return text


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def change(self, first: int) -> int:
        return first + 1


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self, last: int) -> AsyncIterator[Tick]:
        for number in range(last):
            yield Tick(number=number)

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
    async def lingers(self) -> AsyncIterator[int]:
        try:
            yield 1
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0.2)

    @strawberry.subscription
    async def floods(self) -> AsyncIterator[str]:
        while True:
            poured.append(1)
            yield "x" * 100_000

    @strawberry.subscription
    async def breaks(self) -> AsyncIterator[int]:
        yield 1
        raise ZeroDivisionError("the secret is 42")

    @strawberry.subscription
    async def refuses(self) -> AsyncIterator[int]:
        raise Refused.because(Code.NOT_FOUND, "there is no such thing", "id")
        yield 1

    @strawberry.subscription
    async def loses(self, info: strawberry.Info) -> AsyncIterator[int]:
        yield 1
        known.pop(f"Bearer {info.context['user']}")
        yield 2


async def authenticate(authorization: str | None) -> dict[str, Any]:
    if authorization == "Bearer broken":
        raise ZeroDivisionError("the secret is 42")
    if authorization == "Bearer gone":
        raise ConnectionRefusedError("the secret is 42")
    if authorization == "Bearer weak":
        raise RequestError("FORBIDDEN", "This token may not read contacts.")
    if authorization not in known:
        raise RequestError("UNAUTHENTICATED", "This token is not known.")
    return {"user": known[authorization], "number": next(contexts)}


SCHEMA = strawberry.Schema(Query, Mutation, Subscription)
LIMITS = Limits(body_bytes=10_000, socket_operations=3, greeting_seconds=1)
endpoint = GraphQLOverSocket(SCHEMA, authenticate, Guard(SCHEMA._schema, LIMITS))
app = Starlette(routes=[WebSocketRoute("/graphql", endpoint)])


@pytest.fixture(scope="module")
async def url() -> AsyncIterator[str]:
    async with served(app) as (address, _):
        yield address


@pytest.fixture
async def speaker(url: str) -> AsyncIterator[Speaker]:
    """A client that has been acknowledged."""
    async with opened(url, GOOD) as speaker:
        yield speaker


@pytest.fixture(autouse=True)
def no_traceback(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a client does, the server logs no exception."""
    yield
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


async def settled(most: int = 0) -> None:
    """No more than so many subscriptions are open."""
    until = time.monotonic() + 5
    while len(open_streams) > most:
        assert time.monotonic() < until
        await asyncio.sleep(0.01)


def codes(message: dict[str, Any]) -> list[str]:
    entries = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
    assert all(entry["message"] for entry in entries)
    return [entry["extensions"]["code"] for entry in entries]


@pytest.mark.parametrize(
    ("payload", "headers", "user"),
    [
        ({"Authorization": "Bearer good"}, {}, "Ayu"),
        ({"authorization": "Bearer good"}, {}, "Ayu"),
        ({"token": "good"}, {}, "Ayu"),
        ({"Authorization": "Bearer good", "token": "other"}, {}, "Ayu"),
        ({}, {"Authorization": "Bearer good"}, "Ayu"),
        (None, {"Authorization": "Bearer good"}, "Ayu"),
        ({"token": "other"}, {"Authorization": "Bearer good"}, "Budi"),
        ({"other": 1, "token": "other"}, {}, "Budi"),
    ],
)
async def test_the_greeting_or_the_header_says_who_it_is(
    url: str, payload: Any, headers: dict[str, str], user: str
) -> None:
    async with opened(url, additional_headers=headers) as speaker:
        assert speaker.connection.subprotocol == PROTOCOL
        await speaker.say({"type": "connection_init"} | ({} if payload is None else {"payload": payload}))
        assert await speaker.hear() == {"type": "connection_ack"}
        (answer, end) = await speaker.answers("{ who }")
        assert (answer["id"], answer["type"], answer["payload"]["data"]) == ("1", "next", {"who": user})
        assert answer["payload"]["extensions"] == {"cost": {"requested": 0, "limit": 20_000}}
        assert end == {"id": "1", "type": "complete"}


@pytest.mark.parametrize(
    ("token", "code", "faults"),
    [
        ("unknown", 4401, 0),
        ("", 4401, 0),
        (None, 4401, 0),
        (7, 4401, 0),
        ("weak", 4403, 0),
        ("broken", 4500, 1),
        ("gone", 1013, 1),
    ],
)
async def test_a_wrong_token_closes_the_socket(url: str, token: Any, code: int, faults: int) -> None:
    with capture_logs() as logs:
        async with opened(url) as speaker:
            await speaker.say({"type": "connection_init", "payload": {} if token is None else {"token": token}})
            closed, reason = await speaker.closing()
    assert closed == code
    assert reason
    assert "secret" not in str(logs) + reason
    assert len(logs) == faults


INIT = {"type": "connection_init", "payload": GOOD}
SUBSCRIBE = {"type": "subscribe", "id": "1", "payload": {"query": "{ wait }"}}
NO_MESSAGES: dict[str, Any] = {
    "empty": "",
    "no JSON": "{",
    "deep": "[" * 5000,
    "null": "null",
    "a list": "[]",
    "a number": "1",
    "a text": '"connection_init"',
    "binary": b'{"type": "ping"}',
    "no type": {},
    "type null": {"type": None},
    "type a list": {"type": ["ping"]},
    "unknown type": {"type": "start", "id": "1", "payload": {"query": "{ who }"}},
    "a server's type": {"type": "connection_ack"},
}
NO_OPERATIONS: dict[str, Any] = {
    "no id": {"type": "subscribe", "payload": {"query": "{ who }"}},
    "empty id": SUBSCRIBE | {"id": ""},
    "id a number": SUBSCRIBE | {"id": 1},
    "id null": SUBSCRIBE | {"id": None},
    "no payload": {"type": "subscribe", "id": "1"},
    "payload null": SUBSCRIBE | {"payload": None},
    "payload a list": SUBSCRIBE | {"payload": ["{ who }"]},
    "no query": SUBSCRIBE | {"payload": {}},
    "query null": SUBSCRIBE | {"payload": {"query": None}},
    "query a number": SUBSCRIBE | {"payload": {"query": 1}},
    "variables a list": SUBSCRIBE | {"payload": {"query": "{ who }", "variables": []}},
    "operationName a number": SUBSCRIBE | {"payload": {"query": "{ who }", "operationName": 1}},
    "extensions a text": SUBSCRIBE | {"payload": {"query": "{ who }", "extensions": "x"}},
    "complete without id": {"type": "complete"},
    "complete with a number": {"type": "complete", "id": 1},
}
BEFORE: dict[str, tuple[Any, int]] = {
    **{name: (frame, 4400) for name, frame in NO_MESSAGES.items()},
    "payload a list": ({"type": "connection_init", "payload": []}, 4400),
    "payload a text": ({"type": "connection_init", "payload": "Bearer good"}, 4400),
    "subscribe first": (SUBSCRIBE, 4401),
    "too large": ("x" * 10_001, 1009),
    "too many bytes": ("ü" * 5_001, 1009),
}
AFTER: dict[str, tuple[Any, int]] = {
    **{name: (frame, 4400) for name, frame in (NO_MESSAGES | NO_OPERATIONS).items()},
    "greeted again": (INIT, 4429),
    "id in use": (SUBSCRIBE, 4409),
    "too large": ("x" * 10_001, 1009),
}


@pytest.mark.parametrize(("frame", "code"), BEFORE.values(), ids=BEFORE)
async def test_a_wrong_frame_before_the_greeting_closes_the_socket(url: str, frame: Any, code: int) -> None:
    async with opened(url) as speaker:
        await speaker.say(frame)
        assert (await speaker.closing())[0] == code


@pytest.mark.parametrize(("frame", "code"), AFTER.values(), ids=AFTER)
async def test_a_wrong_frame_closes_the_socket_and_ends_what_runs(speaker: Speaker, frame: Any, code: int) -> None:
    await speaker.subscribe("subscription { forever }", "stream")
    assert (await speaker.hear())["type"] == "next"
    await speaker.say(SUBSCRIBE)
    await speaker.say(frame)
    closed, reason = await speaker.closing()
    assert (closed, bool(reason)) == (code, True)
    await settled()


async def test_a_client_that_does_not_greet_is_closed_in_time(url: str) -> None:
    async with opened(url) as speaker:
        for _ in range(3):  # pings don't count as a greeting
            await speaker.say({"type": "ping"})
            assert await speaker.hear() == {"type": "pong"}
            await asyncio.sleep(0.1)
        assert (await speaker.closing())[0] == 4408


@pytest.mark.parametrize("offered", [["graphql-ws"], ["chat"], None])
async def test_no_other_protocol_is_spoken(url: str, offered: list[str] | None) -> None:
    async with opened(url, subprotocols=offered) as speaker:
        assert speaker.connection.subprotocol is None
        assert (await speaker.closing())[0] == 4406


async def test_the_protocol_is_chosen_among_others(url: str) -> None:
    async with opened(url, GOOD, subprotocols=["graphql-ws", PROTOCOL]) as speaker:
        assert speaker.connection.subprotocol == PROTOCOL


@pytest.mark.parametrize("path", ["", "/", "/graphql/", "/graphql/assets/main.js", "/live", "/imports/x/refused.csv"])
async def test_no_socket_opens_elsewhere(dsn: str, tmp_path: Any, path: str) -> None:
    async with served(create_app(dsn, tmp_path)) as (address, _):
        with pytest.raises(InvalidStatus) as refused:
            async with opened(address.removesuffix("/graphql") + path):
                pass
    assert refused.value.response.status_code == 403


async def test_queries_mutations_and_subscriptions_run_side_by_side(speaker: Speaker) -> None:
    await speaker.subscribe("{ wait }", "slow")
    change = await speaker.answers("mutation ($n: Int!) { change(first: $n) }", "change", {"n": 1})
    assert [message["type"] for message in change] == ["next", "complete"]
    assert change[0]["payload"]["data"] == {"change": 2}
    ticks = await speaker.answers("subscription { ticks(last: 3) { number } }", "ticks")
    assert [message["payload"]["data"]["ticks"]["number"] for message in ticks[:-1]] == [0, 1, 2]
    assert {message["id"] for message in ticks} == {"ticks"}
    again = await speaker.answers("{ who }", "ticks")  # the id is free again
    assert again[0]["payload"]["data"] == {"who": "Ayu"}


async def test_each_event_has_a_context_of_its_own(speaker: Speaker) -> None:
    ticks = await speaker.answers("subscription { ticks(last: 3) { context } }")
    numbers = [message["payload"]["data"]["ticks"]["context"] for message in ticks[:-1]]
    assert len(set(numbers)) == 3


async def test_a_ping_is_answered_and_a_pong_is_not(speaker: Speaker) -> None:
    await speaker.say({"type": "pong", "payload": {}})
    await speaker.say({"type": "ping", "payload": {"n": 1}})
    assert await speaker.hear() == {"type": "pong"}


async def test_a_client_ends_an_operation(speaker: Speaker) -> None:
    await speaker.subscribe("subscription { forever }")
    assert (await speaker.hear())["type"] == "next"
    await speaker.say({"type": "complete", "id": "1"})
    await speaker.say({"type": "complete", "id": "never there"})
    await settled()
    assert (await speaker.answers("{ who }"))[-1] == {"id": "1", "type": "complete"}


async def test_an_operation_that_ends_late_leaves_its_id_to_the_next(speaker: Speaker) -> None:
    await speaker.subscribe("subscription { lingers }")
    assert (await speaker.hear())["type"] == "next"
    await speaker.say({"type": "complete", "id": "1"})
    await speaker.subscribe("subscription { forever }")
    assert (await speaker.hear())["payload"]["data"] == {"forever": 1}
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(speaker.hear(), 0.5)
    await speaker.subscribe("subscription { forever }")
    assert await speaker.closing() == (4409, "An operation with this id runs already.")


ENDS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "syntax": ({"query": "{ who"}, ["BAD_USER_INPUT"]),
    "validation": ({"query": "{ nothing nobody }"}, ["BAD_USER_INPUT"] * 2),
    "two streams": ({"query": "subscription { forever breaks }"}, ["BAD_USER_INPUT"]),
    "missing variable": ({"query": "query ($t: String!) { take(text: $t) }"}, ["BAD_USER_INPUT"]),
    "missing variable of a subscription": (
        {"query": "subscription ($n: Int!) { ticks(last: $n) { number } }"},
        ["BAD_USER_INPUT"],
    ),
    "no such operation": ({"query": "query A { who }", "operationName": "B"}, ["BAD_USER_INPUT"]),
    "too complex": ({"query": "{ " + "who " * 501 + "}"}, ["QUERY_TOO_COMPLEX"]),
    "NUL": ({"query": "query ($t: String!) { take(text: $t) }", "variables": {"t": "\0"}}, ["BAD_USER_INPUT"]),
    "deep variables": (
        {"query": "{ who }", "variables": {"x": json.loads("[" * 100 + "]" * 100)}},
        ["BAD_USER_INPUT"],
    ),
    "refused": ({"query": "subscription { refuses }"}, ["BAD_USER_INPUT"]),
}


@pytest.mark.parametrize(("payload", "expected"), ENDS.values(), ids=ENDS)
async def test_an_operation_that_can_t_begin_ends_with_errors(
    speaker: Speaker, payload: dict[str, Any], expected: list[str]
) -> None:
    await speaker.say({"type": "subscribe", "id": "1", "payload": payload})
    error = await speaker.hear()
    assert (error["type"], error["id"], codes(error)) == ("error", "1", expected)
    assert (await speaker.answers("{ who }"))[0]["type"] == "next"


async def test_a_field_that_fails_is_masked_within_the_answer(speaker: Speaker) -> None:
    with capture_logs() as logs:
        answer, end = await speaker.answers("{ who broken }")
    assert (answer["payload"]["data"], codes(answer)) == ({"who": "Ayu", "broken": None}, ["INTERNAL_SERVER_ERROR"])
    assert end["type"] == "complete"
    assert [log["id"] for log in logs if "id" in log] == [answer["payload"]["errors"][0]["extensions"]["id"]]
    assert "secret" not in json.dumps(answer) + str(logs)


async def test_a_subscription_that_fails_is_masked_and_ends(speaker: Speaker) -> None:
    with capture_logs() as logs:
        answer, error = await speaker.answers("subscription { breaks }")
    assert (answer["type"], error["type"], codes(error)) == ("next", "error", ["INTERNAL_SERVER_ERROR"])
    assert [log["id"] for log in logs if "id" in log] == [error["payload"][0]["extensions"]["id"]]
    assert "secret" not in json.dumps(error) + str(logs)


async def test_a_revoked_token_ends_what_it_opened(url: str) -> None:
    known["Bearer brief"] = "brief"
    async with opened(url, {"token": "brief"}) as speaker:
        answer, error = await speaker.answers("subscription { loses }")
        assert (answer["payload"]["data"], codes(error)) == ({"loses": 1}, ["UNAUTHENTICATED"])
        (error,) = await speaker.answers("{ who }")
        assert codes(error) == ["UNAUTHENTICATED"]


@pytest.mark.parametrize("is_chatty", [False, True])
async def test_a_revoked_token_ends_its_idle_socket(
    url: str, monkeypatch: pytest.MonkeyPatch, is_chatty: bool
) -> None:
    monkeypatch.setattr(conversation, "SECONDS_BETWEEN_LOOKS", 0.3)
    known["Bearer brief"] = "brief"
    async with opened(url, {"token": "brief"}) as speaker:
        await asyncio.sleep(0.7)
        assert (await speaker.answers("{ who }"))[0]["payload"]["data"] == {"who": "brief"}
        del known["Bearer brief"]
        began = time.monotonic()
        with suppress(ConnectionClosed):
            for _ in range(30 if is_chatty else 0):
                await speaker.say({"type": "ping"})
                await asyncio.sleep(0.03)
        assert await speaker.closing() == (4403, "This token is not known.")
        assert time.monotonic() - began < 1


async def test_each_operation_has_its_line_in_the_log(speaker: Speaker) -> None:
    with capture_logs() as logs:
        await speaker.answers("query Mine { who }", "a")
        await speaker.answers("{ nothing }", "b")
        await speaker.subscribe("subscription Long { forever }", "c")
        await speaker.hear()
        await speaker.say({"type": "complete", "id": "c"})
        await settled()
        await speaker.answers("{ who }", "d")
    lines = [log for log in logs if log["event"] == "operation"]
    told = [(line["outcome"], line.get("operation")) for line in lines]
    assert told == [("complete", "Mine"), ("error", None), ("stopped", "Long"), ("complete", None)]
    assert len({line["request"] for line in lines}) == 4
    assert all(line["ms"] >= 0 for line in lines)


async def test_a_socket_runs_only_so_many_operations_at_once(speaker: Speaker) -> None:
    for id in "abc":
        await speaker.subscribe("subscription { forever }", id)
        assert (await speaker.hear())["type"] == "next"
    (error,) = await speaker.answers("{ who }", "d")
    assert (error["id"], codes(error)) == ("d", ["RATE_LIMITED"])
    await speaker.say({"type": "complete", "id": "b"})
    await settled(2)
    assert (await speaker.answers("{ who }", "d"))[0]["payload"]["data"] == {"who": "Ayu"}


async def test_a_client_that_does_not_read_is_not_written_to(url: str) -> None:
    async with opened(url, GOOD, max_queue=1, compression=None) as speaker:
        await speaker.subscribe("subscription { floods }")
        await asyncio.sleep(0.5)
        before = len(poured)
        await asyncio.sleep(0.5)
        assert 0 < before == len(poured) < 200
        speaker.connection.transport.abort()


@pytest.mark.parametrize("abruptly", [False, True])
async def test_a_client_that_leaves_ends_what_it_opened(url: str, abruptly: bool) -> None:
    async with opened(url, GOOD) as speaker:
        await speaker.subscribe("subscription { forever }", "a")
        await speaker.subscribe("subscription { forever }", "b")
        assert {(await speaker.hear())["type"] for _ in range(2)} == {"next"}
        assert len(open_streams) == 2
        if abruptly:
            speaker.connection.transport.abort()
        else:
            await speaker.connection.close()
        await settled()


async def test_a_server_that_stops_ends_its_sockets_at_once() -> None:
    async with served(app, timeout_graceful_shutdown=10) as (address, server), opened(address, GOOD) as speaker:
        await speaker.subscribe("subscription { forever }")
        assert (await speaker.hear())["type"] == "next"
        server.should_exit = True
        began = time.monotonic()
        assert (await speaker.closing())[0] == 1012
        await settled()
    assert time.monotonic() - began < 5
