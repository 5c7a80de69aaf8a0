"""The versions of a segment as a frontend sees them: what each edit did, who made it, and the way back."""

from asyncio import gather
from collections.abc import Callable
from typing import Any

import pytest

from app.queries.connections import connection
from app.queries.segment_edits import update_segment
from app.queries.segments import create_dynamic
from app.queries.tokens import create_token
from tests.conftest import WorkspaceMaker
from tests.graphql.conftest import Ask

VERSIONS = """query ($id: ID!, $first: Int, $after: String) { segment(id: $id) { name currentVersion
  versions(first: $first, after: $after) { pageInfo { hasNextPage endCursor } nodes {
    number name filter summary problem madeAt madeBy actorKind isCurrent returnedTo
    differences { kind pathBefore pathAfter before after sentence }
  } }
} }"""
CREATE = """mutation ($input: CreateSegmentInput!) {
  createSegment(input: $input) { segment { id currentVersion } errors { code message path } }
}"""
UPDATE = """mutation ($input: UpdateSegmentInput!) {
  updateSegment(input: $input) { segment { id name filter currentVersion } errors { code message path } }
}"""
REVERT = """mutation ($input: RevertSegmentInput!) {
  revertSegment(input: $input) { segment { name filter currentVersion } errors { code message path } }
}"""
COMPARE = """query ($id: ID!, $from: Int!, $to: Int!) { segment(id: $id) { compareVersions(from: $from, to: $to) {
  nameBefore nameAfter differences { sentence } entering { count samples { email } } leaving { count }
  staying { count sendableCount }
} } }"""
VIPS: dict[str, Any] = {"label": {"containsAny": ["VIP"]}}
ACTIVE: dict[str, Any] = {"status": ["ACTIVE"]}
BOTH: dict[str, Any] = {"and": [VIPS, ACTIVE]}


@pytest.fixture
async def label(ask: Ask) -> str:
    """The id of the label VIP, which one of three contacts has."""
    made = await ask('mutation { createLabel(input: {name: "VIP"}) { label { id } } }')
    for name, status, labels in (("ani", "ACTIVE", ["VIP"]), ("budi", "PENDING", ["VIP"]), ("citra", "ACTIVE", [])):
        input = {"email": f"{name}@example.com", "status": status, "consent": "a form", "labels": labels}
        await ask("mutation ($i: CreateContactInput!) { createContact(input: $i) { errors { code } } }", i=input)
    return str(made["data"]["createLabel"]["label"]["id"])


async def _done(ask: Ask, mutation: str, **input: Any) -> dict[str, Any]:
    """The segment after a mutation that has to succeed."""
    answer = await ask(mutation, input=input)
    [payload] = answer["data"].values()
    assert not payload["errors"], answer
    segment: dict[str, Any] = payload["segment"]
    return segment


async def _refused(ask: Ask, mutation: str, **input: Any) -> list[tuple[str, str, str]]:
    """Code, path and message of each error of a mutation."""
    answer = await ask(mutation, input=input)
    [payload] = answer["data"].values()
    assert payload["segment"] is None
    return [(error["code"], error["path"], error["message"]) for error in payload["errors"]]


async def _versions(ask: Ask, id: str) -> list[dict[str, Any]]:
    answer = await ask(VERSIONS, id=id)
    nodes: list[dict[str, Any]] = answer["data"]["segment"]["versions"]["nodes"]
    return nodes


async def test_every_edit_is_kept_and_can_be_gone_back_to(ask: Ask, label: str) -> None:
    id = (await _done(ask, CREATE, name="VIPs", filter=VIPS))["id"]
    await _done(ask, UPDATE, id=id, filter=BOTH)
    await _done(ask, UPDATE, id=id, name="Sendable VIPs")
    back = await _done(ask, REVERT, id=id, version=1)
    assert (back["name"], back["filter"], back["currentVersion"]) == ("VIPs", VIPS, 4)
    nodes = await _versions(ask, id)
    assert [(node["number"], node["name"], node["filter"], node["returnedTo"]) for node in nodes] == [
        (4, "VIPs", VIPS, 1),
        (3, "Sendable VIPs", BOTH, None),
        (2, "VIPs", BOTH, None),
        (1, "VIPs", VIPS, None),
    ]
    assert [[each["sentence"] for each in node["differences"]] for node in nodes] == [
        ['Renamed: "Sendable VIPs", now "VIPs"', "Removed: Is Active"],
        ['Renamed: "VIPs", now "Sendable VIPs"'],
        ["Added: Is Active"],
        [],
    ]
    assert [node["isCurrent"] for node in nodes] == [True, False, False, False]
    assert {(node["madeBy"], node["actorKind"], node["problem"]) for node in nodes} == {("test", "TOKEN", None)}
    assert nodes[1]["summary"] == "Has the label VIP and is Active"
    assert nodes[2]["differences"][0] | {"sentence": ""} == {
        "kind": "ADDED",
        "pathBefore": None,
        "pathAfter": "filter.and[1]",
        "before": None,
        "after": "Is Active",
        "sentence": "",
    }


