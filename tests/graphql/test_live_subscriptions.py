"""Who enters and leaves, and what happens to contacts, followed over the product's own socket."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tortoise.connection import get_connection

from app.asgi import create_app
from app.filters.ids import to_global
from app.graphql.following import cursor_of
from app.queries.live.pulse import listening
from app.queries.live.reading_changes import forget_contact_changes
from app.queries.tokens import create_token
from tests.conftest import WorkspaceMaker
from tests.graphql.conftest import Ask
from tests.graphql.live_story import INACTIVE, Story
from tests.graphql.sockets import Speaker, opened, served

FOLLOW = """subscription ($ids: [ID!], $after: String) { segmentChanges(segmentIds: $ids, after: $after) {
  cursor count at enteredCount leftCount segmentId segment { name }
  entered { contactId contact { name } sentence } left { contactId contact { name } sentence } } }"""
CONTACTS = """subscription ($ids: [ID!], $after: String) { contactChanges(contactIds: $ids, after: $after) {
  cursor contactIds contacts { name } cause fields { key } labels { name } statusBefore statusAfter
  import { name } at } }"""
A_WHILE = 0.3


@pytest.fixture
async def story(ask: Ask, workspace: int) -> Story:
    """The workspace furnished."""
    story = Story(ask, workspace)
    await story.furnish()
    return story


@pytest.fixture
async def url(dsn: str, pool: None, tmp_path: Path) -> AsyncIterator[str]:
    """The application behind a port, which hears what engines have seen to."""
    async with listening(dsn), served(create_app(dsn, tmp_path)) as (address, _):
        yield address


@pytest.fixture
async def speaker(url: str, token: str) -> AsyncIterator[Speaker]:
    """The workspace's client."""
    async with opened(url, {"token": token}) as speaker:
        yield speaker


async def follow(speaker: Speaker, query: str, id: str = "1", **variables: Any) -> None:
    """Subscribe, and wait until the subscription has begun."""
    await speaker.subscribe(query, id, variables)
    await asyncio.sleep(A_WHILE)


async def heard(speaker: Speaker) -> Any:
    """What the next message tells."""
    message = await speaker.hear()
    assert message["type"] == "next", message
    assert "errors" not in message["payload"], message
    (event,) = message["payload"]["data"].values()
    return event


async def is_silent(speaker: Speaker) -> bool:
    """Whether nothing is said for a while."""
    try:
        await asyncio.wait_for(speaker.connection.recv(), A_WHILE)
    except TimeoutError:
        return True
    return False


async def answers_of(speaker: Speaker, id: str) -> list[Any]:
    """What a subscription says until it completes, of all that is said."""
    told: list[Any] = []
    while (message := await speaker.hear()) != {"id": id, "type": "complete"}:
        if message["id"] == id:
            told.append(message)
    return told


async def test_entering_is_told_with_the_reason(story: Story, speaker: Speaker) -> None:
    id, ani = await story.segment(), await story.contact("ani")
    await story.live()
    await follow(speaker, FOLLOW, ids=[id])
    await story.label(ani)
    await story.live()
    event = await heard(speaker)
    ani_is = {"contactId": ani, "contact": {"name": "ani"}}
    assert event["entered"] == [ani_is | {"sentence": "Label VIP was added"}]
    assert (event["count"], event["enteredCount"], event["leftCount"], event["left"]) == (1, 1, 0, [])
    await story.label(ani, vip=False)
    await story.live()
    event = await heard(speaker)
    assert event["left"] == [ani_is | {"sentence": "Label VIP was removed"}]
    assert (event["count"], event["segment"], event["segmentId"]) == (0, {"name": "VIPs"}, id)


