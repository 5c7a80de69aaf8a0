"""Pins as a frontend asks for them: who is pinned, what that does to a segment, and why a contact is in."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from app.filters.ids import number_of, to_global
from app.queries.acts import Act, Actor
from app.queries.audit import recorded
from app.queries.connections import connection
from app.queries.pins import Pinning, pin_contacts
from app.queries.segment_edits import update_segment
from app.queries.tokens import create_token
from tests.conftest import WorkspaceMaker
from tests.graphql.conftest import Ask
from tests.http.crowds import crowd
from tests.live.engine import catch_up, members

PIN = """mutation ($input: PinSegmentContactsInput!) { pinSegmentContacts(input: $input) {
  segment { count summary filter pinCounts { included excluded } } errors { code message path }
} }"""
PINS = """query ($id: ID!, $kind: PinKind, $first: Int, $after: String, $last: Int, $before: String) {
  segment(id: $id) { pins(kind: $kind, first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { contactId } } nodes { kind pinnedAt pinnedBy actorKind contact { email } }
    pageInfo { hasNextPage hasPreviousPage }
  } }
}"""
SIGHT = """query ($id: ID!, $contact: ID!) { segment(id: $id) {
  breakdown { path parentPath kind summary count given remaining removed added }
  explain(contactId: $contact) {
    isIn reason changesAt outlook pin { kind pinnedAt pinnedBy actorKind } nodes { path holds reason }
  }
} }"""
WHAT_IF = """query ($id: ID!, $filter: FilterInput!) { segment(id: $id) { whatIf(filter: $filter) {
  entering { samples { email } } leaving { samples { email } } staying { samples { email } }
} } }"""
CREATE = """mutation ($input: CreateSegmentInput!) {
  createSegment(input: $input) { segment { id } errors { code message path } }
}"""
PERSON = "mutation ($i: CreateContactInput!) { createContact(input: $i) { contact { id } errors { message } } }"
DELETE = "mutation ($input: DeleteContactInput!) { deleteContact(input: $input) { errors { code } } }"
RENAME = "mutation ($input: UpdateSegmentInput!) { updateSegment(input: $input) { errors { message } } }"
AUTHORS = """query ($id: ID!, $contact: ID!) { segment(id: $id) {
  pins { nodes { pinnedBy actorKind } }
  explain(contactId: $contact) { pin { pinnedBy actorKind } }
  versions { nodes { madeBy actorKind } }
} }"""
GONE = to_global("Contact", 2**40)
LABEL = 'mutation { createLabel(input: {name: "VIP"}) { errors { code } } }'
VIPS: dict[str, Any] = {"label": {"containsAny": ["VIP"]}}
PEOPLE = {"ani": ["VIP"], "budi": ["VIP"], "citra": [], "dewi": []}


@pytest.fixture
async def people(ask: Ask) -> dict[str, str]:
    """Four contacts, two of them VIPs; their ids by name."""
    await ask(LABEL)
    ids = {}
    for name, labels in PEOPLE.items():
        made = await ask(PERSON, i={"email": f"{name}@example.com", "labels": labels})
        ids[name] = made["data"]["createContact"]["contact"]["id"]
    return ids


@pytest.fixture
async def vips(ask: Ask, people: dict[str, str]) -> str:
    """A segment of the VIPs, with Citra pinned in and Budi pinned out."""
    id = await segment_of(ask, "VIPs", VIPS)
    answer = await ask(PIN, input={"id": id, "include": [people["citra"]], "exclude": [people["budi"]]})
    assert answer["data"]["pinSegmentContacts"]["errors"] == []
    return id


async def segment_of(ask: Ask, name: str, filter: dict[str, Any]) -> str:
    made = await ask(CREATE, input={"name": name, "filter": filter})
    assert not made["data"]["createSegment"]["errors"], made
    id: str = made["data"]["createSegment"]["segment"]["id"]
    return id


def names(contacts: dict[str, Any]) -> set[str]:
    return {one["email"].partition("@")[0] for one in contacts["samples"]}


async def test_pinning_answers_with_the_segment_as_it_is(ask: Ask, vips: str, people: dict[str, str]) -> None:
    answer = await ask(PIN, input={"id": vips, "include": [people["dewi"]]})
    assert answer["data"]["pinSegmentContacts"] == {
        "segment": {
            "count": 3,
            "summary": "Has the label VIP; some contacts are always included, others always excluded by hand",
            "filter": VIPS,
            "pinCounts": {"included": 2, "excluded": 1},
        },
        "errors": [],
    }
    answer = await ask(PIN, input={"id": vips, "unpin": [*people.values()]})
    assert answer["data"]["pinSegmentContacts"]["segment"] == {
        "count": 2,
        "summary": "Has the label VIP",
        "filter": VIPS,
        "pinCounts": {"included": 0, "excluded": 0},
    }


async def test_pins_come_page_by_page_with_who_did_it(ask: Ask, vips: str, people: dict[str, str]) -> None:
    await ask(PIN, input={"id": vips, "include": [people["dewi"]]})
    newest = [people["dewi"], people["citra"], people["budi"]]
    found, after = [], None
    for place in range(3):
        page = (await ask(PINS, id=vips, first=1, after=after))["data"]["segment"]["pins"]
        assert page["pageInfo"] == {"hasNextPage": place < 2, "hasPreviousPage": place > 0}
        found += [edge["node"]["contactId"] for edge in page["edges"]]
        after = page["edges"][-1]["cursor"]
    assert found == newest
    back = (await ask(PINS, id=vips, last=9, before=after))["data"]["segment"]["pins"]["edges"]
    assert [edge["node"]["contactId"] for edge in back] == newest[:2]
    excluded = (await ask(PINS, id=vips, kind="EXCLUDED"))["data"]["segment"]["pins"]["nodes"]
    assert [(one["kind"], one["pinnedBy"], one["actorKind"]) for one in excluded] == [("EXCLUDED", "test", "TOKEN")]
    assert excluded[0]["contact"] == {"email": "budi@example.com"}
    assert datetime.fromisoformat(excluded[0]["pinnedAt"]).tzinfo is not None


async def test_pins_are_shown_where_a_segment_is_looked_into(ask: Ask, vips: str, people: dict[str, str]) -> None:
    found = (await ask(SIGHT, id=vips, contact=people["citra"]))["data"]["segment"]
    columns = ("path", "parentPath", "kind", "count", "given", "remaining", "removed", "added")
    assert [tuple(node[name] for name in columns) for node in found["breakdown"]] == [
        ("pins", None, "PINS", 2, 4, 2, 2, 0),
        ("filter", "pins", "CONDITION", 2, 4, 2, 2, 0),
        ("pins.included", "pins", "CONDITION", 1, 4, 3, 0, 1),
        ("pins.excluded", "pins", "CONDITION", 1, 3, 2, 1, 0),
    ]
    assert [node["summary"] for node in found["breakdown"]] == [
        "Has the label VIP; some contacts are always included, others always excluded by hand",
        "Has the label VIP",
        'Is always included in segment "VIPs"',
        'Is always excluded from segment "VIPs"',
    ]
    told = found["explain"]
    assert (told["isIn"], told["reason"]) == (True, "Is in: always included by hand, whatever the filter says.")
    assert (told["changesAt"], told["pin"]["kind"], told["pin"]["pinnedBy"]) == (None, "INCLUDED", "test")
    assert [tuple(node.values()) for node in told["nodes"]] == [
        ("pins", True, "pinned by hand"),
        ("filter", False, "doesn't have the label VIP"),
        ("pins.included", True, 'is always included in segment "VIPs"'),
        ("pins.excluded", False, 'is not pinned out of segment "VIPs"'),
    ]


@pytest.mark.parametrize(
    ("name", "reason", "outlook", "kind"),
    [
        ("ani", "Is in: has the label VIP.", "If nothing else changes, it stays in for 5 years at least.", None),
        (
            "budi",
            "Is not in: always excluded by hand, whatever the filter says.",
            "It stays out until it is unpinned.",
            "EXCLUDED",
        ),
        (
            "citra",
            "Is in: always included by hand, whatever the filter says.",
            "It stays in until it is unpinned.",
            "INCLUDED",
        ),
        (
            "dewi",
            "Is not in: doesn't have the label VIP.",
            "If nothing else changes, it stays out for 5 years at least.",
            None,
        ),
    ],
    ids=["ani", "budi", "citra", "dewi"],
)
async def test_pins_are_the_reason_and_else_the_filter_is(
    ask: Ask, vips: str, people: dict[str, str], name: str, reason: str, outlook: str, kind: str | None
) -> None:
    told = (await ask(SIGHT, id=vips, contact=people[name]))["data"]["segment"]["explain"]
    assert (told["reason"], told["outlook"], told["pin"] and told["pin"]["kind"]) == (reason, outlook, kind)


async def test_pins_go_with_their_contact_and_so_do_their_words(ask: Ask, vips: str, people: dict[str, str]) -> None:
    for name in ("citra", "budi"):
        answer = await ask(DELETE, input={"id": people[name]})
        assert answer["data"]["deleteContact"]["errors"] == []
    found = (await ask("query ($id: ID!) { segment(id: $id) { summary breakdown { path } } }", id=vips))["data"]
    assert found["segment"] == {"summary": "Has the label VIP", "breakdown": [{"path": "filter"}]}


async def test_who_signed_in_is_named_to_admins_alone(
    ask: Ask, vips: str, people: dict[str, str], ask_as: Callable[[str], Ask], workspace: int
) -> None:
    number = number_of(vips, "Segment")
    async with recorded(Act(workspace, Actor(subject="ani@shop.example"), "updateSegment")):
        await pin_contacts(workspace, number, Pinning([number_of(people["dewi"], "Contact")]))
        await update_segment(workspace, number, "Very important", None)
    reader = ask_as(await create_token(workspace, "reader", ["read", "write"]))
    for asker, name in ((ask, "ani@shop.example"), (reader, None)):
        found = (await asker(AUTHORS, id=vips, contact=people["dewi"]))["data"]["segment"]
        assert found["pins"]["nodes"] == [
            {"pinnedBy": name, "actorKind": "SUBJECT"},
            *[{"pinnedBy": "test", "actorKind": "TOKEN"}] * 2,
        ]
        assert found["explain"]["pin"] == {"pinnedBy": name, "actorKind": "SUBJECT"}
        assert found["versions"]["nodes"][0] == {"madeBy": name, "actorKind": "SUBJECT"}
    overtaken = await reader(RENAME, input={"id": vips, "name": "Late", "expectedVersion": 1})
    [error] = overtaken["data"]["updateSegment"]["errors"]
    assert error["message"].startswith('"Very important" is at version 2, not')


async def test_the_answer_counts_however_many_are_pinned(ask: Ask, workspace: int) -> None:
    nobody = await segment_of(ask, "Nobody", {"status": ["HARD_BOUNCE"]})
    await crowd(workspace, 2_500)
    await catch_up(workspace)
    async with connection() as borrowed:
        rows = await borrowed.fetch("SELECT id FROM contact WHERE workspace_id = $1", workspace)
    answer = await ask(PIN, input={"id": nobody, "include": [to_global("Contact", row[0]) for row in rows]})
    assert answer["data"]["pinSegmentContacts"]["segment"]["count"] == 2_500
    await catch_up(workspace)
    assert len(await members(workspace, number_of(nobody, "Segment"))) == 2_500


async def test_who_refers_to_a_segment_gets_its_pins(ask: Ask, vips: str, people: dict[str, str]) -> None:
    outer = await segment_of(ask, "Others", {"not": {"segment": {"inAny": [vips]}}})
    found = (await ask(SIGHT, id=outer, contact=people["budi"]))["data"]["segment"]
    assert [(node["path"], node["count"]) for node in found["breakdown"]] == [
        ("filter", 2),
        ("filter.not", 2),
        ("filter.not.pins", 2),
        ("filter.not.segment", 2),
        ("filter.not.pins.included", 1),
        ("filter.not.pins.excluded", 1),
    ]
    told = found["explain"]
    assert (told["isIn"], told["pin"]) == (True, None)
    assert told["reason"] == 'Is in: is always excluded from segment "VIPs".'


async def test_an_edit_keeps_whoever_is_pinned(ask: Ask, vips: str) -> None:
    found = (await ask(WHAT_IF, id=vips, filter={"not": VIPS}))["data"]["segment"]["whatIf"]
    assert {kind: names(found[kind]) for kind in found} == {
        "entering": {"dewi"},
        "leaving": {"ani"},
        "staying": {"citra"},
    }


async def test_fixed_lists_have_no_pins(ask: Ask, people: dict[str, str]) -> None:
    made = await ask(CREATE, input={"name": "Chosen", "kind": "STATIC", "contactIds": [people["ani"]]})
    id = made["data"]["createSegment"]["segment"]["id"]
    found = await ask(
        "query ($id: ID!) { segment(id: $id) { pins { nodes { kind } } pinCounts { included } } }", id=id
    )
    assert found["data"]["segment"] == {"pins": None, "pinCounts": None}
    payload = (await ask(PIN, input={"id": id, "include": [people["budi"]]}))["data"]["pinSegmentContacts"]
    assert payload["segment"] is None
    assert [(error["code"], error["path"]) for error in payload["errors"]] == [("NOT_ALLOWED", "input.id")]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"include": ["nobody"]}, ("INVALID_ID", "input.include[0]")),
        ({"unpin": [GONE, "U2VnbWVudDox"]}, ("INVALID_ID", "input.unpin[1]")),
        ({"include": [GONE]}, ("NOT_FOUND", "input.include[0]")),
        ({"unpin": ["x"] * 10_001}, ("TOO_MANY_VALUES", "input.unpin")),
        ({}, ("REQUIRED", "input")),
        ({"id": "nothing", "unpin": [GONE]}, ("NOT_FOUND", "input.id")),
    ],
    ids=["no id", "no contact's id", "unknown contact", "too many", "nobody", "unknown segment"],
)
async def test_pinning_refuses_with_code_and_path(
    ask: Ask, vips: str, given: dict[str, Any], problem: tuple[str, str]
) -> None:
    payload = (await ask(PIN, input={"id": vips, **given}))["data"]["pinSegmentContacts"]
    assert payload["segment"] is None
    assert [(error["code"], error["path"]) for error in payload["errors"]] == [problem]


async def test_only_who_may_write_pins(
    vips: str, people: dict[str, str], ask_as: Callable[[str], Ask], workspace: int, make_workspace: WorkspaceMaker
) -> None:
    input = {"id": vips, "include": [people["dewi"]]}
    reader = ask_as(await create_token(workspace, "reader", ["read"]))
    assert (await reader(PIN, input=input))["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert len((await reader(PINS, id=vips))["data"]["segment"]["pins"]["nodes"]) == 2
    stranger = ask_as(await create_token(await make_workspace(), "test", ["admin"]))
    payload = (await stranger(PIN, input=input))["data"]["pinSegmentContacts"]
    assert [error["code"] for error in payload["errors"]] == ["NOT_FOUND"]
