"""Segments as people use them: dynamic, static, snapshot; renamed, restored, explained."""

from typing import Any

import pytest

from tests.graphql.conftest import Ask

CREATE = """mutation ($input: CreateSegmentInput!) {
  createSegment(input: $input) {
    segment { id name kind summary filter count sendableCount advice { code } contacts { nodes { email } } }
    errors { code message path }
  }
}"""
UPDATE = """mutation ($input: UpdateSegmentInput!) {
  updateSegment(input: $input) { segment { id name kind summary filter count } errors { code message path } }
}"""


async def _create(ask: Ask, **input: Any) -> dict[str, Any]:
    answer = await ask(CREATE, input=input)
    assert answer["data"]["createSegment"]["errors"] == [], answer
    found: dict[str, Any] = answer["data"]["createSegment"]["segment"]
    return found


async def _errors(ask: Ask, mutation: str, **variables: Any) -> list[str]:
    answer = await ask(mutation, **variables)
    return [error["code"] for error in next(iter(answer["data"].values()))["errors"]]


@pytest.fixture
async def people(ask: Ask) -> dict[str, str]:
    """Three contacts by name, two of them VIPs."""
    await ask('mutation { createLabel(input: {name: "VIP"}) { errors { code } } }')
    await ask('mutation { createField(input: {name: "City", type: TEXT}) { errors { code } } }')
    ids = {}
    for name, status, labels in (("ani", "ACTIVE", ["VIP"]), ("budi", "PENDING", ["VIP"]), ("citra", "ACTIVE", [])):
        made = await ask(
            "mutation ($input: CreateContactInput!) { createContact(input: $input) { contact { id } } }",
            input={"email": f"{name}@example.com", "status": status, "consent": "a form", "labels": labels},
        )
        ids[name] = made["data"]["createContact"]["contact"]["id"]
    return ids


async def test_a_dynamic_segment_follows_its_filter(ask: Ask, people: dict[str, str]) -> None:
    segment = await _create(ask, name="VIPs", filter={"label": {"containsAny": ["vip"]}})
    assert (segment["count"], segment["sendableCount"], segment["summary"]) == (2, 1, "Has the label VIP")
    assert [advice["code"] for advice in segment["advice"]] == ["NOT_SENDABLE"]
    await ask(
        'mutation ($id: ID!) { updateContact(input: {id: $id, removeLabels: ["VIP"]}) { errors { code } } }',
        id=people["ani"],
    )
    answer = await ask("query ($id: ID!) { segment(id: $id) { count } }", id=segment["id"])
    assert answer["data"]["segment"]["count"] == 1


async def test_a_snapshot_stays_and_a_list_is_kept_by_hand(ask: Ask, people: dict[str, str]) -> None:
    vips = {"label": {"containsAny": ["VIP"]}}
    snapshot = await _create(ask, name="VIPs today", kind="SNAPSHOT", filter=vips)
    chosen = await _create(ask, name="Chosen", kind="STATIC", contactIds=[people["citra"]])
    assert (snapshot["count"], chosen["count"], chosen["filter"]) == (2, 1, None)
    await ask(
        'mutation ($id: ID!) { updateContact(input: {id: $id, removeLabels: ["VIP"]}) { errors { code } } }',
        id=people["ani"],
    )
    changed = await ask(
        "mutation ($input: ChangeSegmentContactsInput!) "
        "{ changeSegmentContacts(input: $input) { segment { contacts { nodes { email } } } errors { code } } }",
        input={"id": chosen["id"], "add": [people["budi"]], "remove": [people["citra"]]},
    )
    members = changed["data"]["changeSegmentContacts"]["segment"]["contacts"]["nodes"]
    assert members == [{"email": "budi@example.com"}]
    both = await ask(
        "query ($ids: [ID!]!) { previewSegment(filter: {segment: {inAny: $ids}}) { count summary } }",
        ids=[snapshot["id"], chosen["id"]],
    )
    assert both["data"]["previewSegment"] == {"count": 2, "summary": 'Is in segment "VIPs today" or segment "Chosen"'}
    refused = await _errors(ask, UPDATE, input={"id": snapshot["id"], "filter": vips})
    assert refused == ["NOT_ALLOWED"]


