"""Advice as a frontend asks for it: what it says, and that the edited filters have what it says they have."""

from typing import Any

import pytest

from tests.graphql.conftest import Ask
from tests.sight.test_story import ACTIVE, BUYERS, JAKARTA, VIPS, people

__all__ = ["people"]

Filter = dict[str, Any]
Told = dict[str, Any]

PIECE = """code message path filter count sendableCount suggestedName
  segment { name } statusCounts { active pending unsubscribed hardBounce }"""
ADVICE = f"""query ($filter: FilterInput!, $at: DateTime, $name: String) {{
  previewSegment(filter: $filter, at: $at, name: $name) {{ count advice {{ {PIECE} }} }}
}}"""


def _city(**test: Any) -> Filter:
    return {"field": {"key": "city", "test": test}}


BANDUNG, MEDAN, ANY_CITY = _city(matches="Bandung"), _city(matches="Medan"), _city(isEmpty=False)
BOUNCED = {"status": ["HARD_BOUNCE"]}
EITHER: Filter = {"or": [VIPS, {"not": VIPS}]}
NEITHER: Filter = {"and": [BANDUNG, MEDAN]}
APART = "These can't hold together, so nobody can ever satisfy this:"


async def _advice(ask: Ask, filter: Filter, **variables: Any) -> list[Told]:
    answer = await ask(ADVICE, filter=filter, **variables)
    assert "errors" not in answer, answer
    found: list[Told] = answer["data"]["previewSegment"]["advice"]
    return found


async def _count(ask: Ask, filter: Filter) -> int:
    answer = await ask("query ($f: FilterInput!) { previewSegment(filter: $f) { count } }", f=filter)
    count: int = answer["data"]["previewSegment"]["count"]
    return count


