"""Second sight as a frontend asks for it: of saved segments and of filters that are not."""

from collections.abc import Callable
from typing import Any

import pytest

from app.queries.tokens import create_token
from tests.conftest import WorkspaceMaker
from tests.graphql.conftest import Ask

BREAKDOWN = """query ($filter: FilterInput!) { previewSegment(filter: $filter) { breakdown {
  path parentPath depth kind summary count given remaining removed added removesNobody addsNobody empties
} } }"""
EXPLAIN = """query ($filter: FilterInput!, $id: ID!, $at: DateTime) { previewSegment(filter: $filter, at: $at) {
  explain(contactId: $id) { isIn reason changesAt outlook nodes { path kind holds value reason } }
} }"""
COMPARISON = """entering { count sendableCount samples { email } }
  leaving { count sendableCount samples { email } } staying { count sendableCount samples { email } }"""
OVERLAP = """query ($ids: [ID!], $filters: [FilterInput!]) { overlap(segmentIds: $ids, filters: $filters) {
  count sets { count summary segment { name } } pairs { first second count }
  regions { inside outside summary count sendableCount filter }
} }"""
CREATE = """mutation ($input: CreateSegmentInput!) {
  createSegment(input: $input) { segment { id count } errors { code message path } }
}"""
VIPS = {"label": {"containsAny": ["VIP"]}}
BUYERS = {"label": {"containsAny": ["Buyer"]}}
ACTIVE: dict[str, Any] = {"status": ["ACTIVE"]}
JAKARTA = {"field": {"key": "city", "test": {"contains": "Jakarta"}}}
PEOPLE = {
    "ani": ("ACTIVE", ["VIP"], {"city": "Jakarta Barat", "visited": "2026-03-01T08:00"}),
    "budi": ("PENDING", ["VIP", "Buyer"], {"city": "Bandung"}),
    "citra": ("ACTIVE", ["Buyer"], {}),
    "dewi": ("ACTIVE", [], {"city": "Jakarta"}),
}


@pytest.fixture
async def people(ask: Ask) -> dict[str, str]:
    """Four contacts, their ids by name."""
    for label in ("VIP", "Buyer"):
        await ask("mutation ($n: String!) { createLabel(input: {name: $n}) { errors { code } } }", n=label)
    for name, type in (("City", "TEXT"), ("Visited", "DATETIME")):
        await ask(
            "mutation ($n: String!, $t: FieldType!) { createField(input: {name: $n, type: $t}) { errors { code } } }",
            n=name,
            t=type,
        )
    ids = {}
    for name, (status, labels, fields) in PEOPLE.items():
        given = [{"key": key, "value": value} for key, value in fields.items()]
        input = {"email": f"{name}@example.com", "status": status, "consent": "a form", "labels": labels}
        made = await ask(
            "mutation ($i: CreateContactInput!) { createContact(input: $i) { contact { id } errors { message } } }",
            i=input | {"fields": given},
        )
        ids[name] = made["data"]["createContact"]["contact"]["id"]
    return ids


async def _segment(ask: Ask, name: str, filter: dict[str, Any]) -> str:
    made = await ask(CREATE, input={"name": name, "filter": filter})
    assert not made["data"]["createSegment"]["errors"], made
    id: str = made["data"]["createSegment"]["segment"]["id"]
    return id


async def _explained(ask: Ask, id: str, filter: dict[str, Any], at: str | None = None) -> dict[str, Any]:
    answer = await ask(EXPLAIN, filter=filter, id=id, at=at)
    found: dict[str, Any] = answer["data"]["previewSegment"]["explain"]
    return found


async def test_breakdown_tells_what_each_part_does(ask: Ask, people: dict[str, str]) -> None:
    vips = await _segment(ask, "VIPs", VIPS)
    asked = {"and": [{"or": [BUYERS, {"segment": {"inAny": [vips]}}]}, {"not": JAKARTA}, {"not": VIPS}]}
    found = (await ask(BREAKDOWN, filter=asked))["data"]["previewSegment"]["breakdown"]
    columns = ("path", "kind", "count", "given", "remaining", "removed", "added")
    assert [tuple(node[name] for name in columns) for node in found] == [
        ("filter", "AND", 1, 4, 1, 3, 0),
        ("filter.and[0]", "OR", 3, 4, 3, 1, 0),
        ("filter.and[0].or[0]", "CONDITION", 2, 4, 2, 0, 2),
        ("filter.and[0].or[1]", "SEGMENT", 2, 4, 3, 0, 1),
        ("filter.and[0].or[1].segment", "CONDITION", 2, 4, 2, 2, 0),
        ("filter.and[1]", "NOT", 2, 3, 2, 1, 0),
        ("filter.and[1].not", "CONDITION", 2, 3, 1, 2, 0),
        ("filter.and[2]", "NOT", 2, 2, 1, 1, 0),
        ("filter.and[2].not", "CONDITION", 2, 2, 1, 1, 0),
    ]
    assert [node["summary"] for node in found[2:5]] == [
        "Has the label Buyer",
        'Is in segment "VIPs"',
        "Has the label VIP",
    ]
    assert [node["parentPath"] for node in found[:3]] == [None, "filter", "filter.and[0]"]


