"""Advice as a frontend asks for it: what it says, and that the edited filters have what it says they have."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from app.filters.advice import superfluous
from app.filters.advice.reasoning import Verdict, VerdictKind
from app.filters.advice.weighed import STATUSES
from app.filters.clock import Clock
from app.filters.sight.nodes import Node
from app.queries.sight import advising, tallies
from tests.graphql.conftest import Ask
from tests.graphql.test_statements import sent
from tests.sight.test_story import ACTIVE, BUYERS, JAKARTA, VIPS, people

__all__ = ["people", "sent"]

Filter = dict[str, Any]
Told = dict[str, Any]

PIECE = """code message path filter count sendableCount suggestedName
  segment { name } statusCounts { active pending unsubscribed hardBounce }"""
ADVICE = f"""query ($filter: FilterInput!, $at: DateTime, $name: String, $segmentId: ID) {{
  previewSegment(filter: $filter, at: $at, name: $name, segmentId: $segmentId) {{ count advice {{ {PIECE} }} }}
}}"""

CREATE_WITH_ADVICE = f"""mutation ($input: CreateSegmentInput!) {{
  createSegment(input: $input) {{ segment {{ id advice {{ {PIECE} }} }} errors {{ message }} }}
}}"""
PIN = f"""mutation ($input: PinSegmentContactsInput!) {{
  pinSegmentContacts(input: $input) {{ segment {{ advice {{ {PIECE} }} }} errors {{ message }} }}
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


@pytest.fixture(autouse=True)
def _few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(superfluous, "FEWEST_COMING", 1)


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
    "a part and its opposite": (
        {"and": [VIPS, {"not": VIPS}]},
        "CONTRADICTORY",
        "filter",
        f"{APART} Has the label VIP and not (has the label VIP).",
        VIPS,
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
        "1 of 2 can't be mailed: 1 Pending.",
        {"and": [VIPS, ACTIVE]},
    ),
    "a status is narrowed": (
        {"and": [{"status": ["ACTIVE", "PENDING"]}, VIPS]},
        "NOT_SENDABLE",
        None,
        "1 of 2 can't be mailed: 1 Pending.",
        {"and": [ACTIVE, VIPS]},
    ),
    "none can be mailed": (BANDUNG, "NOT_SENDABLE", None, "None of these can be mailed: 1 Pending.", None),
    "a part removes nobody": (
        {"and": [VIPS, ANY_CITY]},
        "REMOVES_NOBODY",
        "filter.and[1]",
        "This removes nobody today: City has a value. It holds for all 2 contacts that the rest leaves.",
        VIPS,
    ),
    "a not removes nobody": (
        {"and": [BUYERS, {"not": JAKARTA}]},
        "REMOVES_NOBODY",
        "filter.and[1]",
        'This removes nobody today: Not (City contains "Jakarta") [contacts without City included]. '
        "It holds for all 2 contacts that the rest leaves.",
        BUYERS,
    ),
    "a part is said already": (
        {"and": [JAKARTA, ANY_CITY]},
        "REMOVES_NOBODY",
        "filter.and[1]",
        'This removes nobody: City has a value. Another part says it already: City contains "Jakarta".',
        JAKARTA,
    ),
    "a part within is said already": (
        {"and": [JAKARTA, {"or": [{"and": [ANY_CITY, VIPS]}, BUYERS]}]},
        "REMOVES_NOBODY",
        "filter.and[1].or[0].and[0]",
        "This removes nobody today: City has a value. It holds for the only contact that the rest leaves.",
        {"and": [JAKARTA, {"or": [VIPS, BUYERS]}]},
    ),
    "one of two equal parts": (
        {"and": [VIPS, VIPS]},
        "REMOVES_NOBODY",
        "filter.and[1]",
        "This removes nobody: Has the label VIP. Another part says it already: Has the label VIP.",
        VIPS,
    ),
    "a part adds nobody": (
        {"or": [BANDUNG, VIPS]},
        "ADDS_NOBODY",
        "filter.or[0]",
        'This adds nobody today: City is "Bandung". The rest decides already about the 1 contact that it holds for.',
        VIPS,
    ),
    "a part has nobody": (
        {"or": [VIPS, MEDAN]},
        "ADDS_NOBODY",
        "filter.or[1]",
        'This adds nobody today: City is "Medan". It holds for no contact.',
        VIPS,
    ),
    "a part is covered": (
        {"or": [BANDUNG, _city(contains="band")]},
        "ADDS_NOBODY",
        "filter.or[0]",
        'This adds nobody: City is "Bandung". Another part covers it already: City contains "band".',
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


async def test_gravest_is_told_first(ask: Ask, people: dict[str, str]) -> None:
    filter = {"or": [{"and": [ACTIVE, EITHER, {"not": BOUNCED}]}, VIPS, MEDAN]}
    told = await _advice(ask, filter, name="Segment 1")
    assert [each["code"] for each in told] == [
        "ALWAYS_TRUE",
        "TOO_BROAD",
        "NOT_SENDABLE",
        "REMOVES_NOBODY",
        "ADDS_NOBODY",
        "NAME_SAYS_NOTHING",
    ]


async def test_names_are_advised_on(ask: Ask, people: dict[str, str]) -> None:
    lately = {"field": {"key": "visited", "test": {"moreThanAgo": {"amount": 60, "unit": "DAY"}}}}
    assert await _advice(ask, lately, name="Visited > 60 Days") == await _advice(ask, lately)
    [told] = [each for each in await _advice(ask, lately, name="Visited > 30 Days") if each["suggestedName"]]
    assert (told["code"], told["suggestedName"]) == ("NAME_DISAGREES", "Visited > 60 Days")
    refused = await ask(ADVICE, filter=lately, name=" ")
    assert [each["path"] for each in refused["errors"][0]["extensions"]["problems"]] == ["name"]


async def test_saved_segments_have_their_advice(ask: Ask, people: dict[str, str]) -> None:
    input = {"name": "Segment 1", "filter": {"and": [VIPS, ANY_CITY]}}
    made = await ask(CREATE_WITH_ADVICE, input=input)
    told = made["data"]["createSegment"]["segment"]["advice"]
    assert [(each["code"], each["count"]) for each in told] == [
        ("NOT_SENDABLE", 1),
        ("REMOVES_NOBODY", 2),
        ("NAME_SAYS_NOTHING", None),
    ]


async def test_edits_of_pinned_segments_count_the_pins(ask: Ask, people: dict[str, str]) -> None:
    input = {"name": "VIPs and others", "filter": {"and": [VIPS, ANY_CITY]}}
    segment = (await ask(CREATE_WITH_ADVICE, input=input))["data"]["createSegment"]["segment"]["id"]
    pinned = await ask(PIN, input={"id": segment, "include": [people["citra"]], "exclude": [people["ani"]]})
    told = {each["code"]: each for each in pinned["data"]["pinSegmentContacts"]["segment"]["advice"]}
    assert (told["REMOVES_NOBODY"]["filter"], told["REMOVES_NOBODY"]["count"]) == (VIPS, 2)
    assert told["NOT_SENDABLE"]["statusCounts"] == {"active": 1, "pending": 1, "unsubscribed": 0, "hardBounce": 0}
    only_out = {"id": segment, "unpin": [people["citra"]], "exclude": [people["budi"]]}
    [empty] = (await ask(PIN, input=only_out))["data"]["pinSegmentContacts"]["segment"]["advice"]
    assert (empty["code"], empty["message"]) == (
        "EMPTY",
        "Nobody matches: all whom the filter means are always excluded.",
    )


async def test_edits_of_a_segment_are_advised_on_as_its_own(ask: Ask, people: dict[str, str]) -> None:
    input = {"name": "Segment 1", "filter": JAKARTA}
    segment = (await ask(CREATE_WITH_ADVICE, input=input))["data"]["createSegment"]["segment"]["id"]
    await ask(PIN, input={"id": segment, "include": [people["citra"]], "exclude": [people["ani"]]})
    told = {each["code"]: each for each in await _advice(ask, {"and": [VIPS, ANY_CITY]}, segmentId=segment)}
    assert (told["REMOVES_NOBODY"]["filter"], told["REMOVES_NOBODY"]["count"]) == (VIPS, 2)
    assert told["NAME_SAYS_NOTHING"]["suggestedName"]
    renamed = await _advice(ask, VIPS, segmentId=segment, name="VIPs")
    assert "NAME_SAYS_NOTHING" not in [each["code"] for each in renamed]


async def test_the_name_of_an_edited_segment_is_free_for_it(ask: Ask, people: dict[str, str]) -> None:
    [first] = [each["suggestedName"] for each in await _advice(ask, VIPS, name="?") if each["suggestedName"]]
    segment = (await ask(CREATE_WITH_ADVICE, input={"name": first, "filter": VIPS}))["data"]["createSegment"][
        "segment"
    ]
    told = {id: await _advice(ask, VIPS, name="?", segmentId=id) for id in (segment["id"], None)}
    names = {id: [each["suggestedName"] for each in pieces if each["suggestedName"]] for id, pieces in told.items()}
    assert names[segment["id"]] == [first] != names[None]


async def test_only_filters_of_segments_that_are_there_can_be_edited(ask: Ask, people: dict[str, str]) -> None:
    made = (await ask(CREATE_WITH_ADVICE, input={"name": "VIPs", "filter": VIPS}))["data"]["createSegment"]["segment"]
    input = {"name": "List", "kind": "STATIC", "contactIds": [people["ani"]]}
    listed = (await ask(CREATE_WITH_ADVICE, input=input))["data"]["createSegment"]["segment"]
    itself = {"segment": {"inAny": [made["id"]]}}
    cases = (
        (VIPS, "nothing", "NOT_FOUND"),
        (VIPS, listed["id"], "NOT_ALLOWED"),
        (itself, made["id"], "SEGMENT_CYCLE"),
    )
    for filter, id, code in cases:
        answer = await ask(ADVICE, filter=filter, segmentId=id)
        assert [each["code"] for each in answer["errors"][0]["extensions"]["problems"]] == [code]


async def test_fixed_lists_are_advised_on(ask: Ask, people: dict[str, str]) -> None:
    input = {"name": "List", "kind": "STATIC", "contactIds": [people["ani"], people["budi"]]}
    segment = (await ask(CREATE_WITH_ADVICE, input=input))["data"]["createSegment"]["segment"]
    told = [(each["code"], each["filter"], each["suggestedName"]) for each in segment["advice"]]
    narrowed = {"and": [{"segment": {"inAny": [segment["id"]]}}, ACTIVE]}
    assert told == [("NOT_SENDABLE", narrowed, None), ("NAME_SAYS_NOTHING", None, None)]
    assert await _count(ask, narrowed) == 1


async def test_nobody_is_advised_on_without_contacts(ask: Ask) -> None:
    told = await _advice(ask, ACTIVE)
    assert [(each["code"], each["message"]) for each in told] == [
        ("EMPTY", "Nobody matches: there are no contacts yet.")
    ]


async def test_what_is_too_much_for_a_pass_is_weighed_whole(
    ask: Ask, people: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallies, "MOST_CONDITIONS", len(STATUSES) + 1)
    told = await _advice(ask, {"and": [VIPS, ANY_CITY]})
    assert [(each["code"], each["filter"]) for each in told] == [("NOT_SENDABLE", None)]
    [empty] = await _advice(ask, {"and": [VIPS, MEDAN]})
    assert (empty["code"], empty["path"], empty["message"]) == ("EMPTY", "filter", "Nobody matches.")


@pytest.mark.parametrize("name", ["always true", "contradictory", "a branch is contradictory"])
async def test_what_is_weighed_whole_is_reasoned_on(
    ask: Ask, people: dict[str, str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(tallies, "MOST_CONDITIONS", len(STATUSES) + 1)
    filter, code, path, message, _ = STORIES[name]
    told = [(each["path"], each["message"]) for each in await _advice(ask, filter) if each["code"] == code]
    assert told == ([(path, message)] if path == "filter" else [])


async def test_reasoning_that_is_belied_is_kept_back(
    ask: Ask, people: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(root: Node, clock: Clock) -> list[Verdict]:
        return [Verdict(root, VerdictKind.CONTRADICTORY, (root,))]

    monkeypatch.setattr(advising, "verdicts", wrong)
    with capture_logs() as logs:
        assert [each["code"] for each in await _advice(ask, VIPS)] == ["NOT_SENDABLE"]
    assert [each["kind"] for each in logs if each["event"] == "advice_fault"] == ["BeliedError"]


async def test_advice_shares_the_count_of_all_numbers(ask: Ask, people: dict[str, str], sent: list[str]) -> None:
    query = "query ($f: FilterInput!) { previewSegment(filter: $f) { count statusCounts { active } %s } }"
    answer = (await ask(query % "advice { code }", f=VIPS))["data"]["previewSegment"]
    assert (answer["count"], answer["statusCounts"]) == (2, {"active": 1})
    assert len([text for text in sent if "array_agg(contacts)" in text]) == 1
    assert not [text for text in sent if "GROUP BY contact.status" in text]
