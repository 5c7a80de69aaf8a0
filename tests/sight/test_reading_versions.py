"""What it takes to read versions: no filter that nobody asks for, not too many of them, and the others don't wait."""

import asyncio
import json
import time
from typing import Any

import pytest

from app.queries.connections import connection
from app.queries.labels import archive_label, create_label
from app.queries.segment_edits import update_segment
from app.queries.segments import create_dynamic, delete_segment
from tests.graphql.conftest import Ask
from tests.graphql.test_statements import counted, sent

ACTIVE: dict[str, Any] = {"status": ["ACTIVE"]}
PLAIN = "query ($id: ID!, $n: Int!) { segment(id: $id) { versions(first: $n) { nodes { number name madeBy } } } }"
READ = """query ($id: ID!, $n: Int!) { segment(id: $id) { name versions(first: $n) { nodes {
  number filter summary problem differences { sentence }
} } } }"""
TWICE = """query ($id: ID!) { segment(id: $id) {
  new: versions(first: 2) { nodes { summary } } old: versions(last: 2) { nodes { summary } }
} }"""

__all__ = ["sent"]


def _long(word: str) -> dict[str, Any]:
    """A filter of 0.8 MB."""
    return {
        "field": {
            "key": "name",
            "test": {"matchesAny": [f"{word} {place} ".ljust(800, "x") for place in range(1_000)]},
        }
    }


async def _made(ask: Ask, workspace: int, *documents: dict[str, Any]) -> str:
    """The id of a segment that had these filters one after the other."""
    first, *others = documents
    segment = await create_dynamic(workspace, "Edited", first)
    for document in others:
        await update_segment(workspace, segment, None, document)
    answer = await ask('{ segments(search: "Edited") { nodes { id } } }')
    return str(answer["data"]["segments"]["nodes"][0]["id"])


def _pending(number: int) -> dict[str, Any]:
    return {"field": {"key": "name", "test": {"contains": str(number)}}}


async def test_filters_are_read_in_one_statement_if_at_all(ask: Ask, workspace: int, sent: list[str]) -> None:
    id = await _made(ask, workspace, *map(_pending, range(9)))
    for number in (1, 3, 9):
        with counted(sent) as within:
            await ask(PLAIN, id=id, n=number)
        assert len(within) == 2, json.dumps(within, indent=1)
        assert not any("document" in text for text in within)
        with counted(sent) as within:
            nodes = (await ask(READ, id=id, n=number))["data"]["segment"]["versions"]["nodes"]
        assert len(within) == 3, json.dumps(within, indent=1)
        assert [len(node["differences"]) for node in nodes] == [*[1] * 8, 0][:number]


async def test_versions_of_many_segments_are_found_at_once(ask: Ask, workspace: int, sent: list[str]) -> None:
    for number in range(5):
        await create_dynamic(workspace, str(number), _pending(number))
    await ask("{ labels { name } }")
    with counted(sent) as within:
        answer = await ask("{ segments { nodes { version(number: 1) { number summary } } } }")
    assert [each["version"]["summary"] for each in answer["data"]["segments"]["nodes"]] == [
        f'Name contains "{number}"' for number in range(5)
    ]
    assert len(within) == 4, json.dumps(within, indent=1)


async def test_what_is_gone_is_found_for_a_whole_page(ask: Ask, workspace: int, sent: list[str]) -> None:
    labels = [await create_label(workspace, f"L{number}") for number in range(4)]
    inner = await create_dynamic(workspace, "Inner", {"label": {"containsAny": labels[:1]}})
    outer = await create_dynamic(workspace, "Outer", {"segment": {"inAny": [inner]}})
    named = [{"label": {"containsAny": [label]}} for label in labels[1:]]
    id = await _made(ask, workspace, {"segment": {"inAny": [outer]}}, *named, ACTIVE)
    await delete_segment(workspace, outer)
    await delete_segment(workspace, inner)
    for label in labels:
        await archive_label(workspace, label)
    await ask("{ labels { name } }")
    with counted(sent) as within:
        nodes = (await ask(READ, id=id, n=9))["data"]["segment"]["versions"]["nodes"]
    assert [(node["summary"], node["problem"]) for node in nodes] == [
        ("Is Active", None),
        *((f"Has the label L{number}", f'there is no label "L{number}" any more') for number in (3, 2, 1)),
        ('Is in segment "Outer"', 'there is no segment "Outer" any more'),
    ]
    assert len(within) == 5, json.dumps(within, indent=1)


async def test_more_than_an_answer_may_read_is_refused(ask: Ask, workspace: int) -> None:
    id = await _made(ask, workspace, *map(_long, "abcd"))
    answer = await ask(READ, id=id, n=4)
    [problem] = answer["errors"][0]["extensions"]["problems"]
    assert (problem["code"], problem["path"], len(answer["errors"])) == ("TOO_LARGE", "versions", 1)
    assert "ask for fewer versions" in problem["message"]
    assert len((await ask(PLAIN, id=id, n=4))["data"]["segment"]["versions"]["nodes"]) == 4
    assert (await ask(READ, id=id, n=1))["data"]["segment"]["versions"]["nodes"][0]["differences"]
    [refused] = (await ask(TWICE, id=id))["errors"]
    assert refused["extensions"]["problems"][0]["code"] == "TOO_LARGE"


async def test_long_filters_hold_nobody_up(ask: Ask, workspace: int) -> None:
    id = await _made(ask, workspace, _long("a"), _long("b"))
    await ask("{ labels { name } }")
    reading = asyncio.ensure_future(ask(READ.replace("filter", ""), id=id, n=1))
    began = last = time.perf_counter()
    longest = 0.0
    while not reading.done():
        await asyncio.sleep(0.001)
        longest = max(longest, time.perf_counter() - last)
        last = time.perf_counter()
    assert (await reading)["data"]["segment"]["versions"]["nodes"][0]["summary"]
    assert longest < (last - began) / 3


async def test_the_oldest_that_is_kept_tells_no_differences(ask: Ask, workspace: int) -> None:
    id = await _made(ask, workspace, *map(_pending, range(3)))
    async with connection() as borrowed:
        await borrowed.execute("DELETE FROM segment_version WHERE workspace_id = $1 AND number = 1", workspace)
    nodes = (await ask(READ, id=id, n=9))["data"]["segment"]["versions"]["nodes"]
    assert [(node["number"], node["differences"] is None) for node in nodes] == [(3, False), (2, True)]


async def test_what_stands_beside_a_comparison_in_vain_is_told(ask: Ask, workspace: int) -> None:
    id = await _made(ask, workspace, ACTIVE)
    answer = await ask(
        "query ($id: ID!) { segment(id: $id) { versions { nodes { number } } "
        "compareVersions(from: 1, to: 9) { nameBefore } } }",
        id=id,
    )
    assert answer["data"]["segment"] == {"versions": {"nodes": [{"number": 1}]}, "compareVersions": None}
    assert answer["errors"][0]["extensions"]["problems"][0]["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("query", "points"),
    [
        ('{ segment(id: "x") { versions(first: 10) { nodes { number name } } } }', 12),
        ('{ segment(id: "x") { versions(first: 10) { nodes { summary filter problem } } } }', 12 + 10 * 15),
        ("{ segments { nodes { pinCounts { included } } } }", 1 + 50 * 11),
    ],
    ids=["plain", "read", "pins"],
)
async def test_versions_and_pins_cost_what_they_take(ask: Ask, query: str, points: int) -> None:
    assert (await ask(query))["extensions"]["cost"]["requested"] == points
