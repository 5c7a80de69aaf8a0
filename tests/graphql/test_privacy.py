"""A person's rights over GraphQL: all that is held, and that nothing is held any more."""

from collections.abc import Callable
from typing import Any

import pytest

from app.queries.tokens import create_token
from tests.graphql.conftest import Ask
from tests.live.engine import catch_up

CREATE = (
    "mutation ($input: CreateContactInput!) { it: createContact(input: $input) { contact { id } errors { code } } }"
)
ERASE = (
    "mutation ($input: EraseContactInput!) { it: eraseContact(input: $input) "
    "{ erasure { id settledAt removed { contacts statusChanges exports } } errors { code path } } }"
)
HELD = "query ($id: ID, $email: String) { it: exportContact(id: $id, email: $email) }"
RECEIPTS = "query ($id: ID!) { node(id: $id) { id } erasures(first: 1) { nodes { id removed { contacts } } } }"
PIN = "mutation ($input: PinSegmentContactsInput!) { pinSegmentContacts(input: $input) { errors { code } } }"
ANI = {"email": "Ani@example.com", "name": "Ani", "status": "ACTIVE", "consent": "form of 2 May"}
CAUSE = "asked for it"


async def created(ask: Ask) -> str:
    return str((await ask(CREATE, input=ANI))["data"]["it"]["contact"]["id"])


async def held(ask: Ask, **who: Any) -> Any:
    return (await ask(HELD, **who))["data"]["it"]


async def test_all_that_is_held_is_told(ask: Ask, workspace: int) -> None:
    id = await created(ask)
    label = 'mutation { createLabel(input: {name: "VIP"}) { errors { code } } }'
    segment = 'mutation { createSegment(input: {name: "All", filter: {status: [ACTIVE]}}) { segment { id } } }'
    update = 'mutation ($id: ID!) { updateContact(input: {id: $id, addLabels: ["VIP"]}) { errors { code } } }'
    await ask(label)
    made = (await ask(segment))["data"]["createSegment"]["segment"]["id"]
    await ask(update, id=id)
    await ask(PIN, input={"id": made, "include": [id]})
    await catch_up(workspace)
    told = await held(ask, email="ani@EXAMPLE.com")
    assert told == await held(ask, id=id)
    assert (told["contact"]["id"], told["contact"]["email"], told["contact"]["labels"]) == (id, ANI["email"], ["VIP"])
    [first] = told["statusHistory"]
    assert (first["status"], first["cause"], first["note"]) == ("ACTIVE", "CREATED", ANI["consent"])
    assert told["segments"] == [{"id": made, "name": "All"}]
    assert [(each["segment"], each["isEntering"]) for each in told["membershipChanges"]] == [("All", True)]
    assert [each["segment"] for each in told["memberships"]] == ["All"]
    assert [(each["segment"], each["isIncluded"]) for each in told["pins"]] == [("All", True)]
    assert (told["refusedRows"], told["importedChanges"], told["doNotContact"]) == ([], [], [])


async def test_who_takes_out_a_person_is_told_in_the_audit_log(
    ask: Ask, ask_as: Callable[[str], Ask], workspace: int
) -> None:
    id = await created(ask)
    await held(ask, email=ANI["email"])
    await held(ask, email="nobody@example.com")
    await ask_as(await create_token(workspace, "reader", ["read"]))(HELD, id=id)
    answer = await ask("{ auditLog(first: 3) { nodes { actor operation objectId outcome problem } } }")
    told = [tuple(node.values()) for node in answer["data"]["auditLog"]["nodes"]]
    assert told == [
        ("reader", "exportContact", None, "REFUSED", "FORBIDDEN"),
        ("test", "exportContact", None, "DONE", None),
        ("test", "exportContact", id, "DONE", None),
    ]


async def test_erased_person_leaves_a_receipt(ask: Ask) -> None:
    id = await created(ask)
    erased = (await ask(ERASE, input={"id": id, "cause": CAUSE}))["data"]["it"]
    assert erased["errors"] == []
    assert erased["erasure"]["removed"] == {"contacts": 1, "statusChanges": 1, "exports": 0}
    assert erased["erasure"]["settledAt"] is not None
    told = await held(ask, email=ANI["email"])
    assert [one["cause"] for one in told.pop("doNotContact")] == [CAUSE]
    assert not any(told.values())
    receipt = erased["erasure"]["id"]
    seen = (await ask(RECEIPTS, id=receipt))["data"]
    assert seen == {"node": {"id": receipt}, "erasures": {"nodes": [{"id": receipt, "removed": {"contacts": 1}}]}}


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ({}, ("ONE_OF", "input.id")),
        ({"id": "x", "email": ANI["email"]}, ("ONE_OF", "input.id")),
        ({"id": "Q29udGFjdDo5OTk5OTk="}, ("NOT_FOUND", "input.id")),
        ({"email": "nobody"}, ("INVALID_EMAIL", "input.email")),
    ],
)
async def test_nobody_is_erased_by_mistake(ask: Ask, who: dict[str, Any], expected: tuple[str, str]) -> None:
    payload = (await ask(ERASE, input={**who, "cause": CAUSE}))["data"]["it"]
    assert payload["erasure"] is None
    assert [(error["code"], error["path"]) for error in payload["errors"]] == [expected]


@pytest.mark.parametrize("scopes", [["read"], ["write", "import", "export"]])
async def test_privacy_is_for_admins(
    ask: Ask, ask_as: Callable[[str], Ask], workspace: int, scopes: list[str]
) -> None:
    id = await created(ask)
    other = ask_as(await create_token(workspace, "other", scopes))
    for answer in (
        await other(ERASE, input={"id": id, "cause": CAUSE}),
        await other(HELD, id=id),
        await other("{ erasures { nodes { id } } }"),
    ):
        assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert (await held(ask, id=id))["contact"]["id"] == id
