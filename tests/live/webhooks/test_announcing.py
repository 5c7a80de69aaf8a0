"""What is written reaches a webhook: who enters and leaves, whose status changed, and what an edit is to announce."""

import asyncio
from collections import Counter
from contextlib import suppress

import pytest

from app.filters.ids import to_global
from app.filters.vocabulary import Status
from app.live.pace import Pace
from app.live.step import step
from app.live.webhooks.sending import Sender
from app.queries import status_events
from app.queries.catalogs import current_catalog
from app.queries.connections import connection
from app.queries.contact_writes import ContactDraft, create_contact, delete_contact, update_contact
from app.queries.labels import create_label
from app.queries.segment_edits import update_segment
from app.queries.segments import create_dynamic
from app.queries.webhooks.events import EventType
from tests.live.engine import catch_up
from tests.live.webhooks.conftest import Times, WebhookMaker, send_due
from tests.live.webhooks.receiver import Receiver

VIP, GOLD = ({"label": {"containsAny": [name]}} for name in ("VIP", "Gold"))


@pytest.fixture
async def labels(workspace: int) -> None:
    """The labels of which the segments are made."""
    for name in ("VIP", "Gold"):
        await create_label(workspace, name)


async def person(workspace: int, name: str, *labels: str) -> int:
    draft = ContactDraft(f"{name}@example.com", add_labels=labels)
    return await create_contact(await current_catalog(workspace), draft, Status.PENDING, None)


def told(receiver: Receiver, *keys: str) -> list[tuple[object, ...]]:
    """What came, contact by contact: the message's type, the contact, and these of what is said about it."""
    return [
        (heard.told["type"], contact["id"], *(contact[key] for key in keys))
        for heard in receiver.received
        for contact in heard.told["data"]["contacts"]
    ]


async def test_who_enters_and_leaves_is_told(
    workspace: int, labels: None, make_webhook: WebhookMaker, receiver: Receiver, sender: Sender, times: Times
) -> None:
    await create_dynamic(workspace, "VIPs", VIP)
    await make_webhook(types=[EventType.SEGMENT_ENTERED, EventType.SEGMENT_LEFT])
    await catch_up(workspace)
    ani, budi = await person(workspace, "ani"), await person(workspace, "budi", "VIP")
    await catch_up(workspace)
    await update_contact(await current_catalog(workspace), ani, ContactDraft(add_labels=["VIP"]))
    await catch_up(workspace)
    await update_contact(await current_catalog(workspace), ani, ContactDraft(remove_labels=["VIP"]))
    await delete_contact(workspace, budi)
    await catch_up(workspace)
    times.pass_by(minutes=1)
    await send_due(sender)
    first, second = (to_global("Contact", id) for id in (ani, budi))
    assert Counter(told(receiver, "email", "reason")) == Counter(
        [
            ("segment.entered", second, None, "CONTACT_CHANGED"),
            ("segment.entered", first, "ani@example.com", "CONTACT_CHANGED"),
            ("segment.left", first, "ani@example.com", "CONTACT_CHANGED"),
            ("segment.left", second, None, "CONTACT_DELETED"),
        ]
    )
    segment = receiver.received[0].told["data"]["segment"]
    assert (segment["name"], receiver.received[1].told["data"]["segment"]) == ("VIPs", segment)


async def test_each_status_is_told_a_new_contact_s_too(
    workspace: int, make_webhook: WebhookMaker, receiver: Receiver, sender: Sender, times: Times
) -> None:
    await make_webhook(types=[EventType.STATUS_CHANGED])
    ani = await person(workspace, "ani")
    for event in (status_events.CONFIRMED, status_events.UNSUBSCRIBED):
        await status_events.record_event(workspace, ani, event, "a note")
    await catch_up(workspace)
    times.pass_by(minutes=1)
    await send_due(sender)
    about = ("contact.status_changed", to_global("Contact", ani))
    assert told(receiver, "previous", "status", "cause") == [
        (*about, None, "PENDING", "CREATED"),
        (*about, "PENDING", "ACTIVE", "STATUS_CHANGED"),
        (*about, "ACTIVE", "UNSUBSCRIBED", "STATUS_CHANGED"),
    ]


@pytest.mark.parametrize("announces", [True, False])
async def test_an_edit_is_told_by_its_difference_where_it_is_to_be(
    workspace: int,
    labels: None,
    make_webhook: WebhookMaker,
    receiver: Receiver,
    sender: Sender,
    times: Times,
    announces: bool,
) -> None:
    segment = await create_dynamic(workspace, "Some", VIP)
    names = {"leaves": ["VIP"], "stays": ["VIP", "Gold"], "enters": ["Gold"], "neither": []}
    people = {name: await person(workspace, name, *given) for name, given in names.items()}
    await catch_up(workspace)
    await make_webhook(types=[EventType.SEGMENT_ENTERED, EventType.SEGMENT_LEFT])
    await update_segment(workspace, segment, None, GOLD, announces=announces)
    await catch_up(workspace)
    times.pass_by(minutes=1)
    await send_due(sender)
    difference = {
        ("segment.entered", to_global("Contact", people["enters"]), "SEGMENT_EDITED"),
        ("segment.left", to_global("Contact", people["leaves"]), "SEGMENT_EDITED"),
    }
    assert Counter(told(receiver, "reason")) == Counter(difference if announces else ())


async def test_a_step_that_is_killed_doubles_no_message(
    workspace: int, labels: None, make_webhook: WebhookMaker, receiver: Receiver, sender: Sender, times: Times
) -> None:
    await create_dynamic(workspace, "VIPs", VIP)
    await make_webhook(types=[EventType.SEGMENT_ENTERED])
    await catch_up(workspace)
    people, kills = [], 0
    for number in range(30):
        people.append(await person(workspace, f"person{number}", "VIP"))
        task = asyncio.create_task(step(workspace, Pace()))
        await asyncio.sleep(number / 3_000)
        kills += not task.done()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    await catch_up(workspace)
    times.pass_by(minutes=1)
    await send_due(sender)
    assert Counter(told(receiver)) == Counter(("segment.entered", to_global("Contact", id)) for id in people)
    assert kills


async def test_nothing_is_kept_where_nobody_wants_it(
    workspace: int, labels: None, make_webhook: WebhookMaker
) -> None:
    await create_dynamic(workspace, "VIPs", VIP)
    await make_webhook(types=[EventType.STATUS_CHANGED])
    await catch_up(workspace)
    await update_contact(
        await current_catalog(workspace), await person(workspace, "ani"), ContactDraft(add_labels=["VIP"])
    )
    await catch_up(workspace)
    async with connection() as borrowed:
        types = await borrowed.fetch("SELECT type FROM webhook_draft WHERE workspace_id = $1", workspace)
    assert [row[0] for row in types] == ["contact.status_changed"]
