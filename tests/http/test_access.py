"""A request's id, its line in the log, and its place in the measures."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import structlog
from starlette.applications import Starlette
from structlog.testing import LogCapture

from app.telemetry.measures import REGISTRY


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    """What is logged meanwhile."""
    capture = LogCapture()
    before = structlog.get_config()["processors"]
    structlog.configure(processors=[capture])
    yield capture.entries
    structlog.configure(processors=before)


def measured(name: str, **labels: str) -> float:
    """A measure, as it is now."""
    return REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.mark.parametrize(
    ("asked", "is_taken"),
    [("checkout-7f3a9c21", True), ("a" * 64, True), ("short", False), ("a" * 65, False), ("two words here", False)],
)
async def test_a_sane_request_id_is_kept(client: httpx.AsyncClient, asked: str, is_taken: bool) -> None:
    answer = await client.get("/live", headers={"x-request-id": asked})
    given = answer.headers["x-request-id"]
    assert (given == asked) is is_taken
    assert is_taken or re.fullmatch("[0-9a-f]{16}", given)


async def test_one_line_tells_of_a_request(
    client: httpx.AsyncClient, token: str, workspace: int, lines: list[Any]
) -> None:
    query = 'query People { contacts(search: "budi@example.com") { nodes { email } } }'
    answer = await client.post("/graphql", json={"query": query})
    assert answer.status_code == 200
    (line,) = lines
    assert line.pop("ms") > 0
    assert line.pop("request") == answer.headers["x-request-id"]
    assert line == {
        "event": "request",
        "log_level": "info",
        "level": "info",
        "method": "POST",
        "route": "/graphql",
        "status": 200,
        "operation": "People",
        "workspace_id": workspace,
        "token": token[: token.index("_", 6) + 5],
    }


@pytest.mark.parametrize(
    ("path", "route"),
    [("/imports/SW1wb3J0OjE", "/imports/{id}"), ("/nowhere/budi@example.com", "none"), ("/", "/")],
)
async def test_only_patterns_of_addresses_are_told(
    client: httpx.AsyncClient, path: str, route: str, lines: list[Any]
) -> None:
    await client.get(path)
    assert [line["route"] for line in lines] == [route]


async def test_probes_that_are_content_leave_no_line(client: httpx.AsyncClient, lines: list[Any]) -> None:
    assert [(await client.get(path)).status_code for path in ("/live", "/ready")] == [200, 200]
    assert lines == []


async def test_operations_are_counted_by_field_and_outcome(client: httpx.AsyncClient) -> None:
    def counts() -> list[float]:
        return [
            measured("pilah_operations_total", kind="query", field="contacts", outcome="ok"),
            measured("pilah_operations_total", kind="query", field="several", outcome="ok"),
            measured("pilah_operations_total", kind="query", field="contacts", outcome="refused"),
        ]

    before = counts()
    for query in (
        "query SomethingOfMyOwn { contacts { nodes { id } } }",
        "{ segments { nodes { id } } workspace { name } }",
        '{ contacts(filter: {field: {key: "nowhere", test: {contains: "x"}}}) { nodes { id } } }',
    ):
        await client.post("/graphql", json={"query": query})
    assert [after - earlier for earlier, after in zip(before, counts(), strict=True)] == [1, 1, 1]


async def test_an_endpoint_that_breaks_is_answered_under_its_id(application: Starlette, lines: list[Any]) -> None:
    from app.http.access import Accounted

    async def broken(_scope: Any, _receive: Any, _send: Any) -> None:
        raise ValueError("budi@example.com")

    transport = httpx.ASGITransport(Accounted(broken))
    async with httpx.AsyncClient(transport=transport, base_url="http://pilah.test") as client:
        answer = await client.get("/", headers={"x-request-id": "checkout-7f3a9c21"})
    assert (answer.status_code, answer.headers["x-request-id"]) == (500, "checkout-7f3a9c21")
    assert [line["event"] for line in lines] == ["http_fault", "request"]
    assert "budi" not in str(lines)


@pytest.mark.parametrize(
    ("query", "shown", "code"),
    [
        ("{ nowhere }", True, "BAD_USER_INPUT"),
        ("{" + "workspace { name } " * 600 + "}", True, "QUERY_TOO_COMPLEX"),
        ("{ workspace { name } }", False, "UNAUTHENTICATED"),
    ],
)
async def test_refusals_are_counted_by_code(client: httpx.AsyncClient, query: str, shown: bool, code: str) -> None:
    before = measured("pilah_refusals_total", code=code)
    await client.post("/graphql", json={"query": query}, headers={} if shown else {"authorization": "Bearer no"})
    assert measured("pilah_refusals_total", code=code) == before + 1


async def test_statements_are_timed_by_verb_and_table(client: httpx.AsyncClient) -> None:
    kind = {"verb": "SELECT", "table": "contact"}
    before = measured("pilah_statement_seconds_count", **kind)
    await client.post("/graphql", json={"query": "{ contacts { nodes { id } } }"})
    assert measured("pilah_statement_seconds_count", **kind) > before
