"""Schemathesis asks every operation of the schema whatever its types allow; the server never fails."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import build_schema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

schemathesis = pytest.importorskip("schemathesis", reason="it comes with `uv run --group attack`")
pytestmark = pytest.mark.clients

SDL = Path(__file__).parents[2] / "schema.graphql"
TYPES = build_schema(SDL.read_text())
ROOTS = [type for type in (TYPES.query_type, TYPES.mutation_type) if type is not None]
OPERATIONS = [(type.name, name) for type in ROOTS for name in type.fields]
CASES = 25
CODES = {"BAD_USER_INPUT", "CONFLICT", "FORBIDDEN", "NOT_FOUND", "QUERY_TOO_COMPLEX"}
TEXTS: dict[str, st.SearchStrategy[str]] = {
    "Date": st.dates().map(str) | st.text(max_size=12),
    "DateOrTime": st.dates().map(str) | st.datetimes().map(lambda moment: moment.isoformat()),
    "DateTime": st.datetimes().map(lambda moment: moment.isoformat()) | st.text(max_size=12),
    "Decimal": st.decimals(allow_nan=True).map(str) | st.text(max_size=12),
    "JSON": st.text(max_size=30),
}
told: Counter[str] = Counter()


@pytest.fixture(scope="module")
def schema() -> Any:
    """The schema as Schemathesis reads it, with values for the scalars that are our own."""
    for name, texts in TEXTS.items():
        schemathesis.graphql.scalar(name, texts.map(schemathesis.graphql.nodes.String))
    return schemathesis.graphql.from_path(str(SDL))


@pytest.fixture(scope="module")
def client(demo: tuple[str, str]) -> Iterator[httpx.Client]:
    url, token = demo
    with httpx.Client(base_url=url, headers={"authorization": f"Bearer {token}"}, trust_env=False) as client:
        yield client


@pytest.mark.parametrize(("kind", "name"), OPERATIONS)
def test_no_operation_makes_the_server_fail(schema: Any, client: httpx.Client, kind: str, name: str) -> None:
    @settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=schema[kind][name].as_strategy())
    def ask(case: Any) -> None:
        answer = client.post("/graphql", json={"query": case.body})
        assert answer.status_code < 500, case.body
        found = answer.json()
        assert {error["extensions"]["code"] for error in found.get("errors", ())} <= CODES, (case.body, found)
        told["answered" if found.get("data") else "refused"] += 1

    ask()


def test_many_cases_were_answered(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\nSchemathesis: {told.total()} cases of {len(OPERATIONS)} operations, {told['answered']} answered")
    assert told.total() >= len(OPERATIONS)
    assert told["answered"] > told.total() / 4
