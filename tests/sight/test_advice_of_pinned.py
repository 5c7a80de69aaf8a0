"""Advice on segments that contacts are pinned to: what no edit of the filter changes is said apart."""

from typing import Any

import pytest

from tests.graphql.conftest import Ask
from tests.sight.test_story import ACTIVE, VIPS, people

__all__ = ["people"]

CREATE = "mutation ($input: CreateSegmentInput!) { createSegment(input: $input) { segment { id } } }"
PIN = """mutation ($input: PinSegmentContactsInput!) { pinSegmentContacts(input: $input) {
  segment { count advice { code message path filter count sendableCount } } errors { message }
} }"""

PENDING = {"status": ["PENDING"]}
BOUNCED = {"status": ["HARD_BOUNCE"]}
IN_BANDUNG = {"field": {"key": "city", "test": {"matches": "Bandung"}}}
IN_MEDAN = {"field": {"key": "city", "test": {"matches": "Medan"}}}


async def advised(ask: Ask, people: dict[str, str], filter: Any, included: list[str]) -> dict[str, Any]:
    """The advice on a segment with contacts pinned in, by code."""
    made = await ask(CREATE, input={"name": "Somebody", "filter": filter})
    pinned = {"id": made["data"]["createSegment"]["segment"]["id"], "include": [people[name] for name in included]}
    segment = (await ask(PIN, input=pinned))["data"]["pinSegmentContacts"]["segment"]
    return {each["code"]: each for each in segment["advice"]}


@pytest.mark.parametrize(
    ("filter", "included", "message", "offered"),
    [
        (
            {"and": [VIPS, ACTIVE]},
            ["budi"],
            "1 of 2 can't be mailed: 1 Pending. 1 of them is always included by hand: unpin them to leave them out.",
            None,
        ),
        (PENDING, ["ani"], "1 of 2 can't be mailed: 1 Pending.", None),
        (
            BOUNCED,
            ["budi"],
            "None of these can be mailed: 1 Pending. "
            "1 of them is always included by hand: unpin them to leave them out.",
            None,
        ),
        (VIPS, ["citra"], "1 of 3 can't be mailed: 1 Pending.", ({"and": [VIPS, ACTIVE]}, 2, 2)),
    ],
    ids=["all unsendable are pinned", "none but pins would be left", "nobody but pins", "the filter's own"],
)
async def test_only_edits_that_leave_somebody_out_are_offered(
    ask: Ask, people: dict[str, str], filter: Any, included: list[str], message: str, offered: Any
) -> None:
    told = (await advised(ask, people, filter, included))["NOT_SENDABLE"]
    edit = None if told["filter"] is None else (told["filter"], told["count"], told["sendableCount"])
    assert (told["message"], edit) == (message, offered)


@pytest.mark.parametrize(
    ("filter", "included", "code", "message", "offered"),
    [
        (IN_MEDAN, ["ani"], "EMPTY", "But for 1 contact included by hand, nobody matches.", None),
        (
            {"and": [ACTIVE, IN_MEDAN]},
            ["budi"],
            "EMPTY",
            'But for 1 contact included by hand, nobody matches because of this: City is "Medan". '
            "It holds for no contact. Without it there would be 4 contacts.",
            (ACTIVE, 4),
        ),
        (
            {"and": [BOUNCED, IN_MEDAN]},
            ["ani", "citra"],
            "EMPTY",
            "But for 2 contacts included by hand, nobody matches because of this: Is Hard Bounce. "
            "It holds for no contact.",
            None,
        ),
        (
            {"and": [IN_BANDUNG, IN_MEDAN]},
            ["ani", "citra"],
            "CONTRADICTORY",
            "These can't hold together, so nobody can ever satisfy this: "
            'City is "Bandung" and City is "Medan". But 2 contacts are included by hand.',
            (IN_BANDUNG, 3),
        ),
        (
            {"and": [PENDING, {"or": [VIPS, {"and": [IN_BANDUNG, IN_MEDAN]}]}]},
            ["ani"],
            "CONTRADICTORY",
            'These can\'t hold together, so nobody can ever satisfy this: City is "Bandung" and City is "Medan".',
            ({"and": [PENDING, VIPS]}, 2),
        ),
    ],
    ids=["empty", "one empties it", "nothing helps", "contradictory", "a part is contradictory"],
)
async def test_who_is_pinned_is_told_apart_from_the_filter(
    ask: Ask, people: dict[str, str], filter: Any, included: list[str], code: str, message: str, offered: Any
) -> None:
    told = (await advised(ask, people, filter, included))[code]
    edit = None if told["filter"] is None else (told["filter"], told["count"])
    assert (told["message"], edit) == (message, offered)
