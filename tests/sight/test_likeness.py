"""Advice tells of segments that have the same contacts, nearly the same, or all of them and more."""

from typing import Any

import pytest

from app.filters.ids import number_of, to_global
from app.filters.vocabulary import FieldType, Status
from app.queries.catalogs import current_catalog
from app.queries.connections import connection
from app.queries.contact_writes import ContactDraft, create_contact
from app.queries.contacts import contact_id_by_email
from app.queries.fields import create_field
from app.queries.fixed_lists import create_static
from app.queries.pins import Pinning, pin_contacts
from app.queries.segments import create_dynamic
from app.queries.sight import likeness
from tests.graphql.conftest import Ask
from tests.live.engine import catch_up

ADVICE = """query ($filter: FilterInput!, $at: DateTime, $segmentId: ID) {
  previewSegment(filter: $filter, at: $at, segmentId: $segmentId) { advice { code message segment { name } } }
}"""
SAVED = "query ($name: String) { segments(search: $name) { nodes { advice { code segment { name } } } } }"
PEOPLE = 40
ALIKE = ("SAME_AS", "NEARLY_SAME", "INSIDE")

Filter = dict[str, Any]
Told = tuple[str, str]


def _numbers(**test: Any) -> Filter:
    return {"field": {"key": "number", "test": test}}


SEGMENTS: dict[str, Filter] = {
    "Ten": _numbers(atMost=10),
    "Ten in other words": _numbers(between={"from": 1, "to": 10}),
    "Twenty": _numbers(atMost=20),
    "Thirty": _numbers(atMost=30),
    "All but one": _numbers(greaterThan=1),
}


@pytest.fixture
async def numbered(workspace: int) -> int:
    """A workspace of contacts with numbers from 1 on, its segments kept, and a list of the even ones."""
    await create_field(workspace, "number", "Number", FieldType.NUMBER)
    catalog = await current_catalog(workspace)
    ids = [
        await create_contact(
            catalog, ContactDraft(f"{number}@example.com", {}, [("number", number)], []), Status.ACTIVE, "a form"
        )
        for number in range(1, PEOPLE + 1)
    ]
    for name, filter in SEGMENTS.items():
        await create_dynamic(workspace, name, filter)
    await create_static(workspace, "Even", ids[1::2])
    await catch_up(workspace)
    return workspace


async def _alike(ask: Ask, filter: Filter, **variables: Any) -> list[Told]:
    answer = await ask(ADVICE, filter=filter, **variables)
    assert "errors" not in answer, answer
    found = answer["data"]["previewSegment"]["advice"]
    return [(each["code"], each["segment"]["name"]) for each in found if each["segment"]]


CASES: dict[str, tuple[Filter, list[Told]]] = {
    "the same rule": (SEGMENTS["Ten"], [("SAME_AS", "Ten"), ("SAME_AS", "Ten in other words")]),
    "the same contacts": (_numbers(lessThan=21), [("SAME_AS", "Twenty")]),
    "inside the smallest": (_numbers(atMost=4), [("INSIDE", "Ten")]),
    "inside another": (_numbers(between={"from": 5, "to": 25}), [("INSIDE", "Thirty")]),
    "nearly the same": (_numbers(atLeast=1), [("NEARLY_SAME", "All but one")]),
    "inside what is nearly the same": (_numbers(atLeast=3), [("NEARLY_SAME", "All but one")]),
    "inside only what is broad": (_numbers(atLeast=25), []),
    "inside a list": (_numbers(equals=38), [("INSIDE", "Even")]),
    "unlike all": (_numbers(between={"from": 1, "to": 35}), []),
    "nobody": (_numbers(equals=99), []),
}


@pytest.mark.parametrize(("filter", "told"), CASES.values(), ids=CASES)
async def test_segments_that_are_alike_are_told(ask: Ask, numbered: int, filter: Filter, told: list[Told]) -> None:
    assert await _alike(ask, filter) == told


async def test_likeness_is_seen_from_a_sample_too(ask: Ask, numbered: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "FEWEST_LOOKED_AT", 1)
    for filter, told in CASES.values():
        assert await _alike(ask, filter) == told


async def test_only_rules_are_compared_as_of_another_moment(ask: Ask, numbered: int) -> None:
    at = "2026-01-31T00:00:00Z"
    assert await _alike(ask, SEGMENTS["Ten"], at=at) == [("SAME_AS", "Ten")]
    assert await _alike(ask, _numbers(atMost=4), at=at) == []


