"""Messages arrive, signed and whole; or they are tried again, for three days, and given up."""

import asyncio
from base64 import b64decode
from datetime import timedelta

import pytest
from standardwebhooks import WebhookVerificationError

from app.filters.ids import to_global
from app.filters.vocabulary import Status
from app.live.webhooks.network import CheckedNetwork
from app.live.webhooks.sending import Sender, sending_webhooks
from app.live.webhooks.waits import WAITS
from app.queries.webhooks.events import MembershipEvent, StatusEvent
from app.queries.webhooks.messages import MessageState, resend_given_up
from app.queries.webhooks.registry import Changes, find_webhook, rotate_secret, update_webhook
from tests.live.webhooks.conftest import Times, WebhookMaker, entered, happen, messages, send_due
from tests.live.webhooks.receiver import Received, Receiver, answer


async def test_a_message_arrives_signed_and_whole(
    workspace: int, make_webhook: WebhookMaker, receiver: Receiver, sender: Sender, times: Times
) -> None:
    made = await make_webhook()
    event = StatusEvent(7, Status.ACTIVE, Status.UNSUBSCRIBED, "UNSUBSCRIBED")
    assert await happen(workspace, times.now, event) == 1
    await send_due(sender)
    [heard] = receiver.received
    assert heard.verified(made.secret) == {
        "type": "contact.status_changed",
        "timestamp": times.now.isoformat(timespec="milliseconds"),
        "data": {
            "contacts": [
                {
                    "id": to_global("Contact", 7),
                    "email": None,
                    "previous": "ACTIVE",
                    "status": "UNSUBSCRIBED",
                    "cause": "UNSUBSCRIBED",
                }
            ]
        },
    }
    [message] = await messages(workspace, made.row.id)
    assert (message.state, [attempt.status for attempt in message.attempts]) == (MessageState.DELIVERED, [200])
    assert heard.id == to_global("WebhookMessage", message.id)
    assert 24 <= len(b64decode(made.secret.removeprefix("whsec_"))) <= 64


async def test_a_rotated_secret_signs_for_a_day_beside_the_new_one(
    workspace: int, make_webhook: WebhookMaker, receiver: Receiver, sender: Sender, times: Times
) -> None:
    old = await make_webhook()
    new = await rotate_secret(workspace, old.row.id, times.now - timedelta(hours=23, minutes=59))
    await happen(workspace, times.now, entered())
    await send_due(sender)
    assert receiver.received[0].verified(old.secret) == receiver.received[0].verified(new.secret)
    times.pass_by(minutes=2)
    await happen(workspace, times.now, entered())
    await send_due(sender)
    receiver.received[1].verified(new.secret)
    with pytest.raises(WebhookVerificationError):
        receiver.received[1].verified(old.secret)


async def test_a_message_is_tried_for_three_days_and_given_up(
    workspace: int, make_webhook: WebhookMaker, receiver: Receiver, sender: Sender, times: Times
) -> None:
    async def failing(_: Received) -> bytes:
        return answer(500, b"no room for ani@example.com, b%40example.com")

    receiver.answering = failing
    webhook_id = (await make_webhook()).row.id
    begun = times.now
    await happen(workspace, times.now, entered())
    for wait in (0, *WAITS):
        times.pass_by(seconds=wait * 0.99)
        await send_due(sender)
        tries = len(receiver.received)
        times.pass_by(seconds=wait * 0.12)
        await send_due(sender)
        assert (len(receiver.received) - tries, tries) == (1 if wait else 0, len(receiver.received) - bool(wait))
    [message] = await messages(workspace, webhook_id)
    assert (message.state, len(message.attempts)) == (MessageState.GIVEN_UP, len(WAITS) + 1)
    assert message.attempts[0].answer == "no room for …, …"
    assert timedelta(days=3) < times.now - begun < timedelta(days=3.6)
    off = await find_webhook(workspace, webhook_id)
    assert (off.is_enabled, off.disabled_reason) == (
        False,
        "nothing could be delivered for 3 days; the last time: the answer was HTTP 500",
    )
    assert len({heard.id for heard in receiver.received}) == 1


