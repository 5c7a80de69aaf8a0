"""Partners make and change contacts over GraphQL, each item answered by itself."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from app.queries.contacts import count_by_status, count_contacts
from app.queries.tokens import create_token
from tests.conftest import WorkspaceMaker
from tests.graphql.conftest import Ask

UPSERT = """
mutation ($input: BulkUpsertContactsInput!) {
  it: bulkUpsertContacts(input: $input) {
    results { index outcome contactId errors { code message path } }
    errors { code message path }
  }
}"""
CONTACTS = """{
  contacts(last: 200) {
    nodes { id email name externalId status labels { name } fields(keys: ["city"]) { value } statusHistory { cause note } }
  }
}"""
FURNISH = """mutation {
  createField(input: {name: "City", type: TEXT}) { errors { code } }
  createLabel(input: {name: "VIP"}) { errors { code } }
}"""
ANI: dict[str, Any] = {"email": "ani@example.com", "externalId": "1", "name": "Ani", "labels": ["VIP"]}


@pytest.fixture
async def partner(ask_as: Callable[[str], Ask], ask: Ask, workspace: int) -> Ask:
    """Who may write and nothing else, in a workspace with a field and a label."""
    await ask(FURNISH)
    return ask_as(await create_token(workspace, "partner", ["write"]))


async def upserted(ask: Ask, *items: dict[str, Any], **more: Any) -> list[tuple[str, str | None]]:
    """Each item's outcome, and the code of its first error."""
    answer = await ask(UPSERT, input={"items": items, **more})
    payload = answer["data"]["it"]
    assert payload["errors"] == []
    assert [result["index"] for result in payload["results"]] == list(range(len(items)))
    return [
        (result["outcome"], result["errors"][0]["code"] if result["errors"] else None)
        for result in payload["results"]
    ]


async def contacts(ask: Ask) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await ask(CONTACTS))["data"]["contacts"]["nodes"]
    return found


async def test_each_item_is_answered_by_itself(partner: Ask) -> None:
    city = [{"key": "city", "value": "Solo"}]
    items = [
        ANI | {"status": "ACTIVE", "fields": city},
        {"email": "no"},
        {"email": "budi@example.com", "status": "UNSUBSCRIBED"},
    ]
    answer = await partner(UPSERT, input={"items": items, "consent": "form of 2 May"})
    created, refused, other = answer["data"]["it"]["results"]
    assert (created["outcome"], created["errors"]) == ("CREATED", [])
    assert refused == {
        "index": 1,
        "outcome": "REFUSED",
        "contactId": None,
        "errors": [
            {"code": "INVALID_EMAIL", "message": '"no" is not an e-mail address', "path": "input.items[1].email"}
        ],
    }
    budi, ani = await contacts(partner)
    assert ani == {
        "id": created["contactId"],
        "email": "ani@example.com",
        "name": "Ani",
        "externalId": "1",
        "status": "ACTIVE",
        "labels": [{"name": "VIP"}],
        "fields": [{"value": "Solo"}],
        "statusHistory": [{"cause": "UPSERTED", "note": "form of 2 May"}],
    }
    assert (budi["id"], budi["status"]) == (other["contactId"], "UNSUBSCRIBED")
    assert budi["statusHistory"] == [{"cause": "UPSERTED", "note": None}]


async def test_nulls_and_blanks_leave_what_is_there(partner: Ask) -> None:
    await upserted(partner, ANI | {"fields": [{"key": "city", "value": "Solo"}]})
    before = await contacts(partner)
    nothing = {"name": None, "source": " ", "status": None, "consent": None, "labels": None, "clear": None}
    for fields in (None, [{"key": "city", "value": None}], [{"key": "city", "value": ""}]):
        item = {"email": "ANI@example.com", "externalId": None, "fields": fields, **nothing}
        assert await upserted(partner, item) == [("UNCHANGED", None)]
    assert await contacts(partner) == before
    assert await upserted(partner, {"externalId": "1", "clear": ["city"]}, key="EXTERNAL_ID") == [("CHANGED", None)]
    assert (await contacts(partner))[0]["fields"] == [{"value": None}]


