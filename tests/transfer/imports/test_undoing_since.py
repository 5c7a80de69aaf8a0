"""What somebody has changed since an import stays when that is taken back, and is listed."""

from typing import Any

import pytest

from app.filters.vocabulary import Status
from app.queries import contact_writes as writes
from app.queries import status_events
from app.queries.catalogs import current_catalog
from app.queries.contact_writes import ContactDraft
from app.queries.labels import create_label
from tests.transfer.imports.loading import Dock, contact, everyone
from tests.transfer.imports.test_undoing import BEFORE, CHANGES, CLEARING, kept, update


@pytest.mark.parametrize(
    "edit",
    [
        {"fields": [("city", "Depok")]},
        {"texts": {"name": "Someone"}},
        {"add_labels": ["VIP"]},
        {"remove_labels": ["New"]},
        {"email": "E@Example.com"},
        {"fields": [("age", 6)], "remove_labels": ["New"]},
    ],
)
async def test_a_made_contact_that_was_edited_since_is_kept_and_listed(
    workspace: int, dock: Dock, edit: dict[str, Any]
) -> None:
    await dock.load(BEFORE)
    done = await dock.load(CHANGES)
    await update(workspace, "e@example.com", **edit)
    people = await everyone(workspace)
    await dock.undo(done.row.id)
    assert (await everyone(workspace))["e@example.com"] == people["e@example.com"]
    assert await kept(workspace, done.row.id) == {"e@example.com": None}


async def test_a_made_contact_to_whom_something_happened_is_kept(workspace: int, dock: Dock) -> None:
    done = await dock.load("email\na@example.com\nb@example.com\n")
    id = (await contact(workspace, "a@example.com"))["id"]
    await status_events.record_event(workspace, id, status_events.UNSUBSCRIBED, None)
    await dock.undo(done.row.id)
    assert await kept(workspace, done.row.id) == {"a@example.com": None}
    assert list(await everyone(workspace)) == ["a@example.com"]


async def test_an_edited_value_stays_and_the_others_return(workspace: int, dock: Dock) -> None:
    await dock.load(BEFORE)
    people = await everyone(workspace)
    done = await dock.load(CHANGES, mapping=CLEARING)
    await update(workspace, "a@example.com", fields=[("age", 99)], texts={"name": "Someone"}, add_labels=["VIP"])
    await update(workspace, "b@example.com", fields=[("city", None)])
    await dock.undo(done.row.id)
    assert await kept(workspace, done.row.id) == {"a@example.com": ["age", "name"], "b@example.com": ["city"]}
    ani, budi = [await contact(workspace, f"{name}@example.com") for name in "ab"]
    assert (ani["name"], ani["source"], ani["external_id"], ani["status"]) == ("Someone", "shop", "1", "ACTIVE")
    assert ani["fields"] == '{"age": 99, "city": "Bandung"}'
    assert ani["folded"] == (
        '{"age": 99, "city": "bandung", "name": "someone", "source": "shop", "external_id": "1"}'
    )
    assert ani["labels"] == ["VIP"]
    assert (budi["fields"], budi["source"], budi["labels"]) == ("{}", None, [])
    assert ani["updated_at"] > people["a@example.com"]["updated_at"]
    assert (await everyone(workspace))["c@example.com"] == people["c@example.com"]


async def test_a_label_added_since_stays(workspace: int, dock: Dock) -> None:
    await dock.load(BEFORE)
    await create_label(workspace, "Later")
    done = await dock.load(CHANGES)
    await update(workspace, "a@example.com", add_labels=["Later"])
    await dock.undo(done.row.id)
    assert (await contact(workspace, "a@example.com"))["labels"] == ["Later", "VIP"]


async def test_a_status_that_changed_since_stays_and_is_listed(workspace: int, dock: Dock) -> None:
    await dock.load("email,status\na@example.com,active\n")
    done = await dock.load("email,status\na@example.com,unsubscribed\n")
    id = (await contact(workspace, "a@example.com"))["id"]
    await status_events.record_event(workspace, id, status_events.RESUBSCRIBED, "by telephone")
    await dock.undo(done.row.id)
    assert (await contact(workspace, "a@example.com"))["status"] == "ACTIVE"
    assert await kept(workspace, done.row.id) == {"a@example.com": ["status"]}


async def test_who_came_back_and_left_again_is_not_made_sendable(workspace: int, dock: Dock) -> None:
    await dock.load("email,status\na@example.com,active\n")
    done = await dock.load("email,status\na@example.com,unsubscribed\n")
    id = (await contact(workspace, "a@example.com"))["id"]
    await status_events.record_event(workspace, id, status_events.RESUBSCRIBED, "by telephone")
    await status_events.record_event(workspace, id, status_events.UNSUBSCRIBED, None)
    await dock.undo(done.row.id)
    assert (await contact(workspace, "a@example.com"))["status"] == "UNSUBSCRIBED"
    assert await kept(workspace, done.row.id) == {"a@example.com": ["status"]}


@pytest.mark.parametrize("event", [status_events.UNSUBSCRIBED, status_events.BOUNCED])
async def test_who_left_since_is_not_made_sendable(
    workspace: int, dock: Dock, event: status_events.StatusEvent
) -> None:
    """That the file had said so before does not make the person's own word less."""
    await dock.load("email,status\na@example.com,active\n")
    done = await dock.load("email,status\na@example.com,unsubscribed\n")
    id = (await contact(workspace, "a@example.com"))["id"]
    await status_events.record_event(workspace, id, event, None)
    await dock.undo(done.row.id)
    assert (await contact(workspace, "a@example.com"))["status"] == "UNSUBSCRIBED"


async def test_what_another_import_says_of_consent_holds(workspace: int, dock: Dock) -> None:
    await dock.load("email,status\na@example.com,active\n")
    first, _ = [await dock.load("email,status\na@example.com,unsubscribed\n") for _ in range(2)]
    await dock.undo(first.row.id)
    assert (await contact(workspace, "a@example.com"))["status"] == "UNSUBSCRIBED"


async def test_who_opted_out_in_another_file_too_is_kept(workspace: int, dock: Dock) -> None:
    first, _ = [await dock.load("email,status\na@example.com,unsubscribed\nb@example.com,active\n") for _ in range(2)]
    await dock.undo(first.row.id)
    assert list(await everyone(workspace)) == ["a@example.com"]
    assert await kept(workspace, first.row.id) == {"a@example.com": None}


async def test_an_external_id_taken_meanwhile_stays_with_its_owner(workspace: int, dock: Dock) -> None:
    await dock.load(BEFORE)
    done = await dock.load(CHANGES)
    await writes.create_contact(
        await current_catalog(workspace), ContactDraft("f@example.com", {"external_id": "1"}), Status.PENDING, None
    )
    await dock.undo(done.row.id)
    assert await kept(workspace, done.row.id) == {"a@example.com": ["external_id"]}
    ani = await contact(workspace, "a@example.com")
    assert (ani["external_id"], ani["name"]) == ("11", "Ani")
    assert '"external_id": "11"' in ani["folded"]


async def test_an_external_id_cleared_since_stays_cleared(workspace: int, dock: Dock) -> None:
    await dock.load("email,external_id\na@example.com,1\n")
    done = await dock.load("email,external_id\na@example.com,9\n")
    row = await contact(workspace, "a@example.com")
    await writes.update_contact(
        await current_catalog(workspace), row["id"], ContactDraft(texts={"external_id": None})
    )
    await dock.undo(done.row.id)
    assert (await contact(workspace, "a@example.com"))["external_id"] is None
    assert await kept(workspace, done.row.id) == {"a@example.com": ["external_id"]}
