"""Advice tells of segments that have the same contacts, nearly the same, or all of them and more."""

from typing import Any

import pytest

from app.filters.vocabulary import FieldType, Status
from app.queries.catalogs import current_catalog
from app.queries.contact_writes import ContactDraft, create_contact
from app.queries.fields import create_field
from app.queries.fixed_lists import create_static
from app.queries.segments import create_dynamic
from tests.graphql.conftest import Ask
from tests.live.engine import catch_up

ADVICE = """query ($filter: FilterInput!, $at: DateTime) {
  previewSegment(filter: $filter, at: $at) { advice { code message segment { name } } }
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
