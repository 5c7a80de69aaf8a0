"""GraphQL over HTTP, as the specification has it, through a real ASGI client."""

import asyncio
import enum
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import strawberry
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
from strawberry.scalars import JSON
from structlog.testing import capture_logs

from app.graphql.faults import RequestError
from app.graphql.over_http import GraphQLOverHTTP
from app.settings import Limits

MODERN = "application/graphql-response+json"
LEGACY = "application/json"


@strawberry.enum
class Order(enum.Enum):
    UP = "up"
    DOWN = "down"


@strawberry.input(one_of=True)
class Choice:
    text: strawberry.Maybe[str]
    number: strawberry.Maybe[int]


@strawberry.input
class Nest:
    inner: "Nest | None" = None
    first_name: str = "x"


@strawberry.type
class Item:
    name: str | None


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "world") -> str:
        return f"Hello, {name}!"

    @strawberry.field
    async def who(self, info: strawberry.Info) -> str:
        await asyncio.sleep(0)
        return str(info.context["user"])

    @strawberry.field
    async def items(self) -> list[Item]:
        return [Item(name="a"), Item(name=None)]

    @strawberry.field
    def take(self, nest: Nest | None = None, order: Order = Order.UP, one: Choice | None = None) -> str:
        return f"{order.name} {nest.first_name if nest else None} {one.text if one else None}"

    @strawberry.field
    def raw(self, value: JSON) -> JSON:
        return value

    @strawberry.field
    def refuse(self, code: str) -> str | None:
        raise RequestError(code, "You may not.")

    @strawberry.field
    def broken(self) -> str | None:
        raise ZeroDivisionError("the secret is 42")

    @strawberry.field
    def broken_root(self) -> str:
        raise ZeroDivisionError("the secret is 42")

    @strawberry.field
    def too_large(self) -> int | None:
        return 2**40

    @strawberry.field
    def no_json(self) -> JSON:
        return JSON({1, 2})


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def change(self, first: int) -> int:
        return first + 1


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def ticks(self) -> AsyncIterator[int]:
        yield 1


SCHEMA = strawberry.Schema(Query, Mutation, Subscription)
USERS = {None: "nobody", "Bearer good": "Ayu"}


async def authenticate(authorization: str | None) -> dict[str, Any]:
    if authorization == "Bearer broken":
        raise ZeroDivisionError("the secret is 42")
    if authorization == "Bearer weak":
        raise RequestError("FORBIDDEN", "This token may not read contacts.")
    if authorization == "Bearer fast":
        raise RequestError("RATE_LIMITED", "Slow down.")
    if authorization not in USERS:
        raise RequestError("UNAUTHENTICATED", "This token is not known.")
    return {"user": USERS[authorization]}


endpoint = GraphQLOverHTTP(SCHEMA, authenticate, page=HTMLResponse("<title>GraphiQL</title>"))
app = Starlette(routes=[Route("/graphql", endpoint)])


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://pilah.test") as client:
        yield client


async def post(client: httpx.AsyncClient, body: Any, **headers: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"content-type": "application/json"} | {k.replace("_", "-"): v for k, v in headers.items()}
    return await client.post("/graphql", content=content, headers=sent)


def codes(response: httpx.Response) -> list[str]:
    assert all(error["message"] for error in response.json()["errors"])
    return [error["extensions"]["code"] for error in response.json()["errors"]]


ANSWERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": ({"query": "{ hello }"}, {"hello": "Hello, world!"}),
    "variables": (
        {"query": "query ($n: String!) { hello(name: $n) }", "variables": {"n": "Ayu"}},
        {"hello": "Hello, Ayu!"},
    ),
    "nulls": (
        {"query": "{ hello }", "variables": None, "operationName": None, "extensions": None},
        {"hello": "Hello, world!"},
    ),
    "empty operation name": ({"query": "{ hello }", "operationName": ""}, {"hello": "Hello, world!"}),
    "operation name": (
        {"query": "query A { hello } query B { who }", "operationName": "B"},
        {"who": "nobody"},
    ),
    "inputs": (
        {"query": '{ take(nest: {inner: {}, firstName: "n"}, order: DOWN, one: {text: "t"}) }'},
        {"take": "DOWN n Some('t')"},
    ),
    "inputs by variables": (
        {
            "query": "query ($n: Nest, $o: Order!, $c: Choice) { take(nest: $n, order: $o, one: $c) }",
            "variables": {"n": {"inner": {"inner": None}}, "o": "UP", "c": {"number": 1}},
        },
        {"take": "UP x None"},
    ),
    "a list": ({"query": "{ items { name } }"}, {"items": [{"name": "a"}, {"name": None}]}),
    "a scalar": (
        {"query": "query ($v: JSON!) { raw(value: $v) }", "variables": {"v": [1, {"a": 1.5, "b": "🦆"}]}},
        {"raw": [1, {"a": 1.5, "b": "🦆"}]},
    ),
    "a mutation": ({"query": "mutation { change(first: 1) }"}, {"change": 2}),
}