async def test_breakdown_marks_what_does_nothing(ask: Ask, people: dict[str, str]) -> None:
    everyone = {"status": ["ACTIVE", "PENDING"]}
    asked = {"and": [everyone, {"or": [VIPS, VIPS]}, {"status": ["HARD_BOUNCE"]}]}
    found = (await ask(BREAKDOWN, filter=asked))["data"]["previewSegment"]["breakdown"]
    flags = {
        node["path"]: [flag for flag in ("removesNobody", "addsNobody", "empties") if node[flag]] for node in found
    }
    assert flags == {
        "filter": ["empties"],
        "filter.and[0]": ["removesNobody"],
        "filter.and[1]": [],
        "filter.and[1].or[0]": [],
        "filter.and[1].or[1]": ["addsNobody"],
        "filter.and[2]": ["empties"],
    }


async def test_saved_segments_answer_alike(ask: Ask, people: dict[str, str]) -> None:
    asked = {"and": [VIPS, JAKARTA]}
    segment = await _segment(ask, "Jakarta", asked)
    fields = "breakdown { path remaining } explain(contactId: $contact) { isIn reason }"
    answer = await ask(
        f"query ($id: ID!, $f: FilterInput!, $contact: ID!) {{ segment(id: $id) {{ {fields} }} "
        f"previewSegment(filter: $f) {{ {fields} }} }}",
        id=segment,
        f=asked,
        contact=people["ani"],
    )
    assert answer["data"]["segment"] == answer["data"]["previewSegment"]
    assert answer["data"]["segment"]["explain"]["isIn"] is True


async def test_fixed_lists_are_broken_down_too(ask: Ask, people: dict[str, str]) -> None:
    made = await ask(CREATE, input={"name": "Chosen", "kind": "STATIC", "contactIds": [people["ani"]]})
    answer = await ask(
        "query ($id: ID!, $contact: ID!) { segment(id: $id) { breakdown { kind count } "
        "explain(contactId: $contact) { isIn reason } } }",
        id=made["data"]["createSegment"]["segment"]["id"],
        contact=people["budi"],
    )
    assert answer["data"]["segment"] == {
        "breakdown": [{"kind": "CONDITION", "count": 1}],
        "explain": {"isIn": False, "reason": 'Is not in: is not in segment "Chosen".'},
    }


async def test_explanation_tells_why_not(ask: Ask, people: dict[str, str]) -> None:
    asked = {"and": [{"or": [VIPS, BUYERS]}, JAKARTA, ACTIVE]}
    told = {name: (await _explained(ask, id, asked))["reason"] for name, id in people.items()}
    assert told == {
        "ani": "Is in: has the label VIP; City is Jakarta Barat; status is Active.",
        "budi": "Is not in: City is Bandung; status is Pending.",
        "citra": "Is not in: has no value for City.",
        "dewi": "Is not in: doesn't have the label VIP; doesn't have the label Buyer.",
    }
    nodes = (await _explained(ask, people["budi"], asked))["nodes"]
    assert [(node["path"], node["holds"], node["value"], node["reason"]) for node in nodes] == [
        ("filter", False, None, "1 of 3 holds"),
        ("filter.and[0]", True, None, "2 of 2 hold"),
        ("filter.and[0].or[0]", True, ["VIP", "Buyer"], "has the label VIP"),
        ("filter.and[0].or[1]", True, ["VIP", "Buyer"], "has the label Buyer"),
        ("filter.and[1]", False, "Bandung", "City is Bandung"),
        ("filter.and[2]", False, "PENDING", "status is Pending"),
    ]


