"""Messages are written for webhooks that want them, with the change or not at all; and claimed quickly."""

import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from app.filters.vocabulary import Status
from app.queries.connections import connection, transaction
from app.queries.segments import create_dynamic
from app.queries.webhooks.claims import claim_messages, waiting_webhooks
from app.queries.webhooks.events import Event, EventType, MembershipEvent, StatusEvent
from app.queries.webhooks.queue import has_webhooks, queue_messages
from app.queries.webhooks.registry import Changes, Wanted, create_webhook, delete_webhook, update_webhook
from app.queries.webhooks.retention import forget_old_messages
from app.queries.webhooks.spreading import spread_drafts
from tests.conftest import WorkspaceMaker

URL = "https://example.invalid/hook"
ENTERED, LEFT, STATUS = EventType.SEGMENT_ENTERED, EventType.SEGMENT_LEFT, EventType.STATUS_CHANGED


async def queue(workspace_id: int, *events: Event) -> int:
    """Queue what happens now; how many messages that makes."""
    async with transaction() as borrowed:
        return await queue_messages(borrowed, workspace_id, events, datetime.now(UTC))


async def wanting(workspace_id: int, types: Sequence[EventType], segment_ids: Sequence[int] | None = None) -> int:
    """The id of a new webhook."""
    return (await create_webhook(workspace_id, Wanted("site", URL, types, segment_ids))).row.id


async def segment_of(workspace_id: int, name: str) -> int:
    """The id of a new dynamic segment."""
    return await create_dynamic(workspace_id, name, {"status": ["ACTIVE"]})


@pytest.mark.parametrize(
    ("types", "is_of_one", "messages"),
    [
        ([ENTERED, LEFT, STATUS], False, 4),
        ([ENTERED], False, 2),
        ([ENTERED], True, 1),
        ([LEFT], True, 0),
        ([LEFT, STATUS], True, 1),
        ([STATUS], True, 1),
    ],
    ids=range(6),
)
async def test_only_what_is_wanted_is_queued(
    workspace: int, types: Sequence[EventType], is_of_one: bool, messages: int
) -> None:
    one, other = await segment_of(workspace, "one"), await segment_of(workspace, "other")
    await wanting(workspace, types, [one] if is_of_one else None)
    events: list[Event] = [
        MembershipEvent(one, 7, True, "TIME_PASSED"),
        MembershipEvent(other, 7, True, "TIME_PASSED"),
        MembershipEvent(other, 8, False, "TIME_PASSED"),
        StatusEvent(7, None, Status.PENDING, "CREATED"),
    ]
    assert await queue(workspace, *events) == messages


async def test_a_webhook_that_is_off_or_gone_is_told_nothing(workspace: int, make_workspace: WorkspaceMaker) -> None:
    async def is_told() -> bool:
        async with connection() as borrowed:
            found = await has_webhooks(borrowed, workspace)
        assert await queue(workspace, StatusEvent(7, None, Status.PENDING, "CREATED")) == found
        return found

    await wanting(await make_workspace(), [STATUS])
    assert not await is_told()
    webhook_id = await wanting(workspace, [STATUS])
    assert await is_told()
    await update_webhook(workspace, webhook_id, Changes(is_enabled=False))
    assert not await is_told()
    await update_webhook(workspace, webhook_id, Changes(is_enabled=True))
    assert await is_told()
    await delete_webhook(workspace, webhook_id)
    assert not await is_told()


async def test_what_is_rolled_back_is_not_told(workspace: int) -> None:
    webhook_id = await wanting(workspace, [STATUS])
    with suppress(ZeroDivisionError):
        async with transaction() as borrowed:
            event = StatusEvent(7, None, Status.PENDING, "CREATED")
            assert await queue_messages(borrowed, workspace, [event], datetime.now(UTC)) == 1
            raise ZeroDivisionError
    assert await spread_drafts(workspace) == 0
    assert (workspace, webhook_id) not in await waiting_webhooks(datetime.now(UTC))


async def test_old_messages_and_deleted_webhooks_go(workspace: int, make_workspace: WorkspaceMaker) -> None:
    kept, deleted = await wanting(workspace, [STATUS]), await wanting(workspace, [STATUS])
    event = StatusEvent(7, None, Status.PENDING, "CREATED")
    at = datetime.now(UTC)
    async with transaction() as borrowed:
        await queue_messages(borrowed, workspace, [event], at - timedelta(days=30, minutes=1))
        await queue_messages(borrowed, workspace, [event], at - timedelta(days=29, hours=23))
    await spread_drafts(workspace)
    await delete_webhook(workspace, deleted)
    await forget_old_messages()
    async with connection() as borrowed:
        webhooks = await borrowed.fetch("SELECT id FROM webhook WHERE workspace_id = $1", workspace)
        messages = await borrowed.fetch("SELECT webhook_id FROM webhook_message WHERE workspace_id = $1", workspace)
    assert ([row[0] for row in webhooks], [row[0] for row in messages]) == ([kept], [kept])


async def test_messages_about_an_import_are_claimed_without_looking_at_all(workspace: int) -> None:
    webhook_id = await wanting(workspace, [ENTERED, LEFT])
    for is_entering in (True, False):
        await queue(workspace, *(MembershipEvent(3, id, is_entering, "CONTACT_CHANGED") for id in range(50_000)))
    while await spread_drafts(workspace):
        pass
    at, begun = datetime.now(UTC) + timedelta(seconds=1), time.perf_counter()
    claimed = [await claim_messages(workspace, webhook_id, 4, at) for _ in range(10)]
    assert time.perf_counter() - begun < 5
    found = [message for claim in claimed if claim is not None for message in claim[1]]
    assert [message.type for message in found] == ["segment.entered"] * 40
    assert len({message.id for message in found}) == 40


async def test_what_waited_for_a_forgotten_message_waits_no_more(workspace: int) -> None:
    webhook_id, at = await wanting(workspace, [ENTERED, LEFT]), datetime.now(UTC)
    async with transaction() as borrowed:
        for days, is_entering in ((31, True), (1, False)):
            event = MembershipEvent(3, 7, is_entering, "TIME_PASSED")
            await queue_messages(borrowed, workspace, [event], at - timedelta(days=days))
    await spread_drafts(workspace)
    for expected in ("segment.entered", "segment.left"):
        claim = await claim_messages(workspace, webhook_id, 4, at)
        assert claim is not None
        assert [message.type for message in claim[1]] == [expected]
        await forget_old_messages()
