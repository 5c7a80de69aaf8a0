"""Connections: every contact once, in either direction, whatever the order, while others come in."""

from typing import Any

import pytest

from tests.graphql.conftest import Ask

PAGE = """
query ($orderBy: ContactOrder, $first: Int, $after: String, $last: Int, $before: String) {
  contacts(orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) {
    totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { email } }
  }
}"""


async def _fill(ask: Ask) -> None:
    for field in ('name: "City", type: TEXT', 'name: "Score", type: NUMBER', 'name: "Seen", type: DATETIME'):
        await ask(f"mutation {{ createField(input: {{{field}}}) {{ errors {{ code }} }} }}")
    for number in range(23):
        fields = (
            [{"key": "city", "value": f"C{number % 5}"}, {"key": "score", "value": -number % 7}] if number % 4 else []
        )
        if number % 3:
            fields.append({"key": "seen", "value": f"2026-01-0{number % 3 + 1}T00:00:00Z"})
        await _create(ask, f"c{number:02}@example.com", fields)


async def _create(ask: Ask, email: str, fields: Any) -> None:
    mutation = "mutation ($input: CreateContactInput!) { createContact(input: $input) { errors { message } } }"
    made = await ask(mutation, input={"email": email, "fields": fields})
    assert made["data"]["createContact"]["errors"] == []


@pytest.mark.parametrize("key", [None, "email", "name", "created_at", "last_opened_at", "city", "score", "seen"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_pages_walk_everyone_once(ask: Ask, key: str | None, direction: str) -> None:
    await _fill(ask)
    order = {"field": key, "direction": direction} if key else None
    whole = await ask(PAGE, orderBy=order, first=200)
    emails = _emails(whole)
    assert len(set(emails)) == 23
    forward: list[str] = []
    backward: list[str] = []
    after = before = None
    for _ in range(5):
        page = await ask(PAGE, orderBy=order, first=5, after=after)
        forward += _emails(page)
        after = page["data"]["contacts"]["pageInfo"]["endCursor"]
        assert page["data"]["contacts"]["pageInfo"]["hasNextPage"] == (len(forward) < 23)
        page = await ask(PAGE, orderBy=order, last=5, before=before)
        backward = _emails(page) + backward
        before = page["data"]["contacts"]["pageInfo"]["startCursor"]
        assert page["data"]["contacts"]["pageInfo"]["hasPreviousPage"] == (len(backward) < 23)
    assert forward == emails
    assert backward == emails


async def test_pages_are_not_shifted_by_what_comes_in(ask: Ask) -> None:
    await _fill(ask)
    first = await ask(PAGE, first=10)
    await _create(ask, "new@example.com", [])
    rest = await ask(PAGE, first=200, after=first["data"]["contacts"]["pageInfo"]["endCursor"])
    assert len(_emails(first) + _emails(rest)) == 23
    assert "new@example.com" not in _emails(first) + _emails(rest)


async def test_every_kind_of_node_is_found_by_its_id(ask: Ask) -> None:
    await _fill(ask)
    await ask('mutation { createLabel(input: {name: "VIP"}) { errors { code } } }')
    await ask('mutation { createSegment(input: {name: "S", filter: {status: [ACTIVE]}}) { errors { code } } }')
    answer = await ask(
        "{ workspace { id __typename } labels { id __typename } fields { id __typename } "
        "segments { nodes { id __typename } } contacts(first: 1) { nodes { id __typename } } }"
    )
    data = answer["data"]
    nodes = [
        data["workspace"],
        *data["labels"],
        *data["fields"],
        *data["segments"]["nodes"],
        *data["contacts"]["nodes"],
    ]
    assert len({node["id"] for node in nodes}) == len(nodes) == 17
    for node in nodes:
        found = await ask("query ($id: ID!) { node(id: $id) { id __typename } }", id=node["id"])
        assert found["data"]["node"] == node


def _emails(answer: dict[str, Any]) -> list[str]:
    return [edge["node"]["email"] for edge in answer["data"]["contacts"]["edges"]]