async def test_renames_break_nothing(ask: Ask, people: dict[str, str]) -> None:
    segment = await _create(
        ask,
        name="VIPs",
        filter={"or": [{"label": {"containsAll": ["VIP"]}}, {"field": {"key": "city", "test": {"isEmpty": False}}}]},
    )
    labels = (await ask("{ labels { id } fields { id key } }"))["data"]
    city = next(field["id"] for field in labels["fields"] if field["key"] == "city")
    await ask(
        'mutation ($label: ID!, $field: ID!) { a: renameLabel(input: {id: $label, name: "Best"}) { errors { code } } '
        'b: renameField(input: {id: $field, name: "Kota"}) { errors { code } } }',
        label=labels["labels"][0]["id"],
        field=city,
    )
    answer = await ask("query ($id: ID!) { segment(id: $id) { summary filter count } }", id=segment["id"])
    assert answer["data"]["segment"] == {
        "summary": "Has the label Best or Kota has a value",
        "filter": {
            "or": [{"label": {"containsAll": ["Best"]}}, {"field": {"key": "city", "test": {"isEmpty": False}}}]
        },
        "count": 2,
    }
    for mutation, id in (("archiveLabel", labels["labels"][0]["id"]), ("archiveField", city)):
        codes = await _errors(
            ask, f"mutation ($id: ID!) {{ {mutation}(input: {{id: $id}}) {{ errors {{ code message }} }} }}", id=id
        )
        assert codes == ["IN_USE"]


async def test_what_a_segment_shows_can_be_asked_again(ask: Ask, people: dict[str, str]) -> None:
    inner = await _create(ask, name="Inner", filter={"status": ["ACTIVE"]})
    filter = {
        "and": [
            {"not": {"segment": {"inAny": [inner["id"]]}}},
            {"label": {"containsAny": ["VIP"]}},
            {"sample": {"percent": "100", "seed": "x"}},
            {"field": {"key": "created_at", "test": {"withinLast": {"amount": 1, "unit": "DAY"}}}},
        ]
    }
    segment = await _create(ask, name="Outer", filter=filter)
    assert segment["filter"] == filter
    again = await ask(
        "query ($filter: FilterInput!) { previewSegment(filter: $filter) { count summary } }",
        filter=segment["filter"],
    )
    assert again["data"]["previewSegment"] == {"count": 1, "summary": segment["summary"]}


async def test_deleted_segments_come_back(ask: Ask, people: dict[str, str]) -> None:
    segment = await _create(ask, name="VIPs", filter={"label": {"containsAny": ["VIP"]}})
    delete = "mutation ($id: ID!) { deleteSegment(input: {id: $id}) { errors { code } } }"
    restore = "mutation ($id: ID!) { restoreSegment(input: {id: $id}) { segment { count } errors { code message } } }"
    assert await _errors(ask, delete, id=segment["id"]) == []
    other = await _create(ask, name="vips", filter={"status": ["ACTIVE"]})
    assert await _errors(ask, restore, id=segment["id"]) == ["TAKEN"]
    assert await _errors(ask, delete, id=other["id"]) == []
    label = (await ask("{ labels { id } }"))["data"]["labels"][0]["id"]
    await ask("mutation ($id: ID!) { archiveLabel(input: {id: $id}) { errors { code } } }", id=label)
    assert await _errors(ask, restore, id=segment["id"]) == ["UNKNOWN_LABEL"]
    await ask("mutation ($id: ID!) { restoreLabel(input: {id: $id}) { errors { code } } }", id=label)
    back = await ask(restore, id=segment["id"])
    assert back["data"]["restoreSegment"] == {"segment": {"count": 2}, "errors": []}