def cost_of(data: dict[str, Any]) -> dict[str, int]:
    """Ten for a change or a list of whatever length, and nothing for values."""
    return {"requested": 10 if {"items", "change"} & data.keys() else 0, "limit": 20_000}


@pytest.mark.parametrize("accept", [MODERN, LEGACY, "*/*"])
@pytest.mark.parametrize(("body", "data"), ANSWERS.values(), ids=ANSWERS)
async def test_post_is_answered(
    client: httpx.AsyncClient, accept: str, body: dict[str, Any], data: dict[str, Any]
) -> None:
    response = await post(client, body, accept=accept)
    assert response.status_code == 200
    assert response.json() == {"data": data, "extensions": {"cost": cost_of(data)}}
    assert response.headers["content-type"].startswith(MODERN if accept == MODERN else LEGACY)
    assert response.headers["content-length"] == str(len(response.content))


@pytest.mark.parametrize(("body", "data"), ANSWERS.values(), ids=ANSWERS)
async def test_get_is_answered_for_queries(
    client: httpx.AsyncClient, body: dict[str, Any], data: dict[str, Any]
) -> None:
    texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
    texts = {name: value for name, value in texts.items() if value != "null"}
    response = await client.get("/graphql", params=texts, headers={"accept": MODERN})
    if body["query"].startswith("mutation"):
        assert (response.status_code, response.headers["allow"]) == (405, "POST")
        assert codes(response) == ["BAD_USER_INPUT"]
    else:
        assert (response.status_code, response.json()["data"]) == (200, data)


REQUEST_ERRORS: dict[str, dict[str, Any]] = {
    "syntax": {"query": "{ hello"},
    "validation": {"query": "{ nothing }"},
    "two problems": {"query": "{ nothing nobody }"},
    "no such operation": {"query": "query A { hello }", "operationName": "B"},
    "which operation": {"query": "query A { hello } query B { hello }"},
    "no operation": {"query": "fragment F on Query { hello }"},
    "missing variable": {"query": "query ($n: String!) { hello(name: $n) }"},
    "variable of a wrong type": {"query": "query ($n: String!) { hello(name: $n) }", "variables": {"n": 1}},
    "unknown enum": {"query": "query ($o: Order!) { take(order: $o) }", "variables": {"o": "SIDEWAYS"}},
    "two of one": {"query": "query ($c: Choice) { take(one: $c) }", "variables": {"c": {"text": "a", "number": 1}}},
    "none of one": {"query": "query ($c: Choice) { take(one: $c) }", "variables": {"c": {}}},
    "two of one, literally": {"query": '{ take(one: {text: "a", number: 1}) }'},
}


@pytest.mark.parametrize(("accept", "status"), [(MODERN, 400), ("", 400), (LEGACY, 200)])
@pytest.mark.parametrize("body", REQUEST_ERRORS.values(), ids=REQUEST_ERRORS)
async def test_request_errors_are_the_caller_s(
    client: httpx.AsyncClient, body: dict[str, Any], accept: str, status: int
) -> None:
    response = await post(client, body, accept=accept)
    assert response.status_code == status
    assert set(codes(response)) == {"BAD_USER_INPUT"}
    assert "data" not in response.json()


async def test_a_document_that_asks_too_much_is_too_complex(client: httpx.AsyncClient) -> None:
    response = await post(client, {"query": "{ " + "hello " * 2000 + "}"})
    assert (response.status_code, codes(response)) == (400, ["QUERY_TOO_COMPLEX"])


