"""How often callers may ask and how much they may keep open, by token and by address."""

import json
from collections.abc import AsyncIterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute

from app.graphql.faults import RequestError
from app.graphql.limits.guard import Guard, guard_of
from app.graphql.limits.trusted import BadManifest, Trusted, read_manifest
from app.graphql.over_http import GraphQLOverHTTP
from app.graphql.socket.endpoint import GraphQLOverSocket
from app.identity.callers import caller_of
from app.identity.gate import Gate
from app.identity.places import Places
from app.identity.rates import MOST_KEPT, Rates
from app.identity.refusals import NotNow, TooOften
from app.settings import Allowance, Limits, Settings
from tests.graphql.sockets import opened, served
from tests.graphql.test_socket import GOOD, SCHEMA, authenticate

CORE = SCHEMA._schema
HELLO = "{ who }"
RIGHT, WRONG = "Bearer good", "Bearer wrong"


@given(st.lists(st.tuples(st.floats(0, 0.5), st.sampled_from("ab")), max_size=60), st.integers(1, 5))
def test_a_bucket_gives_its_burst_and_then_its_rate(steps: list[tuple[float, str]], burst: int) -> None:
    now, taken = 0.0, {"a": list[float](), "b": list[float]()}
    rates = Rates(4, burst, lambda: now)
    for pause, key in steps:
        now += pause
        if (wait := rates.take(key)) == 0:
            taken[key].append(now)
        else:
            held, now = now, now + wait + 1e-9
            assert rates.wait(key) == 0
            now = held
    for moments in taken.values():
        for first, last in ((i, j) for i in range(len(moments)) for j in range(i, len(moments))):
            assert last - first + 1 <= burst + 4 * (moments[last] - moments[first]) + 1e-6


def test_buckets_of_many_keys_are_forgotten_by_their_age() -> None:
    rates = Rates(1, 1, lambda: 0.0)
    for number in range(MOST_KEPT + 5):
        rates.take(str(number))
    assert len(rates._full_at) == MOST_KEPT
    assert (rates.wait("0"), rates.wait("5")) == (0, 1)


def test_places_are_for_each_and_for_all() -> None:
    places = Places("sockets", 3, 2)
    with places.one("a"), places.one("a"):
        with pytest.raises(RequestError, match="This token has 2 sockets"), places.one("a"):
            pass
        with places.one("b"), pytest.raises(RequestError, match="This server has 3 sockets"), places.one("c"):
            pass
    assert (places.taken, places._by_owner) == (0, {})


@pytest.mark.parametrize("header", ["Bearer good", "bearer  good ", "BEARER good", "x good"])
def test_a_token_is_one_caller_however_it_is_written(header: str) -> None:
    assert caller_of(header) == caller_of(RIGHT) != caller_of(WRONG)
    assert "good" not in repr(caller_of(header))


def client_of(guard: Guard) -> httpx.AsyncClient:
    """Speaks to an endpoint with this guard."""
    app = Starlette(routes=[Route("/graphql", GraphQLOverHTTP(SCHEMA, authenticate, guard=guard))])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://pilah.test")


async def post(client: httpx.AsyncClient, token: str, **body: Any) -> httpx.Response:
    return await client.post("/graphql", json=body or {"query": HELLO}, headers={"authorization": token})


def code_of(answer: httpx.Response) -> str:
    return str(answer.json()["errors"][0]["extensions"]["code"])


async def test_who_asks_too_often_is_told_when_to_come_back() -> None:
    async with client_of(Guard(CORE, Limits(requests_per_second=1, requests_in_a_burst=3))) as client:
        answers = [await post(client, RIGHT) for _ in range(5)]
        other = await post(client, "Bearer other")
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert (code_of(answers[4]), answers[4].headers["retry-after"]) == ("RATE_LIMITED", "1")
    assert other.status_code == 200


async def test_an_address_of_many_wrong_tokens_is_heard_no_more_but_for_right_ones() -> None:
    async with client_of(Guard(CORE, Limits(wrong_tokens_per_minute=3))) as client:
        assert (await post(client, RIGHT)).status_code == 200
        wrong = [await post(client, f"Bearer wrong{number}") for number in range(5)]
        assert [answer.status_code for answer in wrong] == [401, 401, 401, 429, 429]
        assert (code_of(wrong[4]), wrong[4].headers["retry-after"]) == ("RATE_LIMITED", "20")
        assert (await post(client, RIGHT)).status_code == 200
        assert (await post(client, "Bearer other")).status_code == 429