async def test_same_call_is_answered_the_same(partner: Ask) -> None:
    call = {"items": [ANI, {"email": "no"}], "idempotencyKey": "2026-05-02/1"}
    first = await partner(UPSERT, input=call)
    assert [result["outcome"] for result in first["data"]["it"]["results"]] == ["CREATED", "REFUSED"]
    await upserted(partner, {"email": "ani@example.com", "name": "Ani W"})
    assert await partner(UPSERT, input=call) == first
    assert [one["name"] for one in await contacts(partner)] == ["Ani W"]
    for changed in ({"items": [ANI]}, {"status": "ACTIVE"}, {"consent": "x"}, {"key": "EXTERNAL_ID"}):
        answer = await partner(UPSERT, input=call | changed)
        assert answer["data"] is None
        assert answer["errors"][0]["extensions"] == {"code": "CONFLICT"}
    assert len(await contacts(partner)) == 1


async def test_same_calls_at_once_act_once(partner: Ask) -> None:
    call = {"items": [{"email": f"p{number}@example.com"} for number in range(50)], "idempotencyKey": "k"}
    answers = await asyncio.gather(*(partner(UPSERT, input=call) for _ in range(5)))
    assert {result["outcome"] for result in answers[0]["data"]["it"]["results"]} == {"CREATED"}
    assert all(answer == answers[0] for answer in answers)
    assert len(await contacts(partner)) == 50


@pytest.mark.parametrize(
    ("input", "code", "path"),
    [
        ({"items": []}, "TOO_MANY_VALUES", "input.items"),
        ({"items": [{"email": "a@example.com"}] * 1_001}, "TOO_MANY_VALUES", "input.items"),
        ({"items": [ANI], "status": "HARD_BOUNCE"}, "NOT_ALLOWED", "input.status"),
        ({"items": [ANI], "idempotencyKey": " "}, "REQUIRED", "input.idempotencyKey"),
        ({"items": [ANI], "idempotencyKey": "x" * 201}, "TOO_LONG", "input.idempotencyKey"),
    ],
)
async def test_bad_call_does_nothing(
    partner: Ask, workspace: int, input: dict[str, Any], code: str, path: str
) -> None:
    answer = await partner(UPSERT, input=input)
    assert answer["data"]["it"]["results"] == []
    assert [(error["code"], error["path"]) for error in answer["data"]["it"]["errors"]] == [(code, path)]
    assert await count_contacts(workspace, []) == 0


async def test_listed_address_is_refused(partner: Ask) -> None:
    await partner('mutation { addToDoNotContact(input: {emails: ["ANI@example.com"], reason: "x"}) { addedCount } }')
    other = {"email": "b@example.com", "externalId": "2"}
    assert await upserted(partner, ANI, other) == [("REFUSED", "DO_NOT_CONTACT"), ("CREATED", None)]
    moving = {"email": "ani@example.com", "externalId": "2"}
    assert await upserted(partner, moving, key="EXTERNAL_ID") == [("REFUSED", "DO_NOT_CONTACT")]
    assert [one["email"] for one in await contacts(partner)] == ["b@example.com"]


async def test_reading_token_can_not_upsert(ask_as: Callable[[str], Ask], workspace: int) -> None:
    answer = await ask_as(await create_token(workspace, "reader", ["read"]))(UPSERT, input={"items": [ANI]})
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await count_contacts(workspace, []) == 0


@pytest.mark.parametrize("key", ["EMAIL", "EXTERNAL_ID"])
async def test_twins_in_another_workspace_stay(
    make_workspace: WorkspaceMaker, ask_as: Callable[[str], Ask], key: str
) -> None:
    workspaces = [await make_workspace(), await make_workspace()]
    mine, theirs = [ask_as(await create_token(one, "partner", ["write"])) for one in workspaces]
    for ask in (mine, theirs):
        await ask(FURNISH)
        items = [ANI | {"status": "ACTIVE", "consent": "a form"}, {"email": "b@example.com", "externalId": "2"}]
        assert await upserted(ask, *items, idempotencyKey="k") == [("CREATED", None)] * 2
    before = await contacts(theirs)
    changed = [ANI | {"name": "X", "status": "UNSUBSCRIBED"}, {"email": "c@example.com", "externalId": "2"}]
    await upserted(mine, *changed, key=key)
    assert await contacts(theirs) == before
    assert await count_by_status(workspaces[0], []) != await count_by_status(workspaces[1], [])


async def test_thousand_items_are_taken_at_once(partner: Ask) -> None:
    items = [{"email": f"p{number}@example.com", "labels": ["VIP"]} for number in range(1_000)]
    assert await upserted(partner, *items) == [("CREATED", None)] * 1_000
    assert await upserted(partner, *items) == [("UNCHANGED", None)] * 1_000