async def test_segments_are_not_compared_with_what_they_are_made_of(ask: Ask, numbered: int) -> None:
    made_of = {"segment": {"inAny": [await _id_of("Ten", numbered)]}}
    assert await _alike(ask, {"and": [made_of, _numbers(atMost=9)]}) == [("INSIDE", "Ten in other words")]


async def test_saved_segments_are_not_compared_with_themselves(ask: Ask, numbered: int) -> None:
    answer = await ask(SAVED, name="Ten")
    [ten, other] = answer["data"]["segments"]["nodes"]
    assert [[each["segment"]["name"] for each in one["advice"] if each["segment"]] for one in (ten, other)] == [
        ["Ten in other words"],
        ["Ten"],
    ]


async def test_segments_that_are_edited_are_not_compared_with_themselves(ask: Ask, numbered: int) -> None:
    twenty = await _id_of("Twenty", numbered)
    await create_dynamic(numbered, "Twenty and more", {"segment": {"inAny": [number_of(twenty, "Segment")]}})
    await catch_up(numbered)
    assert await _alike(ask, SEGMENTS["Twenty"]) == [("SAME_AS", "Twenty"), ("SAME_AS", "Twenty and more")]
    assert await _alike(ask, SEGMENTS["Twenty"], segmentId=twenty) == [("INSIDE", "Thirty")]
    assert await _alike(ask, SEGMENTS["Ten"], segmentId=twenty) == [
        ("SAME_AS", "Ten"),
        ("SAME_AS", "Ten in other words"),
    ]


async def _id_of(name: str, workspace: int) -> str:
    catalog = await current_catalog(workspace)
    return to_global("Segment", next(each.id for each in catalog.segments.values() if each.name == name))


async def test_pinned_segments_are_alike_by_their_contacts(ask: Ask, numbered: int) -> None:
    catalog = await current_catalog(numbered)
    ten = next(each.id for each in catalog.segments.values() if each.name == "Ten")
    pinned = await contact_id_by_email(numbered, "40@example.com")
    await pin_contacts(numbered, ten, Pinning([pinned or 0], []))
    await catch_up(numbered)
    assert await _alike(ask, SEGMENTS["Ten"]) == [("SAME_AS", "Ten in other words")]


async def test_segments_that_are_not_kept_are_passed_over(ask: Ask, numbered: int) -> None:
    await create_dynamic(numbered, "Four", _numbers(atMost=4))
    assert await _alike(ask, _numbers(lessThan=5)) == [("INSIDE", "Ten")]
    await catch_up(numbered)
    assert await _alike(ask, _numbers(lessThan=5)) == [("SAME_AS", "Four")]


async def test_segments_that_are_being_built_are_counted_as_they_mean(ask: Ask, numbered: int) -> None:
    async with connection() as borrowed:
        await borrowed.execute(
            "UPDATE live_segment SET ready_at = NULL FROM segment WHERE live_segment.workspace_id = $1 "
            "AND segment.workspace_id = $1 AND segment.id = segment_id AND segment.name = 'Twenty'",
            numbered,
        )
    assert await _alike(ask, _numbers(lessThan=21)) == [("SAME_AS", "Twenty")]


@pytest.mark.parametrize(
    ("number", "filter", "before", "after"),
    [
        (5, _numbers(lessThan=11), "SAME_AS", [("INSIDE", "Ten")]),
        (40, _numbers(atLeast=1), "NEARLY_SAME", []),
    ],
    ids=["the same before", "nearly the same before"],
)
async def test_what_comes_in_bulk_is_counted_too(
    ask: Ask, numbered: int, number: int, filter: Filter, before: str, after: list[Told]
) -> None:
    active = {"and": [filter, {"status": ["ACTIVE"]}]}
    assert before in [code for code, _ in await _alike(ask, active)]
    await _come_in_bulk(numbered, number)
    assert await _alike(ask, active) == after


async def _come_in_bulk(workspace: int, number: int) -> None:
    """Contacts who aren't confirmed come with that number, and the live engine hasn't seen to them yet."""
    catalog = await current_catalog(workspace)
    for place in range(5):
        draft = ContactDraft(f"bulk{place}@example.com", {}, [("number", number)], [])
        await create_contact(catalog, draft, Status.PENDING, "a form")
    async with connection() as borrowed:
        await borrowed.execute("UPDATE noted_change SET is_bulk = true WHERE workspace_id = $1", workspace)