async def test_another_address_is_not_blamed() -> None:
    guard = Guard(CORE, Limits(wrong_tokens_per_minute=1))
    with pytest.raises(RequestError):
        await guard.gate.known(partial(authenticate, WRONG), caller_of(WRONG, "192.0.2.1"))
    with pytest.raises(TooOften, match="60 s"):
        guard.gate.hear(caller_of(RIGHT, "192.0.2.1"))
    guard.gate.hear(caller_of(RIGHT, "192.0.2.2"))


TEXT = "query A { who }"
ID = sha256(TEXT.encode()).hexdigest()
TRUSTED = Trusted({ID: TEXT, "b": "query B { broken }"})


@pytest.fixture
async def trusting() -> AsyncIterator[httpx.AsyncClient]:
    """Speaks to an endpoint that runs two documents."""
    async with client_of(Guard(CORE, trusted=TRUSTED)) as client:
        yield client


@pytest.mark.parametrize(
    "body",
    [
        {"documentId": ID},
        {"documentId": f"sha256:{ID}"},
        {"documentId": ID, "query": "{ other }"},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": ID}}},
        {"query": TEXT},
    ],
)
async def test_trusted_documents_run(trusting: httpx.AsyncClient, body: dict[str, Any]) -> None:
    answer = await post(trusting, RIGHT, **body)
    assert (answer.status_code, answer.json()["data"]) == (200, {"who": "Ayu"})


@pytest.mark.parametrize("body", [{"query": HELLO}, {"documentId": "c"}, {"documentId": TEXT}])
async def test_no_others_run(trusting: httpx.AsyncClient, body: dict[str, Any]) -> None:
    answer = await post(trusting, RIGHT, **body)
    assert (answer.status_code, code_of(answer)) == (403, "FORBIDDEN")
    assert "list" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize("body", [{"documentId": ID}, {"documentId": 1}, {"extensions": {"persistedQuery": 1}}])
async def test_without_a_list_an_id_is_no_query(body: dict[str, Any]) -> None:
    async with client_of(Guard(CORE)) as client:
        answer = await post(client, RIGHT, **body)
    assert (answer.status_code, code_of(answer)) == (400, "BAD_USER_INPUT")


def trusting_settings(path: Path) -> Settings:
    return Settings(None, None, None, 8, Allowance(), documents=path)


MANIFESTS = {
    "no file": None,
    "no JSON": "{",
    "an array": "[]",
    "empty": "{}",
    "a number": '{"a": 1}',
    "a document that can't run": '{"a": "{ nothing }"}',
    "a document that is too large": json.dumps({"a": "{ who " * 200}),
}


@pytest.mark.parametrize("text", MANIFESTS.values(), ids=MANIFESTS)
def test_a_bad_manifest_is_told_at_once(text: str | None, tmp_path: Path) -> None:
    path = tmp_path / "documents.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(BadManifest, match=r"documents\.json"):
        guard_of(CORE, trusting_settings(path))


def test_a_manifest_is_read_with_or_without_the_name_of_its_hash(tmp_path: Path) -> None:
    path = tmp_path / "documents.json"
    path.write_text(json.dumps({f"sha256:{ID}": TEXT, "b": "query B { broken }"}))
    assert read_manifest(path) == TRUSTED
    assert guard_of(CORE, trusting_settings(path)).documents.trusted == TRUSTED


@pytest.mark.parametrize(
    "query", ["{ __schema { types { name } } }", '{ __type(name: "Query") { name } }', "{ whoo }"]
)
async def test_a_closed_schema_is_not_told(query: str) -> None:
    async with client_of(Guard(CORE, is_open=False)) as client:
        closed = await post(client, RIGHT, query=query)
        typename = await post(client, RIGHT, query="{ __typename }")
    async with client_of(Guard(CORE)) as client:
        told = await post(client, RIGHT, query=query)
    assert (closed.status_code, code_of(closed)) == (400, "BAD_USER_INPUT")
    assert "Did you mean" not in closed.text
    assert "Did you mean" in told.text or told.status_code == 200
    assert typename.json()["data"] == {"__typename": "Query"}


@pytest.fixture
async def crowded() -> AsyncIterator[str]:
    """The address of sockets, of which there are three in all and two for a token, with a subscription each."""
    limits = Limits(sockets=3, sockets_per_token=2, subscriptions=2, subscriptions_per_token=1)
    guard = Guard(CORE, limits, Trusted({"f": "subscription { forever }", "w": HELLO}))
    app = Starlette(routes=[WebSocketRoute("/graphql", GraphQLOverSocket(SCHEMA, authenticate, guard))])
    async with served(app) as (url, _):
        yield url


