"""Every refused request is a clear error with a code, and leaves nothing changed."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.filters.ids import to_global
from app.queries.contacts import count_contacts
from app.queries.segments import count_segments
from app.queries.tokens import create_token, list_tokens, revoke_token
from tests.conftest import WorkspaceMaker
from tests.graphql.conftest import Ask

NESTED = "{not: {not: {not: {not: {not: {not: {not: {not: {not: {status: [ACTIVE]}}}}}}}}}}"


@pytest.mark.parametrize(
    ("filter", "code", "path"),
    [
        ('{field: {key: "citty", test: {contains: "x"}}}', "UNKNOWN_FIELD", "filter.field.key"),
        ('{field: {key: "email", test: {atLeast: 3}}}', "OPERATOR_NOT_FOR_TYPE", "filter.field.test.atLeast"),
        ('{field: {key: "created_at", test: {on: "2026-02-30"}}}', "INVALID_DATE", "filter.field.test.on"),
        ('{field: {key: "created_at", test: {before: "soon"}}}', "INVALID_DATE", "filter.field.test.before"),
        ('{field: {key: "email", test: {contains: "  "}}}', "EMPTY_TEXT", "filter.field.test.contains"),
        ('{field: {key: "email", test: {matchesAny: []}}}', "EMPTY_LIST", "filter.field.test.matchesAny"),
        ('{field: {key: "email", test: {contains: "%s"}}}' % ("x" * 1001), "TOO_LONG", "filter.field.test.contains"),
        ("{and: []}", "EMPTY_GROUP", "filter.and"),
        ("{or: []}", "EMPTY_GROUP", "filter.or"),
        ("{status: []}", "EMPTY_LIST", "filter.status"),
        (NESTED, "TOO_DEEP", "filter" + ".not" * 9),
        ('{label: {containsAny: ["nope"]}}', "UNKNOWN_LABEL", "filter.label.containsAny[0]"),
        ('{segment: {inAny: ["nope"]}}', "UNKNOWN_SEGMENT", "filter.segment.inAny[0]"),
        ('{sample: {percent: 0, seed: "a"}}', "INVALID_PERCENT", "filter.sample.percent"),
        ('{sample: {percent: 60, offset: 50, seed: "a"}}', "INVALID_PERCENT", "filter.sample.offset"),
        (
            '{field: {key: "created_at", test: {moreThanAgo: {amount: -1, unit: DAY}}}}',
            "INVALID_DURATION",
            "filter.field.test.moreThanAgo",
        ),
    ],
)
async def test_bad_filter_is_refused(ask: Ask, filter: str, code: str, path: str) -> None:
    answer = await ask(f"{{ previewSegment(filter: {filter}) {{ count }} }}")
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    problems = answer["errors"][0]["extensions"]["problems"]
    assert [(problem["code"], problem["path"]) for problem in problems] == [(code, path)]


@pytest.mark.parametrize(
    "query",
    [
        "{ previewSegment(filter: {}) { count } }",
        '{ previewSegment(filter: {status: [ACTIVE], sample: {percent: 1, seed: "x"}}) { count } }',
        "{ previewSegment(filter: {not: null}) { count } }",
        "{ previewSegment(filter: {status: [ALIVE]}) { count } }",
        "{ contacts(first: 0) { nodes { id } } }",
        "{ contacts(first: 201) { nodes { id } } }",
        "{ contacts(first: 1, last: 1) { nodes { id } } }",
        '{ contacts(after: "forged") { nodes { id } } }',
        '{ contacts(after: "Y29udGFjdDotMQ==") { nodes { id } } }',
        '{ contacts(orderBy: {field: "created_at"}, after: "WyJjb250YWN0OmNyZWF0ZWRfYXQ6QVNDIiwxLCJzb29uIl0=") { nodes { id } } }',
        '{ contacts(orderBy: {field: "nope"}) { nodes { id } } }',
        '{ contacts { nodes { fields(keys: ["nope"]) { value } } } }',
        '{ previewSegment(filter: {status: [ACTIVE]}, at: "yesterday") { count } }',
        '{ contacts(search: "\\u0000") { nodes { id } } }',
        '{ segments(search: "\\u0000") { nodes { id } } }',
        '{ contact(email: "\\u0000") { id } }',
        '{ contact(id: "x", email: "y") { id } }',
        '{ previewSegment(filter: {field: {key: "\\u0000", test: {contains: "\\u0000"}}}) { count } }',
        'mutation { createContact(input: {email: "a@b.co", name: "\\u0000"}) { errors { code } } }',
        'mutation { createContact(input: {email: "a@b.co", consent: "\\u0000"}) { errors { code } } }',
        'mutation { unsubscribeContact(input: {id: "x", note: "\\u0000"}) { errors { code } } }',
        'mutation { createLabel(input: {name: "\\u0000"}) { errors { code } } }',
        "{ nope }",
        "{ contacts {",
    ],
)
async def test_bad_query_is_refused(ask: Ask, query: str) -> None:
    await ask('mutation { createContact(input: {email: "a@example.com"}) { errors { code } } }')
    answer = await ask(query)
    assert answer["errors"], answer
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_USER_INPUT"}


@pytest.mark.parametrize(
    ("mutation", "code", "path"),
    [
        ('createContact(input: {email: "no"})', "INVALID_EMAIL", "input.email"),
        ('createContact(input: {email: "a@b.co", status: UNSUBSCRIBED})', "NOT_ALLOWED", "input.status"),
        ('createContact(input: {email: "a@b.co", status: ACTIVE})', "REQUIRED", "input.consent"),
        ('createContact(input: {email: "a@b.co", status: ACTIVE, consent: " "})', "REQUIRED", "input.consent"),
        ('createContact(input: {email: "a@b.co", labels: ["x"]})', "UNKNOWN_LABEL", "input.labels[0]"),
        ('createContact(input: {email: "a@b.co", fields: [{key: "x"}]})', "UNKNOWN_FIELD", "input.fields[0].key"),
        ('updateContact(input: {id: "x", name: "A"})', "NOT_FOUND", "input.id"),
        ('deleteContact(input: {id: "x"})', "NOT_FOUND", "input.id"),
        ('unsubscribeContact(input: {id: "x"})', "NOT_FOUND", "input.id"),
        ('resubscribeContact(input: {id: "x", consent: " "})', "REQUIRED", "input.consent"),
        ('addToDoNotContact(input: {emails: ["no"], reason: "x"})', "INVALID_EMAIL", "input.emails[0]"),
        ('removeFromDoNotContact(input: {email: "a@b.co", consent: "x"})', "NOT_FOUND", "input.email"),
        ('createField(input: {name: " ", type: TEXT, key: "a"})', "REQUIRED", "input.name"),
        ('createField(input: {name: "A", type: TEXT, key: "A b"})', "INVALID_KEY", "input.key"),
        ('createField(input: {name: "A", type: TEXT, key: "email"})', "TAKEN", "input.key"),
        ('createField(input: {name: "A", type: CHOICE})', "INVALID_RANGE", "input.options"),
        ('renameField(input: {id: "x", name: "A"})', "NOT_FOUND", "input.id"),
        ('createLabel(input: {name: ""})', "REQUIRED", "input.name"),
        ('archiveLabel(input: {id: "x"})', "NOT_FOUND", "input.id"),
        ('createSegment(input: {name: "A"})', "REQUIRED", "input.filter"),
        ('createSegment(input: {name: "A", filter: {and: []}})', "EMPTY_GROUP", "input.filter.and"),
        ('createSegment(input: {name: "A", kind: STATIC, contactIds: ["x"]})', "NOT_FOUND", "input.contactIds"),
        ('deleteSegment(input: {id: "x"})', "NOT_FOUND", "input.id"),
        ('restoreSegment(input: {id: "x"})', "NOT_FOUND", "input.id"),
        ("updateContacts(input: {target: {ids: []}, addLabels: []})", "TOO_MANY_VALUES", "input.target.ids"),
    ],
)
async def test_bad_mutation_is_refused_and_changes_nothing(
    ask: Ask, workspace: int, mutation: str, code: str, path: str
) -> None:
    answer = await ask(f"mutation {{ it: {mutation} {{ errors {{ code message path }} }} }}")
    errors = answer["data"]["it"]["errors"]
    assert [(error["code"], error["path"]) for error in errors] == [(code, path)], answer
    assert errors[0]["message"]
    assert await count_contacts(workspace, []) == 0
    assert await count_segments(workspace) == 0


async def test_cycles_are_refused_and_used_things_stay(ask: Ask) -> None:
    create = (
        "mutation ($input: CreateSegmentInput!) "
        "{ createSegment(input: $input) { segment { id } errors { code message } } }"
    )
    first = await ask(create, input={"name": "First", "filter": {"status": ["ACTIVE"]}})
    first_id = first["data"]["createSegment"]["segment"]["id"]
    second = await ask(create, input={"name": "Second", "filter": {"segment": {"inAny": [first_id]}}})
    second_id = second["data"]["createSegment"]["segment"]["id"]
    update = "mutation ($input: UpdateSegmentInput!) { updateSegment(input: $input) { errors { code message } } }"
    cycle = await ask(update, input={"id": first_id, "filter": {"segment": {"inAny": [second_id]}}})
    assert cycle["data"]["updateSegment"]["errors"][0]["code"] == "SEGMENT_CYCLE"
    deleted = await ask('mutation { deleteSegment(input: {id: "%s"}) { errors { code message } } }' % first_id)
    error = deleted["data"]["deleteSegment"]["errors"][0]
    assert error["code"] == "IN_USE"
    assert '"Second"' in error["message"]


async def test_tokens_open_their_own_workspace_only_while_they_live(
    client: httpx.AsyncClient, workspace: int, token: str, ask_as: Callable[[str], Ask]
) -> None:
    for header in (None, "", "Bearer", "Bearer x", f"Basic {token}", f"Bearer {token}x", "Bearer pilah_٣_x"):
        headers = {} if header is None else {b"Authorization": header.encode()}
        refused = await client.post("/graphql", json={"query": "{ workspace { name } }"}, headers=headers)
        assert refused.status_code == 401, header
        assert refused.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    ask = ask_as(token)
    assert (await ask("{ workspace { name } }"))["data"]["workspace"]
    await revoke_token(workspace, (await list_tokens(workspace))[0].id)
    assert (await ask("{ workspace { name } }"))["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_reading_token_can_not_write(workspace: int, ask_as: Callable[[str], Ask]) -> None:
    ask = ask_as(await create_token(workspace, "reader", ["read"]))
    answer = await ask('mutation { createLabel(input: {name: "A"}) { errors { code } } }')
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert (await ask("{ labels { name } }"))["data"] == {"labels": []}


async def test_ids_of_another_workspace_are_as_if_they_were_not(
    make_workspace: WorkspaceMaker, ask_as: Callable[[str], Ask]
) -> None:
    mine = ask_as(await create_token(await make_workspace(), "mine", ["admin"]))
    theirs = ask_as(await create_token(await make_workspace(), "theirs", ["admin"]))
    ids = await _furnish(theirs)
    nothing = {kind: to_global(kind, 999_999_999) for kind in ids}
    for query in PROBES:
        answers = [await mine(query, **found) for found in (ids, nothing)]
        assert _without(answers[0], ids) == _without(answers[1], nothing), query
    assert await _seen(theirs) == {"contacts": 1, "labels": 1, "segments": 2}


PROBES = [
    "query ($Contact: ID!) { contact(id: $Contact) { email } node(id: $Contact) { id } }",
    "query ($Segment: ID!) { segment(id: $Segment) { name } node(id: $Segment) { id } }",
    "query ($Label: ID!, $Field: ID!) { label(id: $Label) { name } a: node(id: $Label) { id } node(id: $Field) { id } }",
    "query ($Segment: ID!) { previewSegment(filter: {segment: {inAny: [$Segment]}}) { count } }",
    'mutation ($Contact: ID!) { updateContact(input: {id: $Contact, name: "X"}) { errors { code message path } } }',
    "mutation ($Contact: ID!) { deleteContact(input: {id: $Contact}) { errors { code message path } } }",
    "mutation ($Contact: ID!) { unsubscribeContact(input: {id: $Contact}) { errors { code message path } } }",
    'mutation ($Contact: ID!) { createSegment(input: {name: "S", kind: STATIC, contactIds: [$Contact]}) '
    "{ errors { code message path } } }",
    'mutation ($Segment: ID!) { updateSegment(input: {id: $Segment, name: "X"}) { errors { code message path } } }',
    "mutation ($Segment: ID!) { deleteSegment(input: {id: $Segment}) { errors { code message path } } }",
    "mutation ($Segment: ID!) { restoreSegment(input: {id: $Segment}) { errors { code message path } } }",
    "mutation ($Static: ID!, $Contact: ID!) { changeSegmentContacts(input: {id: $Static, remove: [$Contact]}) "
    "{ errors { code message path } } }",
    'mutation ($Label: ID!) { renameLabel(input: {id: $Label, name: "X"}) { errors { code message path } } }',
    "mutation ($Label: ID!) { archiveLabel(input: {id: $Label}) { errors { code message path } } }",
    "mutation ($Label: ID!) { restoreLabel(input: {id: $Label}) { errors { code message path } } }",
    'mutation ($Field: ID!) { renameField(input: {id: $Field, name: "X"}) { errors { code message path } } }',
    "mutation ($Field: ID!) { archiveField(input: {id: $Field}) { errors { code message path } } }",
    "mutation ($Contact: ID!) { updateContacts(input: {target: {ids: [$Contact]}, fields: []}) { changedCount errors { code } } }",
]


async def _furnish(ask: Ask) -> dict[str, str]:
    made = await ask("""mutation {
      createField(input: {name: "City", type: TEXT}) { field { id } }
      createLabel(input: {name: "VIP"}) { label { id } }
      createContact(input: {email: "a@example.com"}) { contact { id } }
      dynamic: createSegment(input: {name: "D", filter: {status: [PENDING]}}) { segment { id } }
    }""")
    data = made["data"]
    contact = data["createContact"]["contact"]["id"]
    static = await ask(
        'mutation ($id: ID!) { createSegment(input: {name: "S", kind: STATIC, contactIds: [$id]}) { segment { id } } }',
        id=contact,
    )
    return {
        "Field": data["createField"]["field"]["id"],
        "Label": data["createLabel"]["label"]["id"],
        "Contact": contact,
        "Segment": data["dynamic"]["segment"]["id"],
        "Static": static["data"]["createSegment"]["segment"]["id"],
    }


async def _seen(ask: Ask) -> dict[str, int]:
    answer = await ask("{ contacts { totalCount } labels { name } segments { totalCount } }")
    data = answer["data"]
    return {
        "contacts": data["contacts"]["totalCount"],
        "labels": len(data["labels"]),
        "segments": data["segments"]["totalCount"],
    }


def _without(answer: dict[str, Any], ids: dict[str, str]) -> str:
    text = str(answer)
    for kind, id in ids.items():
        text = text.replace(id, kind)
    return text
