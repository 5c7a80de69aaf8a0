"""What happened becomes messages in its order, once, a few at a time; and what was given up waits again likewise."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime

import asyncpg
import pytest

from app.queries.connections import connection, transaction
from app.queries.webhooks.claims import claim_messages, waiting_webhooks
from app.queries.webhooks.events import EventType, MembershipEvent
from app.queries.webhooks.messages import resend_given_up
from app.queries.webhooks.queue import WEBHOOK_CHANNEL, queue_messages
from app.queries.webhooks.registry import Wanted, create_webhook, delete_webhook
from app.queries.webhooks.reopening import reopen_messages, resending_webhooks
from app.queries.webhooks.spreading import MOST_TOGETHER, drafted_workspaces, spread_drafts

MESSAGES = (
    "SELECT webhook_id, (content -> 0 ->> 'reason')::int FROM webhook_message WHERE workspace_id = $1 ORDER BY id"
)


async def wanting(workspace: int) -> int:
    wanted = Wanted("site", "https://example.invalid/", [EventType.SEGMENT_ENTERED])
    return (await create_webhook(workspace, wanted)).row.id


async def enter(workspace: int, drafts: int) -> int:
    """So many segments are entered; how many messages that makes."""
    events = [MembershipEvent(number + 1, 7, True, str(number)) for number in range(drafts)]
    async with transaction() as borrowed:
        return await queue_messages(borrowed, workspace, events, datetime.now(UTC))


async def counted(table: str, workspace: int) -> int:
    async with connection() as borrowed:
        return int(await borrowed.fetchval(f"SELECT count(*) FROM {table} WHERE workspace_id = $1", workspace))


async def spread_all(workspace: int) -> None:
    """Spread until there is nothing left, also where others do so."""
    while workspace in await drafted_workspaces():
        await spread_drafts(workspace)


async def test_a_draft_is_written_once_and_spread_a_few_at_a_time(workspace: int) -> None:
    webhooks = [await wanting(workspace) for _ in range(30)]
    assert await enter(workspace, 20) == 600
    assert (await counted("webhook_draft", workspace), await counted("webhook_message", workspace)) == (20, 0)
    await delete_webhook(workspace, webhooks[0])
    taken = await spread_drafts(workspace)
    assert (taken, await counted("webhook_message", workspace)) == (7, 7 * 29)
    assert 7 * 30 - MOST_TOGETHER < 30
    await spread_all(workspace)
    async with connection() as borrowed:
        rows = await borrowed.fetch(MESSAGES, workspace)
    assert [tuple(row) for row in rows] == [(id, number) for number in range(20) for id in webhooks[1:]]


@pytest.mark.parametrize("spreaders", [1, 3])
async def test_spreading_doubles_and_loses_nothing_whoever_is_killed(workspace: int, spreaders: int) -> None:
    webhooks = [await wanting(workspace) for _ in range(20)]
    await enter(workspace, 60)
    kills = 0
    for number in range(12):
        tasks = [asyncio.create_task(spread_drafts(workspace)) for _ in range(spreaders)]
        await asyncio.sleep(number / 1_000)
        kills += sum(not task.done() for task in tasks)
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    await asyncio.gather(*(spread_all(workspace) for _ in range(spreaders)))
    async with connection() as borrowed:
        rows = await borrowed.fetch(MESSAGES, workspace)
    assert [tuple(row) for row in rows] == [(id, number) for number in range(60) for id in webhooks]
    assert kills


async def test_what_was_given_up_waits_again_before_anything_is_sent(workspace: int) -> None:
    webhook_id, at = await wanting(workspace), datetime.now(UTC)
    await enter(workspace, 2 * MOST_TOGETHER + 50)
    await spread_all(workspace)
    async with connection() as borrowed:
        await borrowed.execute(
            "UPDATE webhook_message SET state = 'GIVEN_UP', finished_at = now(), tries = 12 WHERE workspace_id = $1",
            workspace,
        )
    await enter(workspace, 1)
    await spread_all(workspace)
    assert await resend_given_up(workspace, webhook_id) == 2 * MOST_TOGETHER + 50
    assert await resend_given_up(workspace, webhook_id) == 0
    later = datetime.now(UTC)
    while (workspace, webhook_id) in await resending_webhooks():
        assert (workspace, webhook_id) not in await waiting_webhooks(later)
        assert await claim_messages(workspace, webhook_id, 4, later) is None
        assert 0 < await reopen_messages(workspace, webhook_id, at) <= MOST_TOGETHER
    claim = await claim_messages(workspace, webhook_id, 4, later)
    assert claim is not None
    assert [(message.content[0]["reason"], message.tries) for message in claim[1]] == [("0", 1)]


async def test_senders_are_called_once_and_only_for_messages(workspace: int, dsn: str) -> None:
    called: list[object] = []
    listener = await asyncpg.connect(dsn)
    try:
        await listener.add_listener(WEBHOOK_CHANNEL, lambda *heard: called.append(heard[-1]))
        assert await enter(workspace, 3) == 0
        webhook_id = await wanting(workspace)
        assert await resend_given_up(workspace, webhook_id) == 0
        assert await enter(workspace, 3) == 3
        await listener.execute("SELECT 1")
        assert called == [str(workspace)]
    finally:
        await listener.close()
