"""The do-not-contact list over GraphQL."""

from collections.abc import Callable
from typing import Any

import pytest

from app.queries.tokens import create_token
from tests.graphql.conftest import Ask

ADD = (
    "mutation ($input: AddToDoNotContactInput!) { it: addToDoNotContact(input: $input) "
    "{ addedCount unsubscribedCount errors { code path } } }"
)
REMOVE = (
    "mutation ($input: RemoveFromDoNotContactInput!) { it: removeFromDoNotContact(input: $input) "
    "{ contact { email status } errors { code path } } }"
)
CREATE = (
    "mutation ($input: CreateContactInput!) { it: createContact(input: $input) "
    "{ contact { id status } errors { code path message } } }"
)
SEEN = (
    "query ($email: String!) { isOnDoNotContact(email: $email) workspace { doNotContactCount } "
    "contact(email: $email) { status } }"
)
ANI = {"email": "Ani@example.com", "status": "ACTIVE", "consent": "form of 2 May"}


async def done(ask: Ask, mutation: str, **input: Any) -> dict[str, Any]:
    """The payload of a mutation."""
    answer = await ask(mutation, input=input)
    payload: dict[str, Any] = answer["data"]["it"]
    return payload


async def seen(ask: Ask) -> tuple[bool, int, str | None]:
    """Whether Ani is on the list, how many are, and her status."""
    data = (await ask(SEEN, email="ani@Example.com"))["data"]
    status = data["contact"] and data["contact"]["status"]
    return data["isOnDoNotContact"], data["workspace"]["doNotContactCount"], status


async def test_list_is_kept_by_mutations(ask: Ask) -> None:
    await done(ask, CREATE, **ANI)
    added = await done(ask, ADD, emails=["ani@example.com", "b@example.com"], reason="complained")
    assert added == {"addedCount": 2, "unsubscribedCount": 1, "errors": []}
    assert await seen(ask) == (True, 2, "UNSUBSCRIBED")
    removed = await done(ask, REMOVE, email="ani@example.com", consent="called us")
    assert removed == {"contact": {"email": "Ani@example.com", "status": "UNSUBSCRIBED"}, "errors": []}
    assert await seen(ask) == (False, 1, "UNSUBSCRIBED")
    assert await done(ask, REMOVE, email="b@example.com", consent="called us") == {"contact": None, "errors": []}


@pytest.mark.parametrize("unwanted", [True, False])
async def test_deleted_contact_can_be_listed(ask: Ask, unwanted: bool) -> None:
    made = await done(ask, CREATE, **ANI)
    delete = "mutation ($input: DeleteContactInput!) { it: deleteContact(input: $input) { errors { code } } }"
    await done(ask, delete, id=made["contact"]["id"], doNotContact=unwanted)
    assert await seen(ask) == (unwanted, int(unwanted), None)
    again = await done(ask, CREATE, **ANI)
    assert [(error["code"], error["path"]) for error in again["errors"]] == [
        ("DO_NOT_CONTACT", "input.email")
    ] * unwanted


@pytest.mark.parametrize(
    ("mutation", "input"),
    [
        (ADD, {"emails": ["ani@example.com"], "reason": "x"}),
        (REMOVE, {"email": "listed@example.com", "consent": "x"}),
    ],
)
async def test_reading_token_can_not_list(
    ask: Ask, ask_as: Callable[[str], Ask], workspace: int, mutation: str, input: dict[str, Any]
) -> None:
    await done(ask, ADD, emails=["listed@example.com"], reason="x")
    answer = await ask_as(await create_token(workspace, "reader", ["read"]))(mutation, input=input)
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert await seen(ask) == (False, 1, None)