async def test_what_changes_nothing_makes_no_version(ask: Ask, label: str) -> None:
    made = await _done(ask, CREATE, name="VIPs", filter=VIPS)
    for input in ({"name": " VIPs "}, {"filter": {"label": {"containsAny": ["vip"]}}}, {}):
        assert (await _done(ask, UPDATE, id=made["id"], **input))["currentVersion"] == 1
    assert (await _done(ask, REVERT, id=made["id"], version=1))["currentVersion"] == 1
    assert [node["number"] for node in await _versions(ask, made["id"])] == [1]


async def test_fixed_lists_have_versions_of_their_name(ask: Ask) -> None:
    id = (await _done(ask, CREATE, name="Friends", kind="STATIC"))["id"]
    await _done(ask, UPDATE, id=id, name="Old friends")
    await _done(ask, REVERT, id=id, version=1)
    nodes = await _versions(ask, id)
    assert [(node["name"], node["filter"], node["summary"]) for node in nodes] == [
        ("Friends", None, None),
        ("Old friends", None, None),
        ("Friends", None, None),
    ]
    assert nodes[0]["differences"][0]["sentence"] == 'Renamed: "Old friends", now "Friends"'
    answer = await ask(COMPARE, id=id, **{"from": 1, "to": 2})
    assert answer["errors"][0]["extensions"]["problems"][0]["code"] == "NOT_ALLOWED"


async def test_two_versions_are_compared_in_words_and_counts(ask: Ask, label: str) -> None:
    id = (await _done(ask, CREATE, name="VIPs", filter=VIPS))["id"]
    await _done(ask, UPDATE, id=id, name="Active", filter=ACTIVE)
    found = (await ask(COMPARE, id=id, **{"from": 1, "to": 2}))["data"]["segment"]["compareVersions"]
    assert (found["nameBefore"], found["nameAfter"]) == ("VIPs", "Active")
    assert [each["sentence"] for each in found["differences"]] == [
        'Renamed: "VIPs", now "Active"',
        "Changed: Has the label VIP, now is Active",
    ]
    assert found["entering"] == {"count": 1, "samples": [{"email": "citra@example.com"}]}
    assert (found["leaving"], found["staying"]) == ({"count": 1}, {"count": 1, "sendableCount": 1})
    missing = await ask(COMPARE, id=id, **{"from": 1, "to": 3})
    assert [(each["code"], each["path"]) for each in missing["errors"][0]["extensions"]["problems"]] == [
        ("NOT_FOUND", "to")
    ]


async def test_versions_that_name_what_is_gone_tell_so(ask: Ask, label: str) -> None:
    id = (await _done(ask, CREATE, name="VIPs", filter=VIPS))["id"]
    await _done(ask, UPDATE, id=id, filter=ACTIVE)
    archived = await ask("mutation ($id: ID!) { archiveLabel(input: {id: $id}) { errors { message } } }", id=label)
    assert archived["data"]["archiveLabel"]["errors"] == []
    newer, older = await _versions(ask, id)
    assert (older["filter"], older["problem"]) == (None, 'there is no label "VIP" any more')
    assert older["summary"] == "Has the label VIP"
    assert [each["sentence"] for each in newer["differences"]] == ["Changed: Has the label VIP, now is Active"]
    assert await _refused(ask, REVERT, id=id, version=1) == [
        ("UNKNOWN_LABEL", "filter", 'there is no label "VIP" any more')
    ]
    answer = await ask(COMPARE, id=id, **{"from": 1, "to": 2})
    assert [(each["message"], each["path"]) for each in answer["errors"][0]["extensions"]["problems"]] == [
        ('version 1 can\'t be compared any more: there is no label "VIP" any more', "from")
    ]


