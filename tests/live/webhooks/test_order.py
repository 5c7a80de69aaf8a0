"""What happened to a contact is told in its order; nothing else waits for anything else."""

import asyncio
from random import Random

import pytest

from app.filters.ids import to_global
from app.live.webhooks.network import CheckedNetwork
from app.live.webhooks.sending import MOST_AT_ONCE, MOST_TO_ONE, Sender
from app.queries.connections import connection
from app.queries.webhooks.events import EventType, MembershipEvent
from app.queries.webhooks.messages import MessageState
from app.queries.webhooks.registry import Wanted, create_webhook
from tests.conftest import WorkspaceMaker
from tests.live.webhooks.conftest import Times, WebhookMaker, entered, happen, messages, send_due
from tests.live.webhooks.receiver import Received, Receiver, answer, receiving, well


async def test_later_messages_of_a_contact_wait_for_earlier_ones(
    workspace: int, make_webhook: WebhookMaker, receiver: Receiver, sender: Sender, times: Times
) -> None:
    async def not_the_first(heard: Received) -> bytes:
        return answer(500 if heard.told["type"] == "segment.entered" else 200)

    receiver.answering = not_the_first
    webhook_id = (await make_webhook()).row.id
    await happen(workspace, times.now, entered(7), entered(8))
    await happen(workspace, times.now, MembershipEvent(3, 8, False, "CONTACT_CHANGED"))
    await happen(workspace, times.now, MembershipEvent(3, 9, False, "CONTACT_CHANGED"))
    await send_due(sender)
    states = [message.state for message in await messages(workspace, webhook_id)]
    assert states == [MessageState.FAILED, MessageState.WAITING, MessageState.DELIVERED]
    receiver.answering = well
    times.pass_by(seconds=6)
    await send_due(sender)
    sizes = [len(heard.told["data"]["contacts"]) for heard in receiver.received]
    assert (sorted(sizes[:2]), sizes[2:]) == ([1, 2], [2, 1])


async def test_hundreds_that_wait_for_one_hold_up_no_others(
    workspace: int, make_webhook: WebhookMaker, receiver: Receiver, sender: Sender, times: Times
) -> None:
    async def not_about_one(heard: Received) -> bytes:
        return answer(500 if heard.told["data"]["contacts"][0]["id"] == to_global("Contact", 7) else 200)

    receiver.answering = not_about_one
    await make_webhook()
    there_and_back = [MembershipEvent(3, 7, number % 2 == 0, f"{number:03}") for number in range(502)]
    await happen(workspace, times.now, *there_and_back, entered(8, segment_id=4))
    await send_due(sender)
    about = [heard.told["data"]["contacts"][0]["id"] for heard in receiver.received]
    assert about == [to_global("Contact", 7), to_global("Contact", 8)]
    receiver.answering = well
    times.pass_by(seconds=6)
    for _ in range(20):
        await sender.begin()
        await sender.finish()
    told = [heard.told["data"]["contacts"][0]["reason"] for heard in receiver.received[2:]]
    assert told == [f"{number:03}" for number in range(20)]


@pytest.mark.parametrize("seed", range(3))
async def test_order_holds_whatever_fails_and_whoever_sends(
    workspace: int, make_webhook: WebhookMaker, receiver: Receiver, times: Times, seed: int
) -> None:
    random, arrived = Random(seed), list[tuple[str, str]]()

    async def moody(heard: Received) -> bytes:
        await asyncio.sleep(random.random() / 100)
        if random.random() < 0.3:
            return answer(503)
        told = heard.told["data"]
        arrived.extend((contact["id"], contact["reason"]) for contact in told["contacts"])
        return answer()

    receiver.answering = moody
    await make_webhook()
    for number in range(30):
        contacts = random.sample(range(1, 9), 3)
        is_entering, segment_id = random.random() < 0.5, random.choice([1, 2])
        events = [MembershipEvent(segment_id, contact, is_entering, f"{number:03}") for contact in contacts]
        await happen(workspace, times.now, *events)
    senders = [Sender(CheckedNetwork(is_private_allowed=True), lambda: times.now) for _ in range(2)]
    for _ in range(60):
        await asyncio.gather(*map(send_due, senders))
        times.pass_by(minutes=10)
    assert len(arrived) == 90
    for contact in {contact for contact, _ in arrived}:
        reasons = [reason for each, reason in arrived if each == contact]
        assert reasons == sorted(reasons)