async def test_explanation_tells_until_when(ask: Ask, people: dict[str, str]) -> None:
    lately = {"field": {"key": "visited", "test": {"withinLast": {"amount": 30, "unit": "DAY"}}}}
    found = await _explained(ask, people["ani"], lately, "2026-03-13T09:00")
    assert found["reason"] == "Is in: Visited was 12 days ago (2026-03-01 08:00)."
    assert found["changesAt"] == "2026-03-31T01:00:00.000001+00:00"
    assert found["outlook"] == "If nothing else changes, it leaves on 2026-03-31 08:00."
    before = await _explained(ask, people["ani"], lately, "2026-02-27T09:00")
    assert before["reason"] == "Is not in: Visited is in 2 days (2026-03-01 08:00)."
    assert before["changesAt"] == "2026-03-01T01:00:00+00:00"
    for name, outlook in (("ani", "it stays out for 5 years"), ("citra", "it stays out for 5 years")):
        after = await _explained(ask, people[name], lately, "2026-04-01T00:00")
        assert (after["changesAt"], after["outlook"]) == (None, f"If nothing else changes, {outlook} at least.")


async def test_what_if_parts_whom_an_edit_moves(ask: Ask, people: dict[str, str]) -> None:
    inner = await _segment(ask, "VIPs", VIPS)
    outer = await _segment(ask, "Active VIPs", {"and": [{"segment": {"inAny": [inner]}}, ACTIVE]})
    await _segment(ask, "Others", {"not": {"segment": {"inAny": [outer]}}})
    query = f"""query ($id: ID!, $filter: FilterInput!) {{ segment(id: $id) {{ whatIf(filter: $filter) {{
      {COMPARISON} usedBy {{ segment {{ name }} isDirect }} }} }} }}"""
    answer = await ask(query, id=inner, filter=BUYERS)
    assert answer["data"]["segment"]["whatIf"] == {
        "entering": {"count": 1, "sendableCount": 1, "samples": [{"email": "citra@example.com"}]},
        "leaving": {"count": 1, "sendableCount": 1, "samples": [{"email": "ani@example.com"}]},
        "staying": {"count": 1, "sendableCount": 0, "samples": [{"email": "budi@example.com"}]},
        "usedBy": [
            {"segment": {"name": "Active VIPs"}, "isDirect": True},
            {"segment": {"name": "Others"}, "isDirect": False},
        ],
    }
    refused = await ask(query, id=inner, filter={"segment": {"inAny": [outer]}})
    assert [problem["code"] for problem in refused["errors"][0]["extensions"]["problems"]] == ["SEGMENT_CYCLE"]


async def test_filters_compare_without_being_saved(ask: Ask, people: dict[str, str]) -> None:
    query = f"""query ($from: FilterInput!, $to: FilterInput!) {{
      compareFilters(from: $from, to: $to) {{ {COMPARISON} }} }}"""
    answer = await ask(query, **{"from": VIPS, "to": {"and": [VIPS, ACTIVE]}})
    found = answer["data"]["compareFilters"]
    assert found["entering"] == {"count": 0, "sendableCount": 0, "samples": []}
    assert found["leaving"]["samples"] == [{"email": "budi@example.com"}]
    unknown = {"label": {"containsAny": ["Nobody"]}}
    refused = await ask(query, **{"from": unknown, "to": unknown})
    paths = [problem["path"] for problem in refused["errors"][0]["extensions"]["problems"]]
    assert paths == ["from.label.containsAny[0]", "to.label.containsAny[0]"]


async def test_every_region_can_be_saved_as_it_is(ask: Ask, people: dict[str, str]) -> None:
    ids = [await _segment(ask, "VIPs", VIPS), await _segment(ask, "Buyers", BUYERS)]
    found = (await ask(OVERLAP, ids=ids, filters=[JAKARTA]))["data"]["overlap"]
    assert found["count"] == 4
    assert [(one["segment"] and one["segment"]["name"], one["count"]) for one in found["sets"]] == [
        ("VIPs", 2),
        ("Buyers", 2),
        (None, 2),
    ]
    assert [tuple(pair.values()) for pair in found["pairs"]] == [(0, 1, 1), (0, 2, 1), (1, 2, 0)]
    assert len(found["regions"]) == 7
    for place, region in enumerate(found["regions"]):
        saved = await ask(CREATE, input={"name": f"Region {place}", "filter": region["filter"]})
        assert saved["data"]["createSegment"]["errors"] == []
        assert saved["data"]["createSegment"]["segment"]["count"] == region["count"]
    just_vips = next(region for region in found["regions"] if region["inside"] == [0, 1])
    assert (just_vips["count"], just_vips["sendableCount"], just_vips["outside"]) == (1, 0, [2])
    assert just_vips["summary"].startswith('Is in segment "VIPs" and is in segment "Buyers" and not (City contains')