async def test_reverts_are_refused_with_code_and_path(ask: Ask, label: str) -> None:
    id = (await _done(ask, CREATE, name="VIPs", filter=VIPS))["id"]
    await _done(ask, UPDATE, id=id, name="Gold")
    await _done(ask, CREATE, name="vips", filter=ACTIVE)
    assert await _refused(ask, REVERT, id=id, version=1) == [
        ("TAKEN", "input.version", 'version 1 was called "VIPs", as another segment is now; rename that one first')
    ]
    assert await _refused(ask, REVERT, id=id, version=9) == [
        ("NOT_FOUND", "input.version", '"Gold" has no version 9; its latest is version 2')
    ]
    assert [each[:2] for each in await _refused(ask, REVERT, id="nothing", version=1)] == [("NOT_FOUND", "input.id")]
    assert [node["number"] for node in await _versions(ask, id)] == [2, 1]


async def test_editors_do_not_overwrite_each_other(ask: Ask, label: str) -> None:
    id = (await _done(ask, CREATE, name="VIPs", filter=VIPS))["id"]
    await _done(ask, UPDATE, id=id, filter=BOTH, expectedVersion=1)
    assert await _refused(ask, UPDATE, id=id, filter=ACTIVE, expectedVersion=1) == [
        (
            "CONFLICT",
            "input.expectedVersion",
            '"VIPs" is at version 2 by test, not at version 1 as you saw it; look at what changed and edit again',
        )
    ]
    assert (await _done(ask, UPDATE, id=id, filter=ACTIVE, expectedVersion=2))["currentVersion"] == 3
    assert [each[:2] for each in await _refused(ask, REVERT, id=id, version=1, expectedVersion=2)] == [
        ("CONFLICT", "input.expectedVersion")
    ]
    assert (await _done(ask, REVERT, id=id, version=1, expectedVersion=3))["filter"] == VIPS


async def test_pages_of_versions_follow_each_other(ask: Ask, label: str) -> None:
    id = (await _done(ask, CREATE, name="0", filter=VIPS))["id"]
    for number in range(1, 5):
        await _done(ask, UPDATE, id=id, name=str(number))
    seen, after = [], None
    for _ in range(3):
        page = (await ask(VERSIONS, id=id, first=2, after=after))["data"]["segment"]["versions"]
        seen += [node["number"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert (seen, page["pageInfo"]["hasNextPage"]) == ([5, 4, 3, 2, 1], False)
    other = (await _done(ask, CREATE, name="other", filter=VIPS))["id"]
    answer = await ask(VERSIONS, id=other, after=after)
    assert answer["errors"][0]["extensions"]["problems"][0]["code"] == "INVALID_ID"


async def test_one_version_is_found_by_its_number(ask: Ask, label: str) -> None:
    id = (await _done(ask, CREATE, name="VIPs", filter=VIPS))["id"]
    query = "query ($id: ID!, $n: Int!) { segment(id: $id) { version(number: $n) { number filter } } }"
    assert (await ask(query, id=id, n=1))["data"]["segment"]["version"] == {"number": 1, "filter": VIPS}
    assert (await ask(query, id=id, n=2))["data"]["segment"]["version"] is None


async def test_nothing_is_told_to_another_workspace(
    ask: Ask, label: str, ask_as: Callable[[str], Ask], make_workspace: WorkspaceMaker
) -> None:
    id = (await _done(ask, CREATE, name="VIPs", filter=VIPS))["id"]
    stranger = ask_as(await create_token(await make_workspace(), "test", ["admin"]))
    assert (await stranger(VERSIONS, id=id))["data"]["segment"] is None
    assert [each[:2] for each in await _refused(stranger, REVERT, id=id, version=1)] == [("NOT_FOUND", "input.id")]
    reader = ask_as(await create_token(await make_workspace(), "reader", ["read"]))
    refused = await reader(REVERT, input={"id": id, "version": 1})
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_edits_at_once_have_numbers_without_gap(workspace: int) -> None:
    segment = await create_dynamic(workspace, "0", ACTIVE)
    await gather(*(update_segment(workspace, segment, str(number), None) for number in range(1, 20)))
    async with connection() as borrowed:
        numbers = await borrowed.fetch(
            "SELECT number, name FROM segment_version WHERE workspace_id = $1 AND segment_id = $2 ORDER BY number",
            workspace,
            segment,
        )
        name = await borrowed.fetchval(
            "SELECT name FROM segment WHERE workspace_id = $1 AND id = $2", workspace, segment
        )
    assert [row["number"] for row in numbers] == list(range(1, 21))
    assert (len({row["name"] for row in numbers}), numbers[-1]["name"]) == (20, name)