STORIES: dict[str, tuple[Filter, str, str | None, str, Filter | None]] = {
    "one condition empties it": (
        {"and": [ACTIVE, MEDAN, BUYERS]},
        "EMPTY",
        "filter.and[1]",
        'Nobody matches because of this: City is "Medan". It holds for no contact. '
        "Without it there would be 1 contact.",
        {"and": [ACTIVE, BUYERS]},
    ),
    "what is left before is emptied": (
        {"and": [VIPS, {"and": [{"not": ACTIVE}, JAKARTA]}]},
        "EMPTY",
        "filter.and[1].and[1]",
        'Nobody matches because of this: City contains "Jakarta". It leaves nobody of 1 contact. '
        "Without it there would be 1 contact.",
        {"and": [VIPS, {"not": ACTIVE}]},
    ),
    "what helps is not the first": (
        {"and": [BOUNCED, {"or": [{"and": [MEDAN, BUYERS]}, VIPS]}]},
        "EMPTY",
        "filter.and[0]",
        "Nobody matches because of this: Is Hard Bounce. It holds for no contact. Without it there would be 2 contacts.",
        {"or": [{"and": [MEDAN, BUYERS]}, VIPS]},
    ),
    "nothing helps alone": (
        {"and": [BOUNCED, MEDAN]},
        "EMPTY",
        "filter.and[0]",
        "Nobody matches because of this: Is Hard Bounce. It holds for no contact.",
        None,
    ),
    "a single condition is empty": (MEDAN, "EMPTY", "filter", "Nobody matches.", None),
    "everyone is too broad": (
        {"or": [ACTIVE, VIPS]},
        "TOO_BROAD",
        None,
        "This means all contacts. Say more precisely whom you mean.",
        None,
    ),
    "always true": (
        EITHER,
        "ALWAYS_TRUE",
        "filter",
        "This is always true, of everyone: Has the label VIP or not (has the label VIP).",
        None,
    ),
    "a part is always true": (
        {"and": [BUYERS, EITHER]},
        "ALWAYS_TRUE",
        "filter.and[1]",
        "This is always true, of everyone: Has the label VIP or not (has the label VIP).",
        BUYERS,
    ),
    "contradictory": (
        NEITHER,
        "CONTRADICTORY",
        "filter",
        f'{APART} City is "Bandung" and City is "Medan".',
        BANDUNG,
    ),
    "a branch is contradictory": (
        {"or": [VIPS, {"and": [BUYERS, NEITHER]}]},
        "CONTRADICTORY",
        "filter.or[1].and[1]",
        f'{APART} City is "Bandung" and City is "Medan".',
        VIPS,
    ),
    "the opposite of a contradiction": (
        {"and": [BUYERS, {"not": NEITHER}]},
        "ALWAYS_TRUE",
        "filter.and[1]",
        'This is always true, of everyone: Not (City is "Bandung" and City is "Medan") '
        "[contacts without City may be included].",
        BUYERS,
    ),
    "the opposite of what is always true": (
        {"and": [BUYERS, {"not": {"or": [EITHER, JAKARTA]}}]},
        "CONTRADICTORY",
        "filter.and[1]",
        'Nobody can ever satisfy this: Not ((has the label VIP or not (has the label VIP)) or City contains "Jakarta") '
        "[contacts without City may be included].",
        {"and": [BUYERS, {"not": {"or": [VIPS, JAKARTA]}}]},
    ),
    "some can't be mailed": (
        VIPS,
        "NOT_SENDABLE",
        None,
        "1 of 2 can't be mailed: 1 not confirmed yet.",
        {"and": [VIPS, ACTIVE]},
    ),
    "a status is narrowed": (
        {"and": [{"status": ["ACTIVE", "PENDING"]}, VIPS]},
        "NOT_SENDABLE",
        None,
        "1 of 2 can't be mailed: 1 not confirmed yet.",
        {"and": [ACTIVE, VIPS]},
    ),
    "none can be mailed": (BANDUNG, "NOT_SENDABLE", None, "None of these can be mailed: 1 not confirmed yet.", None),
    "a part removes nobody": (
        {"and": [VIPS, ANY_CITY]},
        "REMOVES_NOBODY",
        "filter.and[1]",
        "This removes nobody: City has a value. It holds for all 2 contacts that the rest leaves.",
        VIPS,
    ),
    "a not removes nobody": (
        {"and": [BUYERS, {"not": JAKARTA}]},
        "REMOVES_NOBODY",
        "filter.and[1]",
        'This removes nobody: Not (City contains "Jakarta") [contacts without City included]. '
        "It holds for all 2 contacts that the rest leaves.",
        BUYERS,
    ),
    "a part is said already": (
        {"and": [JAKARTA, ANY_CITY]},
        "REMOVES_NOBODY",
        "filter.and[1]",
        'This removes nobody: City has a value. It is already said by City contains "Jakarta".',
        JAKARTA,
    ),
    "a part within is said already": (
        {"and": [JAKARTA, {"or": [{"and": [ANY_CITY, VIPS]}, BUYERS]}]},
        "REMOVES_NOBODY",
        "filter.and[1].or[0].and[0]",
        "This removes nobody: City has a value. It holds for the only contact that the rest leaves.",
        {"and": [JAKARTA, {"or": [VIPS, BUYERS]}]},
    ),
    "one of two equal parts": (
        {"and": [VIPS, VIPS]},
        "REMOVES_NOBODY",
        "filter.and[1]",
        "This removes nobody: Has the label VIP. It is already said by Has the label VIP.",
        VIPS,
    ),
    "a part adds nobody": (
        {"or": [BANDUNG, VIPS]},
        "ADDS_NOBODY",
        "filter.or[0]",
        'This adds nobody: City is "Bandung". The rest decides already about the 1 contact that it holds for.',
        VIPS,
    ),
    "a part has nobody": (
        {"or": [VIPS, MEDAN]},
        "ADDS_NOBODY",
        "filter.or[1]",
        'This adds nobody: City is "Medan". It holds for no contact.',
        VIPS,
    ),
    "a part is covered": (
        {"or": [BANDUNG, _city(contains="band")]},
        "ADDS_NOBODY",
        "filter.or[0]",
        'This adds nobody: City is "Bandung". It is already covered by City contains "band".',
        _city(contains="band"),
    ),
}


@pytest.mark.parametrize(("filter", "code", "path", "message", "edited"), STORIES.values(), ids=STORIES)
async def test_advice_is_told_with_its_edit(
    ask: Ask,
    people: dict[str, str],
    filter: Filter,
    code: str,
    path: str | None,
    message: str,
    edited: Filter | None,
) -> None:
    told = [each for each in await _advice(ask, filter) if each["code"] == code]
    assert [(each["path"], each["message"], each["filter"]) for each in told] == [(path, message, edited)]
    if edited is not None:
        again = {"and": [edited, ACTIVE]}
        assert (told[0]["count"], told[0]["sendableCount"]) == (await _count(ask, edited), await _count(ask, again))
