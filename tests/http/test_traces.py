"""Spans as OpenTelemetry's exporters get them."""

from collections.abc import Iterator

import httpx
import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from app.telemetry.traces import start_tracing, stop_tracing

QUERY = 'query People { contacts(search: "budi@example.com") { nodes { email } } }'
PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """What is traced meanwhile."""
    exporter = InMemorySpanExporter()
    start_tracing(SimpleSpanProcessor(exporter))
    yield exporter
    stop_tracing()


def named(found: tuple[ReadableSpan, ...], name: str) -> ReadableSpan:
    """The first span of a name."""
    return next(span for span in found if span.name == name)


async def test_a_request_is_traced_down_to_its_statements(
    client: httpx.AsyncClient, spans: InMemorySpanExporter
) -> None:
    answer = await client.post("/graphql", json={"query": QUERY}, headers={"traceparent": PARENT})
    assert answer.status_code == 200
    found = spans.get_finished_spans()
    request, operation = named(found, "http"), named(found, "query contacts")
    statement = named(found, "SELECT contact")
    assert {f"{span.context.trace_id:032x}" for span in (request, operation, statement)} == {PARENT[3:35]}
    assert operation.parent is not None
    assert statement.parent is not None
    assert operation.parent.span_id == request.context.span_id
    assert statement.parent.span_id == operation.context.span_id
    assert (request.attributes or {})["route"] == "/graphql"


async def test_no_span_has_a_value(client: httpx.AsyncClient, spans: InMemorySpanExporter) -> None:
    await client.post("/graphql", json={"query": QUERY})
    await client.post("/graphql", json={"query": QUERY.replace("nodes", "nowhere")})
    told = "".join(span.to_json() for span in spans.get_finished_spans())
    assert "db.query.text" in told
    assert [word for word in ("budi", "example.com") if word in told] == []


async def test_nothing_is_traced_by_itself(client: httpx.AsyncClient, spans: InMemorySpanExporter) -> None:
    stop_tracing()
    await client.post("/graphql", json={"query": QUERY})
    assert spans.get_finished_spans() == ()