async def test_many_contacts_change_at_once(ask: Ask, people: dict[str, str]) -> None:
    update = "mutation ($input: UpdateContactsInput!) { updateContacts(input: $input) { changedCount errors { code path } } }"
    active = {
        "target": {"filter": {"status": ["ACTIVE"]}},
        "addLabels": ["VIP"],
        "fields": [{"key": "city", "value": "Solo"}],
    }
    assert (await ask(update, input=active))["data"]["updateContacts"] == {"changedCount": 2, "errors": []}
    assert (await ask(update, input=active))["data"]["updateContacts"] == {"changedCount": 0, "errors": []}
    named = {"target": {"ids": [people["ani"]]}, "removeLabels": ["VIP"], "fields": [{"key": "city", "value": None}]}
    assert (await ask(update, input=named))["data"]["updateContacts"] == {"changedCount": 1, "errors": []}
    found = await ask('{ contacts(orderBy: {field: "email"}) { nodes { email labels { name } fields { value } } } }')
    assert found["data"]["contacts"]["nodes"] == [
        {"email": "ani@example.com", "labels": [], "fields": []},
        {"email": "budi@example.com", "labels": [{"name": "VIP"}], "fields": []},
        {"email": "citra@example.com", "labels": [{"name": "VIP"}], "fields": [{"value": "Solo"}]},
    ]


async def test_statuses_follow_events_and_keep_their_history(ask: Ask, people: dict[str, str]) -> None:
    steps = [
        ("confirmContact", {}, "ACTIVE"),
        ("unsubscribeContact", {"note": "link in mail"}, "UNSUBSCRIBED"),
        ("recordBounce", {}, "UNSUBSCRIBED"),
        ("confirmContact", {}, None),
        ("resubscribeContact", {"consent": "form of 2 May"}, "ACTIVE"),
        ("recordBounce", {}, "HARD_BOUNCE"),
    ]
    await ask(
        'mutation ($id: ID!) { updateContact(input: {id: $id, email: "b@example.com"}) { errors { code } } }',
        id=people["budi"],
    )
    await ask(
        'mutation ($id: ID!) { updateContact(input: {id: $id, email: "B@example.com", name: "B"}) { errors { code } } }',
        id=people["budi"],
    )
    for mutation, more, status in steps:
        kind = mutation[0].upper() + mutation[1:] + "Input" if "resub" in mutation else "ContactEventInput"
        answer = await ask(
            f"mutation ($input: {kind}!) {{ it: {mutation}(input: $input) {{ contact {{ status }} errors {{ code }} }} }}",
            input={"id": people["budi"], **more},
        )
        found = answer["data"]["it"]
        assert found["contact"] == (status and {"status": status}), mutation
        assert [error["code"] for error in found["errors"]] == ([] if status else ["NOT_ALLOWED"])
    history = await ask(
        "query ($id: ID!) { contact(id: $id) { statusHistory { cause previous status note } } }", id=people["budi"]
    )
    assert [tuple(change.values()) for change in history["data"]["contact"]["statusHistory"]] == [
        ("BOUNCED", "ACTIVE", "HARD_BOUNCE", None),
        ("RESUBSCRIBED", "UNSUBSCRIBED", "ACTIVE", "form of 2 May"),
        ("BOUNCED", "UNSUBSCRIBED", "UNSUBSCRIBED", None),
        ("UNSUBSCRIBED", "ACTIVE", "UNSUBSCRIBED", "link in mail"),
        ("CONFIRMED", "PENDING", "ACTIVE", None),
        ("ADDRESS_CHANGED", "PENDING", "PENDING", None),
        ("CREATED", None, "PENDING", "a form"),
    ]


async def test_an_edit_can_not_break_what_uses_the_segment(ask: Ask) -> None:
    many = {"or": [{"field": {"key": "email", "test": {"contains": f"x{number}"}}} for number in range(100)]}
    inner = await _create(ask, name="Inner", filter={"status": ["ACTIVE"]})
    await _create(ask, name="Outer", filter={"or": [{"not": {"segment": {"inAny": [inner["id"]]}}}] * 20})
    refused = await ask(UPDATE, input={"id": inner["id"], "filter": many})
    error = refused["data"]["updateSegment"]["errors"][0]
    assert (error["code"], error["path"]) == ("TOO_MANY_CONDITIONS", "input.filter")
    assert '"Outer"' in error["message"]
    answer = await ask("query ($id: ID!) { segment(id: $id) { summary } }", id=inner["id"])
    assert answer["data"]["segment"]["summary"] == "Is Active"
