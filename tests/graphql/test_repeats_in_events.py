"""An idempotency key holds for an operation that is told in events, too."""

import json
from typing import Any

import httpx
import pytest

CREATE = 'mutation { createLabel(input: {name: "VIP"}) { label { id } errors { code } } }'
OTHER = 'mutation { createLabel(input: {name: "other"}) { label { id } errors { code } } }'


@pytest.fixture
def headers(token: str) -> dict[str, str]:
    """Of who wants events, and each mutation once."""
    return {"authorization": f"Bearer {token}", "accept": "text/event-stream", "idempotency-key": "key-1"}


async def told(client: httpx.AsyncClient, query: str, headers: dict[str, str]) -> Any:
    """The payload of the only `next`."""
    answer = await client.post("/graphql", json={"query": query}, headers=headers)
    assert answer.status_code == 200
    first, *_ = answer.text.split("\n\n")
    return json.loads(first.removeprefix("event: next\ndata: "))


async def test_a_repeated_mutation_is_done_once(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    first, second = [await told(client, CREATE, headers) for _ in range(2)]
    assert first == second
    assert first["data"]["createLabel"]["errors"] == []
    as_json = await client.post("/graphql", json={"query": CREATE}, headers=headers | {"accept": "application/json"})
    assert as_json.json() == first


async def test_another_mutation_under_the_key_conflicts(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    await told(client, CREATE, headers)
    refused = await told(client, OTHER, headers)
    assert refused["errors"][0]["extensions"]["code"] == "CONFLICT"
