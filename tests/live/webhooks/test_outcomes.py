"""What becomes of one message says nothing about what it was not sent to, nor of what others asked for."""

import asyncio

import pytest

from app.live.webhooks.sending import Sender
from app.queries.connections import connection
from app.queries.webhooks.messages import MessageState
from app.queries.webhooks.registry import Changes, find_webhook, update_webhook
from tests.live.webhooks.conftest import Times, WebhookMaker, entered, happen, messages, send_due
from tests.live.webhooks.receiver import Received, Receiver, answer, receiving


async def test_one_that_arrives_doesn_t_end_what_another_s_receiver_asked_for(
    workspace: int, make_webhook: WebhookMaker, receiver: Receiver, sender: Sender, times: Times
) -> None:
    async def busy_once(_: Received) -> bytes:
        if len(receiver.received) == 1:
            return answer(429, retry_after="120")
        await asyncio.sleep(0.3)
        return answer()

    receiver.answering = busy_once
    await make_webhook()
    await happen(workspace, times.now, entered(7, 3))
    await happen(workspace, times.now, entered(8, 4))
    await send_due(sender)
    await happen(workspace, times.now, entered(9, 5))
    times.pass_by(seconds=119)
    await send_due(sender)
    assert len(receiver.received) == 2
    times.pass_by(seconds=2)
    await send_due(sender)
    assert len(receiver.received) == 4


@pytest.mark.parametrize("status", [410, 500])
async def test_what_the_old_address_answers_says_nothing_of_the_new_one(
    workspace: int, make_webhook: WebhookMaker, receiver: Receiver, sender: Sender, times: Times, status: int
) -> None:
    heard, over = asyncio.Event(), asyncio.Event()

    async def slow(_: Received) -> bytes:
        heard.set()
        await over.wait()
        return answer(status, retry_after="3600")

    async with receiving(slow) as old_one:
        webhook_id = (await make_webhook(old_one.url)).row.id
        await happen(workspace, times.now, entered())
        await sender.begin()
        await heard.wait()
        await update_webhook(workspace, webhook_id, Changes(url=receiver.url), is_private_allowed=True)
        over.set()
        await sender.finish()
    webhook = await find_webhook(workspace, webhook_id)
    assert (webhook.is_enabled, webhook.failing_since) == (True, None)
    await send_due(sender)
    [message] = await messages(workspace, webhook_id)
    assert (message.state, [one.status for one in message.attempts]) == (MessageState.DELIVERED, [status, 200])


async def test_a_message_on_its_way_is_left_alone_when_its_webhook_is_led_elsewhere(
    workspace: int, make_webhook: WebhookMaker, receiver: Receiver, sender: Sender, times: Times
) -> None:
    heard, over = asyncio.Event(), asyncio.Event()

    async def slow(_: Received) -> bytes:
        heard.set()
        await over.wait()
        return answer()

    async with receiving(slow) as old_one:
        webhook_id = (await make_webhook(old_one.url)).row.id
        await happen(workspace, times.now, entered())
        await sender.begin()
        await heard.wait()
        await update_webhook(workspace, webhook_id, Changes(url=receiver.url), is_private_allowed=True)
        assert await sender.begin() == 0
        over.set()
        await send_due(sender)
        await sender.finish()
    [message] = await messages(workspace, webhook_id)
    assert (message.state, len(old_one.received), receiver.received) == (MessageState.DELIVERED, 1, [])


async def test_what_had_failed_is_tried_anew_without_being_written(
    workspace: int, make_webhook: WebhookMaker, receiver: Receiver, sender: Sender, times: Times
) -> None:
    async def down(_: Received) -> bytes:
        return answer(500)

    async def places() -> list[str]:
        async with connection() as borrowed:
            rows = await borrowed.fetch(
                "SELECT ctid::text FROM webhook_message WHERE workspace_id = $1 ORDER BY id", workspace
            )
        return [row[0] for row in rows]

    receiver.answering = down
    webhook_id = (await make_webhook()).row.id
    for number in range(4):
        await happen(workspace, times.now, entered(number, number))
    await send_due(sender)
    times.pass_by(seconds=6)
    await send_due(sender)
    before = await places()
    await update_webhook(workspace, webhook_id, Changes(is_enabled=True))
    assert await places() == before
    tries = len(receiver.received)
    await send_due(sender)
    assert len(receiver.received) == tries + 4
    waits = [(message.due_at - times.now).total_seconds() for message in await messages(workspace, webhook_id)]
    assert [5 <= wait <= 5.5 for wait in waits] == [True] * 4
