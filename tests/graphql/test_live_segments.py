"""Kept segments as they are asked for: state, count, who came and went and why, who was in once, history."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.queries.connections import connection
from tests.graphql.conftest import Ask
from tests.graphql.live_story import INACTIVE, Story

COUNT = "query ($id: ID!) { segment(id: $id) { count live { state progress beganAt readyAt asOf } } }"
CHANGES = """query ($id: ID!, $kind: MembershipChangeKind, $first: Int, $after: String) {
  segment(id: $id) { changes(kind: $kind, first: $first, after: $after) {
    nodes { kind reason sentence contactId contact { name } labels { name } fields { key } causes
      statusBefore statusAfter import { name } segment { name } at }
    edges { cursor node { contact { email } } } pageInfo { hasNextPage endCursor } } } }"""


@pytest.fixture
async def story(ask: Ask, workspace: int) -> Story:
    """The workspace furnished."""
    story = Story(ask, workspace)
    await story.furnish()
    return story


async def test_count_is_afresh_until_kept(story: Story) -> None:
    await story.contact("ani", labels=["VIP"])
    id = await story.segment()
    before = (await story.data(COUNT, id=id))["segment"]
    nothing = {"state": "BUILDING", "progress": 0, "beganAt": None, "readyAt": None, "asOf": None}
    assert before == {"count": 1, "live": nothing}
    await story.live()
    kept = (await story.data(COUNT, id=id))["segment"]
    assert (kept["count"], kept["live"]["state"], kept["live"]["progress"]) == (1, "READY", 1)
    assert all(kept["live"][name] is not None for name in ("beganAt", "readyAt", "asOf"))


async def test_kept_count_is_what_is_answered(story: Story) -> None:
    id = await story.segment()
    await story.live()
    await story.execute("UPDATE live_segment SET members = 41 WHERE workspace_id = $1")
    assert (await story.data(COUNT, id=id))["segment"]["count"] == 41


async def test_progress_is_told_in_between(story: Story) -> None:
    id = await story.segment()
    await story.live()
    await story.execute(
        "UPDATE live_segment SET ready_at = NULL, built_to = 30, built_until = 40, members = 9 WHERE workspace_id = $1"
    )
    found = (await story.data(COUNT, id=id))["segment"]
    assert (found["live"]["state"], found["live"]["progress"], found["count"]) == ("BUILDING", 0.75, 0)


@pytest.mark.parametrize(
    ("bulk", "seconds", "count"),
    [(False, 0, 1), (False, 3, 1), (True, 0, 41), (True, 3, 41), (True, 700, 1)],
)
async def test_late_engine_is_not_relied_on(story: Story, bulk: bool, seconds: int, count: int) -> None:
    id = await story.segment()
    await story.live()
    await story.contact("ani", labels=["VIP"])
    await story.execute("UPDATE live_segment SET members = 41 WHERE workspace_id = $1")
    await story.execute(
        "UPDATE noted_change SET is_bulk = $2, noted_at = noted_at - $3 * interval '1 second' WHERE workspace_id = $1",
        bulk,
        seconds,
    )
    found = (await story.data(COUNT, id=id))["segment"]
    as_of = datetime.fromisoformat(found["live"]["asOf"])
    assert found["count"] == count
    assert timedelta(seconds=seconds) < datetime.now(UTC) - as_of < timedelta(seconds=seconds + 30)


async def test_what_was_looked_at_already_is_relied_on(story: Story) -> None:
    id = await story.segment()
    await story.live()
    await story.contact("ani", labels=["VIP"])
    await story.execute("UPDATE live_segment SET members = 41 WHERE workspace_id = $1")
    await story.execute(
        "UPDATE noted_change SET is_judged = TRUE, noted_at = noted_at - interval '3 s' WHERE workspace_id = $1"
    )
    assert (await story.data(COUNT, id=id))["segment"]["count"] == 41


async def test_overdue_contact_makes_the_count_afresh(story: Story) -> None:
    id = await story.segment("Gone quiet", filter=INACTIVE)
    await story.live()
    await story.execute("UPDATE live_segment SET members = 41 WHERE workspace_id = $1")
    assert (await story.data(COUNT, id=id))["segment"]["count"] == 41
    await story.execute("UPDATE live_workspace SET next_due_at = now() - interval '3 s' WHERE workspace_id = $1")
    assert (await story.data(COUNT, id=id))["segment"]["count"] == 0


async def test_edited_segment_is_not_ready(story: Story) -> None:
    id = await story.segment()
    await story.contact("ani")
    await story.live()
    edited = {"not": {"label": {"containsAny": ["VIP"]}}}
    await story.do("updateSegment", "UpdateSegmentInput", "segment { id }", id=id, filter=edited)
    found = (await story.data(COUNT, id=id))["segment"]
    assert (found["count"], found["live"]["state"]) == (1, "BUILDING")


async def test_renamed_segment_stays_ready(story: Story) -> None:
    id = await story.segment()
    await story.live()
    await story.do("updateSegment", "UpdateSegmentInput", "segment { id }", id=id, name="Best")
    assert (await story.data(COUNT, id=id))["segment"]["live"]["state"] == "READY"


async def test_changes_tell_who_and_why(story: Story) -> None:
    id, ani, budi = await story.segment(), await story.contact("ani"), await story.contact("budi")
    await story.live()
    await story.label(ani)
    await story.label(budi)
    await story.live()
    await story.label(ani, vip=False)
    await story.do("deleteContact", "DeleteContactInput", "deletedId", id=budi)
    await story.live()
    changes = (await story.data(CHANGES, id=id))["segment"]["changes"]
    told = [(node["kind"], node["sentence"], node["contactId"], node["contact"]) for node in changes["nodes"]]
    assert sorted(told[:2], key=str) == sorted(
        [
            ("LEFT", "Label VIP was removed", ani, {"name": "ani"}),
            ("LEFT", "The contact was deleted", budi, None),
        ],
        key=str,
    )
    assert sorted(told[2:], key=str) == sorted(
        [("ENTERED", "Label VIP was added", ani, {"name": "ani"}), ("ENTERED", "Label VIP was added", budi, None)],
        key=str,
    )
    assert [node["labels"] for node in changes["nodes"] if node["reason"] == "CONTACT_CHANGED"] == [
        [{"name": "VIP"}]
    ] * 3
    assert changes["nodes"][0]["segment"] == {"name": "VIPs"}


async def test_changes_are_pages_of_a_kind(story: Story) -> None:
    id = await story.segment()
    await story.live()
    for name in ("ani", "budi", "citra"):
        await story.contact(name, labels=["VIP"])
        await story.live()
    seen: list[Any] = []
    after = None
    while len(seen) < 4:
        page = (await story.data(CHANGES, id=id, kind="ENTERED", first=2, after=after))["segment"]["changes"]
        seen += [edge["node"]["contact"]["email"].partition("@")[0] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert seen == ["citra", "budi", "ani"]
    assert (await story.data(CHANGES, id=id, kind="LEFT"))["segment"]["changes"]["nodes"] == []


async def test_status_change_tells_both(story: Story) -> None:
    id = await story.segment("Active", filter={"status": ["ACTIVE"]})
    ani = await story.contact("ani", status="ACTIVE", consent="a form")
    await story.live()
    await story.do("unsubscribeContact", "ContactEventInput", "contact { id }", id=ani)
    await story.live()
    (left, *_) = (await story.data(CHANGES, id=id))["segment"]["changes"]["nodes"]
    told = (left["statusBefore"], left["statusAfter"], left["causes"], left["sentence"])
    assert told == ("ACTIVE", "UNSUBSCRIBED", ["STATUS_CHANGED"], "Status became Unsubscribed")


async def test_time_alone_lets_in(story: Story) -> None:
    id = await story.segment("Inactive Buyers > 30 Days", filter=INACTIVE)
    today = datetime.now(UTC).date()
    bought = [{"key": "last_purchase", "value": str(today - timedelta(days=20))}]
    await story.contact("ani", fields=bought)
    await story.live()
    assert await story.live(datetime.now(UTC) + timedelta(days=12)) == 1
    (entered,) = (await story.data(CHANGES, id=id))["segment"]["changes"]["nodes"]
    assert entered["sentence"] == "Time passed: Last Purchase is more than 30 days ago"
    assert (entered["reason"], entered["fields"]) == ("TIME_PASSED", [{"key": "last_purchase"}])


async def test_contact_tells_since_when(story: Story) -> None:
    vips = await story.segment()
    ani = await story.contact("ani", labels=["VIP"])
    fixed = await story.segment("Fixed", kind="STATIC", contactIds=[ani])
    query = """query ($id: ID!) { contact(id: $id) { memberships { segment { id } since } segments { id }
      membershipChanges { nodes { kind segment { id } } } } }"""
    unkept = (await story.data(query, id=ani))["contact"]
    assert [one["since"] for one in unkept["memberships"]] == [None, None]
    await story.live()
    found = (await story.data(query, id=ani))["contact"]
    since = {one["segment"]["id"]: one["since"] for one in found["memberships"]}
    assert [one["id"] for one in found["segments"]] == list(since)
    assert since[fixed] is None
    assert datetime.now(UTC) - datetime.fromisoformat(since[vips]) < timedelta(minutes=1)
    assert found["membershipChanges"]["nodes"] == [{"kind": "ENTERED", "segment": {"id": vips}}]


async def test_members_of_once_are_told(story: Story) -> None:
    id, moments = await story.segment(), []
    people = {name: await story.contact(name) for name in ("ani", "budi", "citra")}
    await story.live()
    for labelled in (["ani"], ["ani", "budi"], ["budi", "citra"], ["citra"]):
        for name, contact in people.items():
            await story.label(contact, vip=name in labelled)
        await story.live()
        moments.append((datetime.now(UTC).isoformat(), labelled))
    await story.do("deleteContact", "DeleteContactInput", "deletedId", id=people["budi"])
    await story.live()
    query = """query ($id: ID!, $at: DateOrTime!) { segment(id: $id) { membersAt(at: $at) { at count
      contacts(orderBy: {field: "name"}) { totalCount nodes { name } } } } }"""
    for at, labelled in moments:
        found = (await story.data(query, id=id, at=at))["segment"]["membersAt"]
        still = [name for name in labelled if name != "budi"]
        assert [node["name"] for node in found["contacts"]["nodes"]] == still
        assert (found["count"], found["contacts"]["totalCount"]) == (len(labelled), len(still))
    assert (await story.data(query, id=id, at="2020-01-01"))["segment"]["membersAt"]["count"] == 0


async def test_history_adds_up(story: Story) -> None:
    id = await story.segment()
    await story.live(datetime(2026, 3, 1, tzinfo=UTC))
    ani = await story.contact("ani", labels=["VIP"])
    await story.contact("budi", labels=["VIP"])
    await story.live(datetime(2026, 3, 2, 3, tzinfo=UTC))
    await story.label(ani, vip=False)
    await story.live(datetime(2026, 3, 4, 20, tzinfo=UTC))  # the fifth in Jakarta
    query = """query ($id: ID!, $from: DateOrTime!, $to: DateOrTime, $every: HistoryStep!) { segment(id: $id) {
      history(from: $from, to: $to, every: $every) { start entered left total } } }"""
    days = (await story.data(query, id=id, **{"from": "2026-03-01", "to": "2026-03-05", "every": "DAY"}))["segment"]
    told = [(day["entered"], day["left"], day["total"]) for day in days["history"]]
    assert told == [(0, 0, 0), (2, 0, 2), (0, 0, 2), (0, 0, 2), (0, 1, 1)]
    assert days["history"][0]["start"] == "2026-02-28T17:00:00+00:00"
    weeks = (await story.data(query, id=id, **{"from": "2026-03-05", "every": "WEEK"}))["segment"]["history"]
    assert (weeks[0]["start"], weeks[0]["entered"], weeks[0]["left"]) == ("2026-03-01T17:00:00+00:00", 2, 1)
    assert {week["total"] for week in weeks} == {1}


SINCE_EVER = """query ($id: ID!) { segment(id: $id) { membersAt { count }
  history(every: HOUR) { entered left total } } }"""


async def test_history_begins_with_the_segment(story: Story) -> None:
    id = await story.segment()
    await story.live()
    ani = await story.contact("ani", labels=["VIP"])
    await story.contact("budi", labels=["VIP"])
    await story.live()
    await story.label(ani, vip=False)
    await story.live()
    found = (await story.data(SINCE_EVER, id=id))["segment"]
    assert found["membersAt"] == {"count": 1}
    assert 1 <= len(found["history"]) <= 2  # the hour may have struck
    assert [sum(hour[what] for hour in found["history"]) for what in ("entered", "left")] == [2, 1]
    assert found["history"][-1]["total"] == 1


async def test_a_new_segment_has_a_history(story: Story) -> None:
    query = """mutation ($input: CreateSegmentInput!) {
      createSegment(input: $input) { segment { history(every: WEEK) { entered left total } } } }"""
    made = await story.data(query, input={"name": "New", "filter": INACTIVE})
    assert made["createSegment"]["segment"]["history"] == [{"entered": 0, "left": 0, "total": 0}]


async def test_history_begins_with_what_is_kept(story: Story) -> None:
    id = await story.segment()
    await story.live()
    await story.execute("UPDATE live_workspace SET ledger_since = now() WHERE workspace_id = $1")
    assert (await story.data(SINCE_EVER, id=id))["segment"]["history"] == []


@pytest.mark.parametrize(
    ("arguments", "path", "code"),
    [
        ('from: "2026-01-01", every: HOUR', "every", "TOO_MANY_VALUES"),
        ('from: "2026-01-02", to: "2026-01-01"', "to", "INVALID_RANGE"),
        ('from: "soon"', "from", "INVALID_DATE"),
    ],
)
async def test_impossible_history_is_refused(story: Story, arguments: str, path: str, code: str) -> None:
    id = await story.segment()
    answer = await story.ask(f'{{ segment(id: "{id}") {{ history({arguments}) {{ start }} }} }}')
    (problem,) = answer["errors"][0]["extensions"]["problems"]
    assert (problem["path"], problem["code"]) == (path, code)


async def test_fixed_list_keeps_nothing(story: Story) -> None:
    id = await story.segment("Fixed", kind="STATIC", contactIds=[await story.contact("ani")])
    await story.live()
    query = """query ($id: ID!) { segment(id: $id) { count live { state } changes { nodes { at } }
      membersAt(at: "2026-01-01") { count } history(from: "2026-01-01") { start } } }"""
    found = (await story.data(query, id=id))["segment"]
    assert found == {"count": 1, "live": None, "changes": None, "membersAt": None, "history": None}


@pytest.mark.parametrize(("announce", "kept"), [(None, False), (False, False), (True, True)])
async def test_edit_says_whether_it_is_announced(story: Story, announce: bool | None, kept: bool) -> None:
    inner = await story.segment()
    await story.segment("Outer", filter={"segment": {"inAny": [inner]}})
    said = {} if announce is None else {"announce": announce}
    await story.do("createSegment", "CreateSegmentInput", "segment { id }", name="New", filter=INACTIVE, **said)
    await story.do("updateSegment", "UpdateSegmentInput", "segment { id }", id=inner, filter=INACTIVE, **said)
    await story.live()
    await story.execute("DELETE FROM contact_due WHERE workspace_id = $1")
    assert await announced(story.workspace) == [kept] * 3


async def announced(workspace: int) -> list[bool]:
    """Whether each kept segment announces what it was told for."""
    async with connection() as borrowed:
        rows = await borrowed.fetch("SELECT is_announced FROM live_segment WHERE workspace_id = $1", workspace)
    return [row[0] for row in rows]


async def test_each_segment_has_its_own_count(story: Story) -> None:
    for number in range(5):
        await story.segment(f"VIPs {number}")
    await story.live()
    await story.execute("UPDATE live_segment SET members = segment_id WHERE workspace_id = $1")
    found = (await story.data("{ segments { nodes { count } } }"))["segments"]["nodes"]
    assert len({node["count"] for node in found}) == 5


@pytest.mark.parametrize(
    "asked",
    ["membersAt(at: $at) { count }", "history(from: $at, every: HOUR) { total }"],
    ids=["membersAt", "history"],
)
@pytest.mark.parametrize(("hours", "codes"), [(-1, ["NOT_FOUND"]), (1, [])])
async def test_removed_ledger_is_not_told_from(story: Story, asked: str, hours: int, codes: list[str]) -> None:
    id = await story.segment()
    await story.live()
    since = datetime.now(UTC) - timedelta(hours=5)
    await story.execute("UPDATE live_workspace SET ledger_since = $2 WHERE workspace_id = $1", since)
    at = (since + timedelta(hours=hours)).isoformat()
    answer = await story.ask(f"query ($id: ID!, $at: DateOrTime!) {{ segment(id: $id) {{ {asked} }} }}", id=id, at=at)
    told = [problem for error in answer.get("errors", ()) for problem in error["extensions"]["problems"]]
    assert [problem["code"] for problem in told] == codes
    assert all("known since" in problem["message"] for problem in told)