DEEP = "[" * 300 + "]" * 300
BAD_BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "null": b"null",
    "an array": b'[{"query": "{ hello }"}]',
    "a text": b'"{ hello }"',
    "a number": b"1",
    "invalid UTF-8": b'{"query": "\xff"}',
    "lone surrogate": b'{"query": "{ hello(name: \\"\\ud800\\") }"}',
    "NaN": b'{"query": "{ hello }", "variables": {"x": NaN}}',
    "deep nesting": b"[" * 100_000,
    "deep variables": b'{"query": "{ hello }", "variables": {"x": %s}}' % DEEP.encode(),
    "NUL in a variable": b'{"query": "{ hello }", "variables": {"x": ["\\u0000"]}}',
    "NUL in a key": b'{"query": "{ hello }", "variables": {"x\\u0000": 1}}',
    "no query": b"{}",
    "query null": b'{"query": null}',
    "query empty": b'{"query": " "}',
    "query a number": b'{"query": 1}',
    "query an object": b'{"query": {}}',
    "query an array": b'{"query": []}',
    "variables an array": b'{"query": "{ hello }", "variables": []}',
    "variables a text": b'{"query": "{ hello }", "variables": "{}"}',
    "variables false": b'{"query": "{ hello }", "variables": false}',
    "operationName a number": b'{"query": "{ hello }", "operationName": 1}',
    "operationName an object": b'{"query": "{ hello }", "operationName": {}}',
    "extensions a text": b'{"query": "{ hello }", "extensions": "x"}',
}


@pytest.mark.parametrize("accept", [MODERN, LEGACY])
@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES)
async def test_bad_bodies_are_refused(client: httpx.AsyncClient, body: bytes, accept: str) -> None:
    response = await post(client, body, accept=accept)
    assert (response.status_code, codes(response)) == (400, ["BAD_USER_INPUT"])


@pytest.mark.parametrize(
    "query_string",
    [
        "",
        "query=",
        "query=%FF",
        "query=%ED%A0%80",
        "query={hello}&variables={",
        "query={hello}&variables=[]",
        "query={hello}&variables=1",
        "query={hello}&extensions=1",
        "query={hello}&variables=" + DEEP,
        "query=%00",
        "&".join(["query={hello}"] * 30),
        "query=subscription{ticks}",
    ],
)
async def test_bad_query_strings_are_refused(client: httpx.AsyncClient, query_string: str) -> None:
    response = await client.get(f"/graphql?{query_string}", headers={"accept": MODERN})
    assert (response.status_code, codes(response)) == (400, ["BAD_USER_INPUT"])


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ('Application/JSON; charset="UTF-8"', 200),
        ("application/json; charset=latin-1", 415),
        ("application/graphql", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("text/plain", 415),
        ("", 415),
    ],
)
async def test_only_json_is_taken(client: httpx.AsyncClient, content_type: str, status: int) -> None:
    response = await post(client, {"query": "{ hello }"}, content_type=content_type)
    assert response.status_code == status
    assert status == 200 or codes(response) == ["BAD_USER_INPUT"]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, LEGACY),
        ("*/*", LEGACY),
        ("application/*", LEGACY),
        (f"{MODERN}, {LEGACY}, text/event-stream", MODERN),
        (f"{LEGACY}, text/event-stream", LEGACY),
        (f"{MODERN}, {LEGACY};q=0.9", MODERN),
        (f"{LEGACY}, {MODERN};q=0.9", LEGACY),
        (f"{MODERN}; q=0, */*", LEGACY),
        ("application/json; charset=utf-8", LEGACY),
        ("multipart/mixed, application/json", LEGACY),
        ("text/plain", None),
        ("application/json;q=0", None),
        ("application/json;q=x", None),
        (",;q=,", None),
    ],
)
async def test_the_answer_is_what_the_caller_accepts(
    client: httpx.AsyncClient, accept: str | None, media_type: str | None
) -> None:
    del client.headers["accept"]
    headers = {"accept": accept} if accept else {}
    response = await post(client, {"query": "{ hello }"}, **headers)
    assert response.status_code == (200 if media_type else 406)
    assert response.headers["content-type"] == f"{media_type or LEGACY}; charset=utf-8"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
async def test_other_methods_are_refused(client: httpx.AsyncClient, method: str) -> None:
    response = await client.request(method, "/graphql")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, POST")


async def test_a_body_that_does_not_come_is_not_awaited(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint.guard, "limits", Limits(body_seconds=0.1))

    async def parts() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0.03)

    response = await client.post("/graphql", content=parts(), headers={"content-type": "application/json"})
    assert (response.status_code, codes(response)) == (408, ["BAD_USER_INPUT"])