async def test_all_segments_are_followed(story: Story, speaker: Speaker) -> None:
    vips, all = await story.segment(), await story.segment("All", filter={"not": INACTIVE})
    await story.live()
    await follow(speaker, FOLLOW)
    await story.contact("ani", labels=["VIP"])
    await story.live()
    told = {event["segmentId"]: event["enteredCount"] for event in [await heard(speaker), await heard(speaker)]}
    assert told == {vips: 1, all: 1}


async def test_others_segments_are_silent(story: Story, speaker: Speaker) -> None:
    quiet = await story.segment("Quiet", filter=INACTIVE)
    await story.segment()
    await story.live()
    await follow(speaker, FOLLOW, ids=[quiet])
    await story.contact("ani", labels=["VIP"])
    await story.live()
    assert await is_silent(speaker)


async def test_build_is_told_in_numbers(story: Story, speaker: Speaker) -> None:
    for name in ("ani", "budi"):
        await story.contact(name, labels=["VIP"])
    await follow(speaker, FOLLOW)
    await story.segment()
    await story.live()
    event = await heard(speaker)
    assert (event["count"], event["enteredCount"], event["entered"]) == (2, 2, [])


async def test_cursor_misses_nothing_and_repeats_nothing(story: Story, speaker: Speaker) -> None:
    segments = [await story.segment("A"), await story.segment("B"), await story.segment("C")]
    await story.live()
    await follow(speaker, FOLLOW)
    await story.contact("ani", labels=["VIP"])
    await story.live()
    events = [await heard(speaker) for _ in segments]
    assert [event["segmentId"] for event in events] == segments
    await story.contact("budi", labels=["VIP"])
    await story.live()
    later = [await heard(speaker) for _ in segments]
    whole = [*events, *later]
    for place, event in enumerate(whole, start=1):
        id = f"again {place}"
        await speaker.subscribe(FOLLOW, id, {"after": event["cursor"]})
        assert [await heard(speaker) for _ in whole[place:]] == [one | {"count": 2} for one in whole[place:]]
        assert await is_silent(speaker)
        await speaker.say({"type": "complete", "id": id})


async def test_what_happened_meanwhile_is_one_event(story: Story, speaker: Speaker) -> None:
    id = await story.segment()
    await story.live()
    await follow(speaker, FOLLOW, ids=[id])
    ani = await story.contact("ani", labels=["VIP"])
    await story.live()
    cursor = (await heard(speaker))["cursor"]
    await speaker.say({"type": "complete", "id": "1"})
    for name in ("budi", "citra"):
        await story.contact(name, labels=["VIP"])
        await story.live()
    await story.label(ani, vip=False)
    await story.live()
    await follow(speaker, FOLLOW, "2", ids=[id], after=cursor)
    event = await heard(speaker)
    assert (event["count"], event["enteredCount"], event["leftCount"]) == (2, 2, 1)
    assert [one["contact"]["name"] for one in event["entered"]] == ["budi", "citra"]


async def test_deleted_segment_ends_it(story: Story, speaker: Speaker) -> None:
    id = await story.segment()
    await story.contact("ani", labels=["VIP"])
    await story.live()
    await follow(speaker, FOLLOW, ids=[id])
    await story.do("deleteSegment", "SegmentIdInput", "deletedId", id=id)
    await story.live()
    event = await heard(speaker)
    assert (event["count"], event["leftCount"], event["segment"], event["segmentId"]) == (0, 1, None, id)
    assert await speaker.hear() == {"id": "1", "type": "complete"}


async def test_segments_deleted_meanwhile_are_told(story: Story, speaker: Speaker) -> None:
    gone, kept = await story.segment("Gone"), await story.segment("Kept")
    await story.live()
    await follow(speaker, FOLLOW, ids=[gone, kept])
    await story.contact("ani", labels=["VIP"])
    await story.live()
    cursor = [await heard(speaker), await heard(speaker)][1]["cursor"]
    await speaker.say({"type": "complete", "id": "1"})
    await story.do("deleteSegment", "SegmentIdInput", "deletedId", id=gone)
    await story.live()
    await follow(speaker, FOLLOW, "2", ids=[gone, kept], after=cursor)
    event = await heard(speaker)
    assert (event["segmentId"], event["segment"], event["leftCount"], event["count"]) == (gone, None, 1, 0)
    assert await is_silent(speaker)


