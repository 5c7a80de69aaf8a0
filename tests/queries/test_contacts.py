"""Contacts as PostgreSQL keeps them."""

import asyncio
from datetime import UTC, datetime

import pytest

from app.compile import Scope, condition
from app.filters.catalog import Catalog
from app.filters.check import check
from app.filters.clock import Clock
from app.filters.problems import Refused
from app.filters.vocabulary import FieldType, Status
from app.queries import contact_writes as writes
from app.queries import status_events
from app.queries.catalogs import current_catalog
from app.queries.contact_bulk import update_contacts
from app.queries.contact_values import read_patch
from app.queries.contacts import contacts_page, count_by_status, count_contacts, order_by
from app.queries.fields import create_field
from app.queries.keyset import Order, Position, Window
from app.queries.labels import create_label


async def test_created_contact_is_found_by_what_it_holds(workspace: int) -> None:
    await create_field(workspace, "city", "City", FieldType.TEXT)
    await create_label(workspace, "VIP")
    catalog = await current_catalog(workspace)
    draft = writes.ContactDraft("Ani@Example.com", {"name": "Ani"}, [("city", "Jakarta  Selatan")], ["vip"])
    await writes.create_contact(catalog, draft, Status.ACTIVE, "a form")
    scope = Scope(workspace, Clock(datetime.now(UTC), catalog.zone))
    for document, found in (
        ({"field": {"key": "city", "test": {"contains": "jakarta sel"}}}, 1),
        ({"field": {"key": "email", "test": {"matches": "ani@example.com"}}}, 1),
        ({"field": {"key": "email", "test": {"exactly": "ani@example.com"}}}, 0),
        ({"label": {"containsAll": ["VIP"]}}, 1),
        ({"label": {"isEmpty": True}}, 0),
        ({"status": ["PENDING"]}, 0),
        ({"not": {"status": ["PENDING"]}}, 1),
    ):
        clause = condition(check(document, catalog), scope)
        assert await count_contacts(workspace, [clause]) == found, document
        assert sum((await count_by_status(workspace, [clause])).values()) == found


async def test_pages_walk_every_contact_once_in_both_directions(workspace: int, catalog: Catalog) -> None:
    for number in range(25):
        name: dict[str, str | None] = {"name": f"N{number % 4}"} if number % 3 else {}
        await writes.create_contact(
            catalog, writes.ContactDraft(f"c{number}@example.com", name), Status.PENDING, None
        )
    for field in (None, catalog.fields["name"], catalog.fields["created_at"]):
        for descending in (False, True):
            order = order_by(field, descending=descending)
            forward = await _walk(workspace, order, backward=False)
            backward = await _walk(workspace, order, backward=True)
            assert len(set(forward)) == 25
            assert forward == backward[::-1]


async def _walk(workspace: int, order: Order, backward: bool) -> list[int]:
    ids: list[int] = []
    position = None
    for _ in range(20):
        window = Window(4, backward, before=position) if backward else Window(4, after=position)
        page = await contacts_page(workspace, ["contact.id"], [], order, window)
        rows = page.rows[::-1] if backward else page.rows
        ids += [row["id"] for row in rows]
        if not (page.has_previous if backward else page.has_next):
            return ids
        position = Position(ids[-1], rows[-1]["sort_value"] if order.value is not None else None)
    raise AssertionError("the pages do not end")


@pytest.mark.parametrize(
    ("start", "event", "end"),
    [
        (Status.PENDING, status_events.CONFIRMED, Status.ACTIVE),
        (Status.ACTIVE, status_events.CONFIRMED, Status.ACTIVE),
        (Status.ACTIVE, status_events.UNSUBSCRIBED, Status.UNSUBSCRIBED),
        (Status.ACTIVE, status_events.BOUNCED, Status.HARD_BOUNCE),
        (Status.PENDING, status_events.RESUBSCRIBED, None),
    ],
)
async def test_events_lead_to_statuses(
    workspace: int, catalog: Catalog, start: Status, event: status_events.StatusEvent, end: Status | None
) -> None:
    contact = await writes.create_contact(catalog, writes.ContactDraft("a@example.com"), start, "a form")
    if end is None:
        with pytest.raises(Refused):
            await status_events.record_event(workspace, contact, event, None)
        return
    await status_events.record_event(workspace, contact, event, "because")
    assert await count_by_status(workspace, []) == {end.value: 1}


async def test_updates_of_many_do_not_wait_in_a_circle(workspace: int) -> None:
    await create_field(workspace, "city", "City", FieldType.TEXT)
    catalog = await current_catalog(workspace)
    for number in range(200):
        draft = writes.ContactDraft(f"c{number}@example.com", {"name": "x"})
        await writes.create_contact(catalog, draft, Status.ACTIVE if number % 3 else Status.PENDING, "a form")
    scope = Scope(workspace, Clock(datetime.now(UTC), catalog.zone))
    conditions = [
        condition(check(document, catalog), scope)
        for document in ({"status": ["ACTIVE"]}, {"field": {"key": "name", "test": {"matches": "x"}}})
    ]
    changes = (
        update_contacts(workspace, conditions[number % 2], [], [], read_patch([("city", f"{number}")], catalog, "f"))
        for number in range(12)
    )
    assert all(changed > 0 for changed in await asyncio.gather(*changes))