async def test_what_was_given_up_is_sent_again_in_order(
    workspace: int, make_webhook: WebhookMaker, receiver: Receiver, sender: Sender, times: Times
) -> None:
    async def gone(_: Received) -> bytes:
        return answer(410)

    receiver.answering = gone
    webhook_id = (await make_webhook()).row.id
    await happen(workspace, times.now, entered(), MembershipEvent(3, 7, False, "TIME_PASSED"))
    await send_due(sender)
    first, second = await messages(workspace, webhook_id)
    assert (first.state, second.state, len(receiver.received)) == (MessageState.GIVEN_UP, MessageState.WAITING, 1)
    assert "410" in ((await find_webhook(workspace, webhook_id)).disabled_reason or "")
    assert await happen(workspace, times.now, entered()) == 0

    async def well(_: Received) -> bytes:
        return answer(204)

    receiver.answering = well
    await update_webhook(workspace, webhook_id, Changes(is_enabled=True))
    assert await resend_given_up(workspace, webhook_id) == 1
    times.pass_by(seconds=5)
    await send_due(sender)
    assert [heard.told["type"] for heard in receiver.received[1:]] == ["segment.entered", "segment.left"]
    assert receiver.received[0].id == receiver.received[1].id


@pytest.mark.parametrize(
    ("asked", "seconds"), [("120", 120), ("999999999", 21_600), ("-5", 5), ("soon", 5), ("", 5), ("1", 5)]
)
async def test_a_receiver_says_when_to_try_again(
    workspace: int,
    make_webhook: WebhookMaker,
    receiver: Receiver,
    sender: Sender,
    times: Times,
    asked: str,
    seconds: float,
) -> None:
    async def busy(_: Received) -> bytes:
        return answer(429, retry_after=asked)

    receiver.answering = busy
    webhook_id = (await make_webhook()).row.id
    await happen(workspace, times.now, entered())
    await send_due(sender)
    [message] = await messages(workspace, webhook_id)
    assert seconds <= (message.due_at - times.now).total_seconds() <= max(seconds, 5.5)


async def test_a_redirect_is_not_followed(
    workspace: int, make_webhook: WebhookMaker, receiver: Receiver, sender: Sender, times: Times
) -> None:
    async def elsewhere(_: Received) -> bytes:
        return answer(307, location=receiver.url)

    receiver.answering = elsewhere
    webhook_id = (await make_webhook()).row.id
    await happen(workspace, times.now, entered())
    await send_due(sender)
    [message] = await messages(workspace, webhook_id)
    assert (len(receiver.received), message.state, message.attempts[0].status) == (1, MessageState.FAILED, 307)


async def test_a_sender_that_is_killed_leaves_its_message_to_another(
    workspace: int, make_webhook: WebhookMaker, receiver: Receiver, sender: Sender, times: Times
) -> None:
    heard = asyncio.Event()

    async def slow(_: Received) -> bytes:
        heard.set()
        await asyncio.sleep(5)
        return answer()

    receiver.answering = slow
    webhook_id = (await make_webhook()).row.id
    await happen(workspace, times.now, entered())
    await sender.begin()
    await heard.wait()
    sender.give_up()
    await sender.finish()
    other = Sender(CheckedNetwork(is_private_allowed=True), lambda: times.now)
    await send_due(other)
    assert len(receiver.received) == 1

    async def well(_: Received) -> bytes:
        return answer()

    receiver.answering = well
    times.pass_by(seconds=61)
    await send_due(other)
    first, second = receiver.received
    assert (first.id, first.body) == (second.id, second.body)
    [message] = await messages(workspace, webhook_id)
    assert (message.state, len(message.attempts)) == (MessageState.DELIVERED, 1)


async def test_a_message_is_sent_without_being_asked_for(
    workspace: int, make_webhook: WebhookMaker, receiver: Receiver, times: Times
) -> None:
    arrived = asyncio.Event()

    async def well(_: Received) -> bytes:
        arrived.set()
        return answer()

    receiver.answering = well
    await make_webhook()
    async with sending_webhooks(is_private_allowed=True) as wake:
        await happen(workspace, times.now, entered())
        wake.set()
        await asyncio.wait_for(arrived.wait(), 5)
    [heard] = receiver.received
    assert heard.told["data"]["contacts"][0]["detail"] == {"fields": ["birthday"]}