async def test_all_is_told_before_it_ends(story: Story, speaker: Speaker) -> None:
    ids = [await story.segment("A"), await story.segment("B")]
    await story.live()
    await follow(speaker, FOLLOW, ids=ids)
    await story.contact("ani", labels=["VIP"])
    await story.live()
    first, second = await heard(speaker), await heard(speaker)
    for id in ids:
        await story.do("deleteSegment", "SegmentIdInput", "deletedId", id=id)
    await story.live()
    await speaker.subscribe(FOLLOW, "2", {"ids": ids, "after": first["cursor"]})
    told = [message["payload"]["data"]["segmentChanges"] for message in await answers_of(speaker, "2")]
    entered_and_left = [(event["segmentId"], event["enteredCount"], event["leftCount"]) for event in told]
    assert entered_and_left == [(second["segmentId"], 1, 0), *((id, 0, 1) for id in ids)]


@pytest.mark.parametrize(
    ("query", "after"),
    [
        (FOLLOW, "nonsense"),
        (FOLLOW, to_global("membershipChange", 1)),
        (FOLLOW, "contacts"),
        (FOLLOW, "future"),
        (FOLLOW, "removed"),
        (CONTACTS, "others"),
        (CONTACTS, "old"),
        (CONTACTS, "future"),
    ],
)
async def test_wrong_cursor_is_refused(
    story: Story, speaker: Speaker, make_workspace: WorkspaceMaker, query: str, after: str
) -> None:
    now = datetime.now(UTC)
    await story.live()
    await story.execute("UPDATE live_workspace SET ledger_after = 7 WHERE workspace_id = $1")
    tag, numbers = ("contactChanges", [0]) if query == CONTACTS else ("segmentChanges", [0, 0, 0])
    forged = {
        "contacts": cursor_of("contactChanges", story.workspace, now, 0),
        "others": cursor_of(tag, await make_workspace(), now, *numbers),
        "future": cursor_of(tag, story.workspace, now, *(2**40 for _ in numbers)),
        "removed": cursor_of(tag, story.workspace, now, *(6 for _ in numbers)),
        "old": cursor_of(tag, story.workspace, now - timedelta(days=3, minutes=1), *numbers),
    }
    (error,) = await speaker.answers(query, variables={"after": forged.get(after, after)})
    (problem,) = error["payload"][0]["extensions"]["problems"]
    assert (error["type"], problem["path"], problem["code"]) == ("error", "after", "INVALID_ID")


async def test_cursor_where_the_removed_ended_is_good(story: Story, speaker: Speaker) -> None:
    await story.segment()
    await story.live()
    await story.execute("UPDATE live_workspace SET ledger_after = 7 WHERE workspace_id = $1")
    await speaker.subscribe(
        FOLLOW, "1", {"after": cursor_of("segmentChanges", story.workspace, datetime.now(UTC), 7, 7, 0)}
    )
    assert await is_silent(speaker)


async def test_wrong_segments_are_refused(story: Story, speaker: Speaker) -> None:
    fixed = await story.segment("Fixed", kind="STATIC", contactIds=[])
    for ids, code in (([fixed], "NOT_ALLOWED"), ([to_global("Segment", 2**40)], "NOT_FOUND"), ([], "REQUIRED")):
        (error,) = await speaker.answers(FOLLOW, variables={"ids": ids})
        assert [problem["code"] for problem in error["payload"][0]["extensions"]["problems"]] == [code]