async def test_regions_that_no_filter_can_hold_have_none(ask: Ask, people: dict[str, str]) -> None:
    deep: dict[str, Any] = VIPS
    for _ in range(8):
        deep = {"not": deep}
    found = (await ask(OVERLAP, filters=[deep, BUYERS]))["data"]["overlap"]
    assert [region["filter"] is None for region in found["regions"]] == [True, True, True]
    assert [region["count"] for region in found["regions"]] == [1, 1, 1]


async def test_more_than_five_sets_have_pairs_alone(ask: Ask, people: dict[str, str]) -> None:
    found = (await ask(OVERLAP, filters=[VIPS] * 6))["data"]["overlap"]
    assert (found["regions"], len(found["pairs"])) == (None, 15)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, ("REQUIRED", "segmentIds")),
        ({"filters": [VIPS]}, ("REQUIRED", "segmentIds")),
        ({"filters": [VIPS] * 11}, ("TOO_MANY_VALUES", "segmentIds")),
        ({"ids": ["nothing"], "filters": [VIPS]}, ("UNKNOWN_SEGMENT", "segmentIds[0]")),
        ({"filters": [VIPS, {"and": []}]}, ("EMPTY_GROUP", "filters[1].and")),
    ],
    ids=["nothing", "one", "eleven", "unknown segment", "wrong filter"],
)
async def test_overlap_refuses_with_code_and_path(
    ask: Ask, people: dict[str, str], given: dict[str, Any], problem: tuple[str, str]
) -> None:
    refused = await ask(OVERLAP, **given)
    found = refused["errors"][0]["extensions"]["problems"]
    assert [(each["code"], each["path"]) for each in found] == [problem]


async def test_a_segment_is_not_laid_over_itself(ask: Ask, people: dict[str, str]) -> None:
    ids = [await _segment(ask, "VIPs", VIPS), await _segment(ask, "Buyers", BUYERS)]
    refused = await ask(OVERLAP, ids=[*ids, ids[0]])
    assert refused["errors"][0]["extensions"]["problems"] == [
        {
            "code": "NOT_ALLOWED",
            "message": "this segment is given twice; with itself it overlaps wholly",
            "path": "segmentIds[2]",
        }
    ]


async def test_unknown_contacts_are_not_explained(ask: Ask) -> None:
    answer = await ask(EXPLAIN, filter=ACTIVE, id="nobody")
    problems = answer["errors"][0]["extensions"]["problems"]
    assert [(each["code"], each["path"]) for each in problems] == [("NOT_FOUND", "contactId")]


async def test_nothing_is_told_of_another_workspace(
    ask: Ask, people: dict[str, str], ask_as: Callable[[str], Ask], make_workspace: WorkspaceMaker
) -> None:
    segment = await _segment(ask, "VIPs", VIPS)
    stranger = ask_as(await create_token(await make_workspace(), "test", ["admin"]))
    refused = [
        await stranger(EXPLAIN, filter=ACTIVE, id=people["ani"]),
        await stranger(OVERLAP, ids=[segment], filters=[ACTIVE]),
    ]
    codes = [answer["errors"][0]["extensions"]["problems"][0]["code"] for answer in refused]
    assert codes == ["NOT_FOUND", "UNKNOWN_SEGMENT"]
    found = await stranger(BREAKDOWN, filter=ACTIVE)
    assert [node["given"] for node in found["data"]["previewSegment"]["breakdown"]] == [0]


async def test_empty_workspaces_have_all_of_it(ask: Ask) -> None:
    found = await ask(BREAKDOWN, filter={"or": [ACTIVE, {"not": ACTIVE}]})
    nodes = found["data"]["previewSegment"]["breakdown"]
    assert [(node["count"], node["given"], node["empties"]) for node in nodes] == [(0, 0, False)] * 4
    overlap = (await ask(OVERLAP, filters=[ACTIVE, ACTIVE]))["data"]["overlap"]
    assert (overlap["count"], [region["count"] for region in overlap["regions"]]) == (0, [0, 0, 0])
