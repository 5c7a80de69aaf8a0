"""Connections: every contact once, in either direction, whatever the order, while others come in."""

import json
from base64 import urlsafe_b64encode
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


async def test_both_ways_to_a_page_have_their_own_fields(ask: Ask) -> None:
    await _fill(ask)
    answer = await ask(
        '{ contacts(first: 1, orderBy: {field: "email", direction: DESC}) { '
        'nodes { fields(keys: ["city"]) { field { key } } } '
        'edges { node { email fields(keys: ["score", "seen"]) { field { key } } } } } }'
    )
    found = answer["data"]["contacts"]
    assert found["nodes"] == [{"fields": [{"field": {"key": "city"}}]}]
    assert found["edges"][0]["node"]["fields"] == [{"field": {"key": "score"}}, {"field": {"key": "seen"}}]
    assert found["edges"][0]["node"]["email"] == "c22@example.com"


async def test_a_part_that_is_switched_on_later_is_there(ask: Ask) -> None:
    await ask(
        'mutation { createContact(input: {email: "a@example.com", status: ACTIVE, consent: "a form"}) { errors { code } } }'
    )
    query = """query ($more: Boolean!) {
      previewSegment(filter: {status: [ACTIVE]}) { count }
      previewSegment(filter: {status: [ACTIVE]}) @include(if: $more) { sendableCount }
    }"""
    assert (await ask(query, more=False))["data"]["previewSegment"] == {"count": 1}
    assert (await ask(query, more=True))["data"]["previewSegment"] == {"count": 1, "sendableCount": 1}


async def test_pages_within_lists_of_lists_are_refused(ask: Ask) -> None:
    await ask('mutation { createContact(input: {email: "a@example.com"}) { errors { code } } }')
    await ask('mutation { createSegment(input: {name: "S", filter: {status: [PENDING]}}) { errors { code } } }')
    answer = await ask("{ contacts { nodes { segments { name contacts { nodes { email } } } } } }")
    assert answer["errors"][0]["extensions"]["code"] == "QUERY_TOO_COMPLEX"
    answer = await ask("{ contacts { nodes { segments { name count } } } }")
    assert answer["data"]["contacts"]["nodes"] == [{"segments": [{"name": "S", "count": 1}]}]


async def test_segments_are_counted_as_they_are_searched(ask: Ask) -> None:
    for name in ("Alpha", "Beta", "Alphabet"):
        await ask(
            f'mutation {{ createSegment(input: {{name: "{name}", filter: {{status: [PENDING]}}}}) {{ errors {{ code }} }} }}'
        )
    answer = await ask(
        '{ segments(search: "ALPHA", first: 1) { totalCount nodes { name } pageInfo { hasNextPage } } }'
    )
    assert answer["data"]["segments"] == {
        "totalCount": 2,
        "nodes": [{"name": "Alpha"}],
        "pageInfo": {"hasNextPage": True},
    }


async def test_aliases_of_one_list_have_their_own_fields(ask: Ask) -> None:
    await _fill(ask)
    answer = await ask(
        '{ contacts(first: 1) { a: nodes { fields(keys: ["city"]) { field { key } } } '
        'b: nodes { fields(keys: ["score", "seen"]) { field { key } } } } }'
    )
    found = answer["data"]["contacts"]
    assert found["a"] == [{"fields": [{"field": {"key": "city"}}]}]
    assert found["b"] == [{"fields": [{"field": {"key": "score"}}, {"field": {"key": "seen"}}]}]


async def test_a_mistake_in_one_field_leaves_its_siblings_answered(ask: Ask) -> None:
    for name in ("A", "B"):
        await ask(
            f'mutation {{ createSegment(input: {{name: "{name}", filter: {{status: [PENDING]}}}}) {{ errors {{ code }} }} }}'
        )
    answer = await ask("{ segments { edges { node { count contacts(first: 0) { totalCount } } } nodes { count } } }")
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_USER_INPUT"}


async def test_its_own_cursors_are_taken_however_long_the_value(ask: Ask) -> None:
    await _fill(ask)
    for number in range(2):
        await _create(ask, f"long{number}@example.com", [{"key": "city", "value": "漢" * 10_000}])
    order = {"field": "city", "direction": "DESC"}
    first = await ask(PAGE, orderBy=order, first=1)
    second = await ask(PAGE, orderBy=order, first=1, after=first["data"]["contacts"]["pageInfo"]["endCursor"])
    assert set(_emails(first) + _emails(second)) == {"long0@example.com", "long1@example.com"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("created_at", "2026-W01-1"),
        ("created_at", "9999-12-31T23:59:59-23:59"),
        ("created_at", "2026-01-01T00:00:00+23:59:59.999999"),
        ("score", "1e-200000"),
        ("score", "[]"),
        ("score", "nope"),
        ("city", 5),
    ],
)
async def test_forged_cursors_are_no_faults(ask: Ask, key: str, value: object) -> None:
    await _fill(ask)
    cursor = urlsafe_b64encode(json.dumps([f"contact:{key}:ASC", 3, value]).encode()).decode()
    answer = await ask(PAGE, orderBy={"field": key, "direction": "ASC"}, after=cursor)
    assert {error["extensions"]["code"] for error in answer.get("errors", [])} <= {"BAD_USER_INPUT"}
