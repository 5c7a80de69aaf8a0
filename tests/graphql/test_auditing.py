"""The audit log tells of every call that changes something who made it, on what, and what became of it."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.filters.ids import to_global
from app.graphql.schema import schema
from app.queries import labels
from app.queries.acts import Act, Actor
from app.queries.audit import recorded
from app.queries.connections import connection
from app.queries.tokens import create_token, list_tokens
from tests.conftest import WorkspaceMaker
from tests.graphql.conftest import Ask

LOG = (
    "query ($actor: String, $object: ID, $first: Int, $after: String) "
    "{ auditLog(actor: $actor, object: $object, first: $first, after: $after) "
    "{ nodes { actor tokenId operation objectId outcome problem } pageInfo { hasNextPage endCursor } } }"
)
CREATE = "mutation ($name: String!) { createLabel(input: {name: $name}) { label { id } errors { code } } }"
RENAME = "mutation ($id: ID!, $name: String!) { renameLabel(input: {id: $id, name: $name}) { label { id } errors { code } } }"


async def entries(ask: Ask, **variables: Any) -> list[dict[str, Any]]:
    """The newest entries of the log."""
    answer = await ask(LOG, **variables)
    nodes: list[dict[str, Any]] = answer["data"]["auditLog"]["nodes"]
    return nodes


async def count(workspace: int) -> int:
    """How many entries there are."""
    async with connection() as borrowed:
        found: int = await borrowed.fetchval("SELECT count(*) FROM audit_entry WHERE workspace_id = $1", workspace)
    return found


async def test_what_is_made_and_changed_is_told_with_its_object(ask: Ask, workspace: int) -> None:
    made = (await ask(CREATE, name="VIP"))["data"]["createLabel"]["label"]["id"]
    await ask(RENAME, id=made, name="Very important")
    [token] = await list_tokens(workspace)
    told = {"actor": "test", "tokenId": to_global("Token", token.id), "objectId": made, "problem": None}
    assert await entries(ask) == [
        {**told, "operation": "renameLabel", "outcome": "DONE"},
        {**told, "operation": "createLabel", "outcome": "DONE"},
    ]


async def test_what_is_refused_is_told_with_its_reason(
    ask: Ask, ask_as: Callable[[str], Ask], workspace: int
) -> None:
    await ask(CREATE, name="VIP")
    await ask(CREATE, name="vip")
    await ask(RENAME, id=to_global("Label", 99_999), name="x")
    reader = ask_as(await create_token(workspace, "reader", ["read"]))
    await reader(CREATE, name="mine")
    told = [(one["actor"], one["operation"], one["outcome"], one["problem"]) for one in await entries(ask)]
    assert told == [
        ("reader", "createLabel", "REFUSED", "FORBIDDEN"),
        ("test", "renameLabel", "REFUSED", "NOT_FOUND"),
        ("test", "createLabel", "REFUSED", "TAKEN"),
        ("test", "createLabel", "DONE", None),
    ]


async def test_what_is_refused_over_and_over_is_told_once(
    ask: Ask, ask_as: Callable[[str], Ask], workspace: int
) -> None:
    readers = [ask_as(await create_token(workspace, name, ["read"])) for name in ("one", "other")]
    for number in range(5):
        for reader in readers:
            await reader(CREATE, name=f"label {number}")
        await ask(CREATE, name=f"label {number}")
    await readers[0](RENAME, id=to_global("Label", 1), name="x")
    told = [(one["actor"], one["operation"], one["problem"]) for one in await entries(ask)]
    assert sorted(told, key=str) == [
        ("one", "createLabel", "FORBIDDEN"),
        ("one", "renameLabel", "FORBIDDEN"),
        ("other", "createLabel", "FORBIDDEN"),
        *[("test", "createLabel", None)] * 5,
    ]


async def test_a_change_and_its_entry_are_there_together_or_not_at_all(
    workspace: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_act: Act, _borrowed: Any) -> None:
        raise RuntimeError

    act = Act(workspace, Actor(), "createLabel")
    with monkeypatch.context() as broken:
        broken.setattr(Act, "write", fail)
        with pytest.raises(RuntimeError):
            async with recorded(act):
                await labels.create_label(workspace, "VIP")
    assert await count(workspace) == 0
    await labels.create_label(workspace, "VIP")  # it is not taken


async def test_a_call_of_several_tries_is_one_entry(ask: Ask, workspace: int) -> None:
    text = (
        "mutation ($items: [UpsertContactInput!]!) "
        "{ bulkUpsertContacts(input: {items: $items}) { results { outcome } } }"
    )
    items = [[{"email": f"{number}@example.com"} for number in order] for order in (range(20), reversed(range(20)))]
    await asyncio.gather(*(ask(text, items=some) for some in items * 3))
    told = await entries(ask)
    assert [(one["operation"], one["objectId"], one["outcome"]) for one in told] == [
        ("bulkUpsertContacts", None, "DONE")
    ] * 6


async def test_reading_leaves_no_entry(ask: Ask, workspace: int) -> None:
    await ask("{ contacts { totalCount } segments { nodes { id } } labels { id } }")
    assert await count(workspace) == 0


async def test_the_log_is_asked_by_actor_and_by_object(
    ask: Ask, ask_as: Callable[[str], Ask], workspace: int
) -> None:
    other = ask_as(await create_token(workspace, "other", ["write"]))
    mine = (await ask(CREATE, name="mine"))["data"]["createLabel"]["label"]["id"]
    await other(CREATE, name="theirs")
    await other(RENAME, id=mine, name="changed")
    ids = {token.name: to_global("Token", token.id) for token in await list_tokens(workspace)}
    assert [one["operation"] for one in await entries(ask, actor=ids["other"])] == ["renameLabel", "createLabel"]
    assert [one["actor"] for one in await entries(ask, object=mine)] == ["other", "test"]
    assert [one["actor"] for one in await entries(ask, object=mine, actor=ids["test"])] == ["test"]
    assert await entries(ask, actor="nobody") == []


async def test_the_log_is_paged(ask: Ask) -> None:
    for number in range(5):
        await ask(CREATE, name=f"label {number}")
    whole, after, seen = await entries(ask), None, []
    while True:
        page = (await ask(LOG, first=2, after=after))["data"]["auditLog"]
        seen += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert (seen, len(seen)) == (whole, 5)


@pytest.mark.parametrize("object", ["", "nonsense", "TGFiZWw6eA=="])
async def test_what_is_no_id_is_told_so(ask: Ask, object: str) -> None:
    answer = await ask(LOG, object=object)
    assert answer["errors"][0]["extensions"]["problems"][0]["code"] == "INVALID_ID"


@pytest.mark.parametrize("scope", ["read", "write", "import", "export"])
@pytest.mark.parametrize(
    "text",
    [
        LOG,
        "{ tokens { nodes { id } } }",
        '{ node(id: "VG9rZW46MQ==") { id } }',
        'mutation { createToken(input: {name: "x", scopes: [ADMIN]}) { secret } }',
        'mutation { revokeToken(input: {id: "VG9rZW46MQ=="}) { token { id } } }',
    ],
)
async def test_only_admins_see_tokens_and_the_log(
    workspace: int, ask_as: Callable[[str], Ask], scope: str, text: str
) -> None:
    answer = await ask_as(await create_token(workspace, "some", [scope]))(text)
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_another_workspace_has_another_log(
    ask: Ask, ask_as: Callable[[str], Ask], make_workspace: WorkspaceMaker
) -> None:
    made = (await ask(CREATE, name="VIP"))["data"]["createLabel"]["label"]["id"]
    other = ask_as(await create_token(await make_workspace(), "other", ["admin"]))
    assert await entries(other) == await entries(other, object=made) == []


async def test_an_object_of_no_known_kind_is_not_kept(ask: Ask) -> None:
    forged = to_global("someone@example.com", 7)
    await ask(RENAME, id=forged, name="x")
    [told] = await entries(ask)
    assert (told["operation"], told["objectId"], told["outcome"]) == ("renameLabel", None, "REFUSED")


async def test_an_entry_has_the_id_of_its_request(client: httpx.AsyncClient, token: str, ask: Ask) -> None:
    headers = {"Authorization": f"Bearer {token}", "X-Request-Id": "from-a-proxy-1"}
    await client.post("/graphql", json={"query": CREATE, "variables": {"name": "VIP"}}, headers=headers)
    answer = await ask("{ auditLog { nodes { requestId operation } } }")
    assert answer["data"]["auditLog"]["nodes"] == [{"requestId": "from-a-proxy-1", "operation": "createLabel"}]


def test_every_mutation_is_recorded() -> None:
    mutations = schema._schema.mutation_type
    assert mutations is not None
    assert len(mutations.fields) > 20
    recorders = {name for name, field in mutations.fields.items() if field.resolve.__code__.co_name != "recording"}
    assert recorders == set()


async def test_the_operator_is_called_so(ask: Ask, workspace: int) -> None:
    async with recorded(Act(workspace, Actor(), "createLabel")):
        await labels.create_label(workspace, "VIP")
    [told] = await entries(ask)
    assert (told["actor"], told["tokenId"], told["operation"]) == ("operator", None, "createLabel")


@pytest.mark.parametrize(
    ("actor", "kind"),
    [
        (Actor(), "OPERATOR"),
        (Actor(subject="operator"), "SUBJECT"),
        (Actor(subject=""), "SUBJECT"),
    ],
    ids=["the operator", "a subject called so", "an empty subject"],
)
async def test_no_text_makes_an_actor_the_operator(ask: Ask, workspace: int, actor: Actor, kind: str) -> None:
    async with recorded(Act(workspace, actor, "createLabel")):
        await labels.create_label(workspace, "VIP")
    await ask(CREATE, name="mine")
    answer = await ask("{ auditLog { nodes { actorKind actor } } }")
    mine, told = answer["data"]["auditLog"]["nodes"]
    assert (mine["actorKind"], told["actorKind"]) == ("TOKEN", kind)
    assert (told["actor"] == "operator") == (actor.subject != "")
