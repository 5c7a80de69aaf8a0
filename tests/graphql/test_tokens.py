"""Admins make, see and revoke tokens over GraphQL."""

from collections.abc import Callable
from typing import Any

import pytest

from app.filters.ids import to_global
from app.queries.tokens import create_token
from tests.conftest import WorkspaceMaker
from tests.graphql.conftest import Ask

CREATE = (
    "mutation ($input: CreateTokenInput!) { createToken(input: $input) "
    "{ secret token { id name prefix scopes expiresAt lastUsedAt revokedAt } errors { code path } } }"
)
REVOKE = "mutation ($id: ID!) { revokeToken(input: {id: $id}) { token { id revokedAt } errors { code path } } }"
LIST = "{ tokens(first: 10) { nodes { id name revokedAt } } }"


async def create(ask: Ask, **input: Any) -> Any:
    """What `createToken` answers."""
    return (await ask(CREATE, input={"name": "site", "scopes": ["READ"], **input}))["data"]["createToken"]


async def test_a_token_is_made_used_and_revoked(ask: Ask, ask_as: Callable[[str], Ask]) -> None:
    made = await create(ask, scopes=["EXPORT", "WRITE"], expiresAt="2999-01-01T00:00:00")
    assert made["token"] | {"id": "", "prefix": ""} == {
        "id": "",
        "name": "site",
        "prefix": "",
        "scopes": ["WRITE", "EXPORT"],
        "expiresAt": "2998-12-31T17:00:00+00:00",
        "lastUsedAt": None,
        "revokedAt": None,
    }
    assert made["secret"].startswith(made["token"]["prefix"])
    site = ask_as(made["secret"])
    assert (await site("{ labels { id } }"))["data"] == {"labels": []}
    revoked = (await ask(REVOKE, id=made["token"]["id"]))["data"]["revokeToken"]
    assert (revoked["errors"], revoked["token"]["revokedAt"] is None) == ([], False)
    assert (await site("{ labels { id } }"))["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert [one["name"] for one in (await ask(LIST))["data"]["tokens"]["nodes"]] == ["site", "test"]


@pytest.mark.parametrize(
    ("input", "code", "path"),
    [
        ({"name": " "}, "REQUIRED", "input.name"),
        ({"scopes": []}, "NOT_ALLOWED", "input.scopes"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "INVALID_DATE", "input.expiresAt"),
        ({"expiresAt": "soon"}, "INVALID_DATE", "input.expiresAt"),
    ],
)
async def test_what_is_wrong_with_a_token_is_told(ask: Ask, input: dict[str, Any], code: str, path: str) -> None:
    assert await create(ask, **input) == {"secret": None, "token": None, "errors": [{"code": code, "path": path}]}


async def test_a_token_is_a_node_of_its_workspace_alone(
    ask: Ask, ask_as: Callable[[str], Ask], make_workspace: WorkspaceMaker
) -> None:
    id = (await create(ask))["token"]["id"]
    text = "query ($id: ID!) { node(id: $id) { ... on Token { name } } }"
    assert (await ask(text, id=id))["data"] == {"node": {"name": "site"}}
    other = ask_as(await create_token(await make_workspace(), "other", ["admin"]))
    assert (await other(text, id=id))["data"] == {"node": None}
    assert await other(REVOKE, id=id) == await other(REVOKE, id=to_global("Token", 999_999))
    assert (await ask(LIST))["data"]["tokens"]["nodes"][0]["revokedAt"] is None