async def test_another_workspace_hears_nothing(story: Story, url: str, make_workspace: WorkspaceMaker) -> None:
    stranger = await create_token(await make_workspace(), "test", ["admin"])
    id = await story.segment()
    ani = await story.contact("ani")
    await story.live()
    async with opened(url, {"token": stranger}) as speaker:
        (error,) = await speaker.answers(FOLLOW, variables={"ids": [id]})
        assert [problem["code"] for problem in error["payload"][0]["extensions"]["problems"]] == ["NOT_FOUND"]
        await follow(speaker, FOLLOW, "2")
        await follow(speaker, CONTACTS, "3")
        await follow(speaker, CONTACTS, "4", ids=[ani])
        await story.label(ani)
        await story.live()
        assert await is_silent(speaker)


async def test_contacts_tell_what_happened(story: Story, speaker: Speaker) -> None:
    await story.live()
    await follow(speaker, CONTACTS)
    ani = await story.contact("ani", status="ACTIVE", consent="a form")
    await story.live()
    created = await heard(speaker)
    assert (created["cause"], created["contactIds"], created["contacts"]) == ("CREATED", [ani], [{"name": "ani"}])
    await story.label(ani)
    await story.live()
    labelled = await heard(speaker)
    assert (labelled["cause"], labelled["labels"]) == ("UPDATED", [{"name": "VIP"}])
    await story.do("unsubscribeContact", "ContactEventInput", "contact { id }", id=ani)
    await story.live()
    left = await heard(speaker)
    assert (left["statusBefore"], left["statusAfter"]) == ("ACTIVE", "UNSUBSCRIBED")
    await story.do("deleteContact", "DeleteContactInput", "deletedId", id=ani)
    await story.live()
    gone = await heard(speaker)
    assert (gone["cause"], gone["contactIds"], gone["contacts"]) == ("DELETED", [ani], [])
    await follow(speaker, CONTACTS, "2", ids=[ani], after=created["cursor"])
    again = [await heard(speaker) for _ in range(3)]
    assert [event["cursor"] for event in again] == [event["cursor"] for event in (labelled, left, gone)]


async def test_only_chosen_contacts_are_told(story: Story, speaker: Speaker) -> None:
    ani, budi = await story.contact("ani"), await story.contact("budi")
    await story.live()
    await follow(speaker, CONTACTS, ids=[ani])
    await story.label(budi)
    await story.live()
    assert await is_silent(speaker)
    target = {"ids": [budi, ani]}
    await story.do("updateContacts", "UpdateContactsInput", "changedCount", target=target, addLabels=["VIP"])
    await story.live()
    assert (await heard(speaker))["contactIds"] == [ani]


async def test_followers_hold_no_connection(story: Story, speaker: Speaker) -> None:
    await story.segment()
    await story.live()
    for number in range(8):
        await speaker.subscribe(FOLLOW if number % 2 else CONTACTS, str(number), {})
    await asyncio.sleep(A_WHILE)
    pool = get_connection("default")._pool
    held = [await asyncio.wait_for(pool.acquire(), 5) for _ in range(pool.get_max_size())]
    for borrowed in held:
        await pool.release(borrowed)


async def test_old_changes_are_forgotten(story: Story, speaker: Speaker) -> None:
    await follow(speaker, CONTACTS)
    for name, days in (("ani", 4), ("budi", 2)):
        await story.contact(name)
        await story.live()
        await story.execute(
            "UPDATE contact_change SET seen_at = seen_at - $2 * interval '1 day' WHERE workspace_id = $1 "
            "AND id = (SELECT max(id) FROM contact_change WHERE workspace_id = $1)",
            days,
        )
    await forget_contact_changes()
    await story.live()
    after = cursor_of("contactChanges", story.workspace, datetime.now(UTC), 0)
    await follow(speaker, CONTACTS, "2", after=after)
    told = [(await speaker.hear())["payload"]["data"]["contactChanges"] for _ in range(3)]
    assert [event["contacts"][0]["name"] for event in told] == ["ani", "budi", "budi"]