async def test_a_slow_receiver_holds_up_nobody_else(
    workspace: int, make_webhook: WebhookMaker, receiver: Receiver, sender: Sender, times: Times
) -> None:
    over = asyncio.Event()

    async def slow(_: Received) -> bytes:
        await over.wait()
        return answer()

    async with receiving(slow) as slow_one:
        await make_webhook(slow_one.url)
        for contact_id in range(20):
            await happen(workspace, times.now, entered(contact_id))
        await make_webhook()
        for contact_id in range(20):
            await happen(workspace, times.now, entered(contact_id))
        while len(receiver.received) < 20:
            await sender.begin()
            await asyncio.wait_for(sender.wake.wait(), 5)
            sender.wake.clear()
        assert (slow_one.most_at_once, receiver.most_at_once <= MOST_TO_ONE) == (MOST_TO_ONE, True)
        over.set()
        await send_due(sender)
        await sender.finish()
        await send_due(sender)
        assert len(slow_one.received) == 40


async def test_a_receiver_that_is_down_is_asked_less_and_less(
    workspace: int, make_webhook: WebhookMaker, receiver: Receiver, sender: Sender, times: Times
) -> None:
    async def down(_: Received) -> bytes:
        return answer(502)

    receiver.answering = down
    await make_webhook()
    for contact_id in range(200):
        await happen(workspace, times.now, entered(contact_id))
    tries = []
    for _ in range(3):
        before = len(receiver.received)
        for _ in range(120):
            await send_due(sender)
            times.pass_by(seconds=10)
        tries.append(len(receiver.received) - before)
    assert tries == sorted(tries, reverse=True)
    assert tries[2] <= 4 * MOST_TO_ONE + MOST_TO_ONE


async def test_each_workspace_has_its_turn(make_workspace: WorkspaceMaker, sender: Sender, times: Times) -> None:
    over = asyncio.Event()

    async def slow(_: Received) -> bytes:
        await over.wait()
        return answer()

    async with receiving(slow) as slow_one, receiving() as well_one:
        urls = {await make_workspace(): slow_one.url for _ in range(3)} | {await make_workspace(): well_one.url}
        for workspace, url in urls.items():
            for _ in range(12 if url == slow_one.url else 1):
                await create_webhook(workspace, Wanted("site", url, tuple(EventType)), is_private_allowed=True)
            await happen(workspace, times.now, *(entered(number, number) for number in range(4)))
        assert await sender.begin() < MOST_AT_ONCE
        async with asyncio.timeout(5):
            while len(well_one.received) < 4:
                await sender.wake.wait()
                sender.wake.clear()
        assert len(slow_one.received) > MOST_AT_ONCE // 2
        over.set()
        await sender.finish()


async def test_a_claim_that_fails_stops_no_others(
    workspace: int, make_webhook: WebhookMaker, receiver: Receiver, sender: Sender, times: Times
) -> None:
    broken = (await make_webhook()).row.id
    for _ in range(5):
        await make_webhook()
    await happen(workspace, times.now, entered())
    async with connection() as borrowed:
        await borrowed.execute(
            "UPDATE webhook_message SET tries = 2147483647 WHERE workspace_id = $1 AND webhook_id = $2",
            workspace,
            broken,
        )
    assert await sender.begin() == 5
    await sender.finish()
    assert len(receiver.received) == 5