async def test_a_token_has_so_many_sockets(crowded: str) -> None:
    async with opened(crowded, GOOD), opened(crowded, GOOD):
        async with opened(crowded) as third:
            await third.say({"type": "connection_init", "payload": GOOD})
            assert await third.closing() == (1013, "This token has 2 sockets open; close one of them first.")
        async with opened(crowded), opened(crowded) as fourth:
            assert await fourth.closing() == (1013, "This server has 3 sockets open; try again soon.")
    async with opened(crowded, GOOD) as free:
        assert (await free.answers(HELLO))[0]["type"] == "next"


async def test_a_token_has_so_many_subscriptions(crowded: str) -> None:
    async with opened(crowded, GOOD) as one, opened(crowded, GOOD) as other:
        await one.say({"type": "subscribe", "id": "1", "payload": {"documentId": "f"}})
        assert (await one.hear())["type"] == "next"
        (refused,) = await other.answers("subscription { forever }")
        assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == ("error", "RATE_LIMITED")
        await one.say({"type": "complete", "id": "1"})
        while (await other.answers(HELLO))[0]["type"] != "next":
            pass
        await other.subscribe("subscription { forever }")
        assert (await other.hear())["type"] == "next"


def test_a_workspace_has_half_of_the_sockets_and_subscriptions() -> None:
    limits = Limits(sockets=4, sockets_per_workspace=2, sockets_per_token=1, subscriptions_per_workspace=1)
    guard = Guard(CORE, limits)
    one, other, third = (caller_of(f"Bearer {name}") for name in "abc")
    with guard.connected(one, 7), guard.connected(other, 7), guard.connected(third, 8):
        pass
    with (
        guard.connected(one, 7),
        guard.connected(other, 7),
        pytest.raises(TooOften, match="This workspace has 2 sockets"),
        guard.connected(third, 7),
    ):
        pass
    with guard.subscribed(one, 7), guard.subscribed(third, 8):
        with pytest.raises(TooOften, match="This workspace has 1 subscriptions"), guard.subscribed(other, 7):
            pass
        with guard.subscribed(other, 9):
            pass


async def test_requests_that_are_not_known_yet_count_for_their_address() -> None:
    gate = Gate(Limits(requests_at_once=3, requests_at_once_per_workspace=2))
    one, other, third = (caller_of(f"Bearer {name}", "192.0.2.1") for name in "abc")
    with gate.entered(one) as first, gate.entered(other):
        with pytest.raises(TooOften, match="2 requests"), gate.entered(third):
            pass
        await gate.let_in(partial(known_of, 7), first)
        with gate.entered(third), pytest.raises(NotNow, match="This server has 3 requests"), gate.entered(one):
            pass
    with gate.entered(one), gate.entered(one), pytest.raises(TooOften), gate.entered(one):
        pass
    assert (gate._at_once.taken, gate._at_once._by_owner) == (0, {})


async def known_of(workspace_id: int) -> SimpleNamespace:
    """Somebody of the workspace."""
    return SimpleNamespace(workspace_id=workspace_id)


async def test_an_operation_told_in_events_counts_once() -> None:
    async with client_of(Guard(CORE, Limits(requests_per_second=1, requests_in_a_burst=3))) as client:
        headers = {"authorization": RIGHT, "accept": "text/event-stream"}
        answers = [await client.post("/graphql", json={"query": HELLO}, headers=headers) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert not any("RATE_LIMITED" in answer.text for answer in answers[:3])


async def test_operations_of_sockets_are_counted_and_trusted_too() -> None:
    guard = Guard(CORE, Limits(requests_per_second=1, requests_in_a_burst=4), Trusted({"w": HELLO}))
    app = Starlette(routes=[WebSocketRoute("/graphql", GraphQLOverSocket(SCHEMA, authenticate, guard))])
    async with served(app) as (url, _), opened(url, GOOD) as one:
        (refused,) = await one.answers("{ broken }")
        answers = [(await one.answers(HELLO))[0] for _ in range(4)]
    assert refused["payload"][0]["extensions"]["code"] == "FORBIDDEN"
    assert [answer["type"] for answer in answers] == ["next", "next", "error", "error"]
    assert answers[3]["payload"][0]["extensions"]["code"] == "RATE_LIMITED"