@pytest.mark.parametrize("with_length", [True, False])
async def test_large_bodies_are_refused(client: httpx.AsyncClient, with_length: bool) -> None:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b" " * 500_000

    headers = {"content-type": "application/json"}
    content: Any = b" " * 1_500_000 if with_length else parts()
    response = await client.post("/graphql", content=content, headers=headers)
    assert (response.status_code, codes(response)) == (413, ["BAD_USER_INPUT"])


@pytest.mark.parametrize(
    ("token", "status", "code"),
    [
        ("Bearer unknown", 401, "UNAUTHENTICATED"),
        ("Bearer weak", 403, "FORBIDDEN"),
        ("Bearer fast", 429, "RATE_LIMITED"),
        ("Bearer broken", 500, "INTERNAL_SERVER_ERROR"),
    ],
)
@pytest.mark.parametrize("accept", [MODERN, LEGACY])
async def test_the_authenticator_may_refuse(
    client: httpx.AsyncClient, token: str, status: int, code: str, accept: str
) -> None:
    with capture_logs() as logs:
        response = await post(client, {"query": "{ hello }"}, authorization=token, accept=accept)
    assert (response.status_code, codes(response)) == (status, [code])
    assert response.headers.get("www-authenticate") == ("Bearer" if status == 401 else None)
    assert "secret" not in response.text
    assert len(logs) == (status == 500)


async def test_each_request_has_its_own_context(client: httpx.AsyncClient) -> None:
    tokens = [{"authorization": "Bearer good"}, {}] * 10
    responses = await asyncio.gather(*(post(client, {"query": "{ who }"}, **token) for token in tokens))
    assert [response.json()["data"]["who"] for response in responses] == ["Ayu", "nobody"] * 10


@pytest.mark.parametrize("code", ["NOT_FOUND", "CONFLICT", "UNAUTHENTICATED"])
async def test_a_resolver_s_refusal_keeps_its_code(client: httpx.AsyncClient, code: str) -> None:
    with capture_logs() as logs:
        response = await post(client, {"query": f'{{ hello refuse(code: "{code}") }}'})
    assert response.status_code == 200
    assert response.json() == {
        "data": {"hello": "Hello, world!", "refuse": None},
        "errors": [
            {
                "message": "You may not.",
                "path": ["refuse"],
                "locations": [{"line": 1, "column": 9}],
                "extensions": {"code": code},
            }
        ],
        "extensions": {"cost": {"requested": 0, "limit": 20_000}},
    }
    assert not logs


@pytest.mark.parametrize("field", ["broken", "brokenRoot", "tooLarge", "noJson"])
@pytest.mark.parametrize("accept", [MODERN, LEGACY])
async def test_faults_are_masked_and_logged_under_one_id(client: httpx.AsyncClient, field: str, accept: str) -> None:
    with capture_logs() as logs:
        response = await post(client, {"query": f"{{ hello {field} }}"}, accept=accept)
    assert response.status_code == (500 if field == "noJson" else 200)
    (error,) = response.json()["errors"]
    fault = error["extensions"]["id"]
    assert error["extensions"]["code"] == "INTERNAL_SERVER_ERROR"
    assert error["message"] == f"Something went wrong on our side. Quote {fault} when you report it."
    assert "secret" not in response.text
    assert "Int cannot" not in response.text
    assert [entry["id"] for entry in logs] == [fault]
    assert logs[0]["where"] or field == "noJson"
    assert "secret" not in str(logs)


async def test_a_browser_gets_the_page(client: httpx.AsyncClient) -> None:
    response = await client.get("/graphql", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (response.status_code, response.text) == (200, "<title>GraphiQL</title>")


async def test_subscriptions_are_sent_to_the_socket(client: httpx.AsyncClient) -> None:
    response = await post(client, {"query": "subscription { ticks }"})
    assert (response.status_code, codes(response)) == (400, ["BAD_USER_INPUT"])
    assert "WebSocket" in response.text


async def test_introspection_is_answered(client: httpx.AsyncClient) -> None:
    response = await post(client, {"query": '{ __type(name: "Item") { fields { name type { name } } } }'})
    assert response.json()["data"]["__type"]["fields"] == [{"name": "name", "type": {"name": "String"}}]


def test_a_schema_with_extensions_is_refused() -> None:
    from strawberry.extensions import SchemaExtension

    with pytest.raises(ValueError, match="extensions"):
        GraphQLOverHTTP(strawberry.Schema(Query, extensions=[SchemaExtension]), authenticate)
