"""What each write notes: of whom, why, and which values, labels and statuses; and nothing where nothing is written."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from app.compile.clause import Clause
from app.filters.catalog import Catalog
from app.filters.problems import Refused
from app.filters.vocabulary import FieldType, Status
from app.queries import contact_writes as writes
from app.queries import fixed_lists
from app.queries import status_events as events
from app.queries.catalogs import current_catalog
from app.queries.changes import MOST_TOGETHER, NOTED_CHANNEL, Cause
from app.queries.connections import connection, transaction
from app.queries.contact_bulk import update_contacts
from app.queries.contact_values import Patch
from app.queries.contact_writes import ContactDraft
from app.queries.do_not_contact import add_addresses
from app.queries.erasure import erase_contact
from app.queries.fields import create_field
from app.queries.labels import create_label
from app.queries.live.pulse import ANY, listening
from app.queries.pins import Pinning, pin_contacts
from app.queries.segments import create_dynamic
from app.queries.stirring import stirred
from app.queries.upserts.asked import Item, Upsert
from app.queries.upserts.writing import upsert_contacts
from app.transfer.demo.filling import fill, furnish
from tests.noting.rows import Note, people_of, take_notes, untrue
from tests.transfer.imports.loading import Dock

SEVERAL = 2 * MOST_TOGETHER + 500
EVERYONE = {"label": {"isEmpty": True}}
FILE = "email,name,city,tags,status\nani@example.com,Ani,Bandung,New,\nbudi@example.com,,,,UNSUBSCRIBED\nd@example.com,,,,"


@dataclass(frozen=True, slots=True)
class Shop:
    """A workspace with labels, a list, a segment, and three contacts.

    Ani is ACTIVE, has VIP, is on the list and pinned into the segment; Budi and Citra are PENDING.
    """

    catalog: Catalog
    labels: Mapping[int, str]
    listed: int
    segment: int
    people: Mapping[int, str]

    @property
    def id(self) -> int:
        """The workspace's."""
        return self.catalog.workspace_id

    def of(self, name: str) -> int:
        """The id of a contact or a label."""
        [found] = [id for id, called in (*self.people.items(), *self.labels.items()) if called == name]
        return found

    async def update(self, name: str, **draft: Any) -> None:
        """Change one contact."""
        await writes.update_contact(self.catalog, self.of(name), ContactDraft(**draft))

    async def record(self, name: str, event: events.StatusEvent) -> None:
        """Tell what happened to a contact."""
        await events.record_event(self.id, self.of(name), event, "by word")

    async def upsert(self, **item: Any) -> None:
        """Make or change a contact as a partner does."""
        await upsert_contacts(self.catalog, Upsert([Item(**item)]))

    async def move(self, add: list[str], remove: list[str]) -> None:
        """Put contacts on the list and take others off."""
        await fixed_lists.change_members(self.id, self.listed, [*map(self.of, add)], [*map(self.of, remove)])

    async def pin(self, *names: list[str]) -> None:
        """Pin contacts into the segment, others out of it, and unpin others."""
        await pin_contacts(self.id, self.segment, Pinning(*([*map(self.of, each)] for each in names)))

    async def settle_in(self) -> None:
        """Give everybody VIP and a city, who hasn't."""
        patch = Patch({"city": "Solo"}, {"city": "solo"})
        await update_contacts(self.id, Clause("TRUE"), [self.of("VIP")], [self.of("New")], patch)

    def told(self, note: Note) -> tuple[Any, ...]:
        """A note with names, without what is empty."""
        told = [
            note.cause.value,
            " ".join(sorted(self.people.get(id, "other") for id in note.contact_ids)),
            " ".join(sorted([*note.fields, *(self.labels[id] for id in note.labels)])),
            f"{note.previous or ''}>{note.status}" if note.status else "",
        ]
        return tuple(filter(None, told))


@pytest.fixture
async def shop(workspace: int) -> Shop:
    """The shop, with nothing noted yet."""
    await create_field(workspace, "city", "City", FieldType.TEXT)
    labels = {await create_label(workspace, name): name for name in ("VIP", "New")}
    catalog = await current_catalog(workspace)
    draft = ContactDraft("ani@example.com", fields=[("city", "Solo")], add_labels=["VIP"])
    people = {await writes.create_contact(catalog, draft, Status.ACTIVE, "form"): "Ani"}
    for name in ("Budi", "Citra"):
        draft = ContactDraft(f"{name.lower()}@example.com")
        people[await writes.create_contact(catalog, draft, Status.PENDING, None)] = name
    listed = await fixed_lists.create_static(workspace, "List", [*people][:1])
    segment = await create_dynamic(workspace, "Segment", EVERYONE)
    await pin_contacts(workspace, segment, Pinning([*people][:1]))
    await take_notes(workspace)
    return Shop(catalog, labels, listed, segment, people)


Act = Callable[[Shop], Awaitable[Any]]
CASES: dict[str, tuple[Act, list[tuple[str, ...]]]] = {
    "create": (
        lambda shop: writes.create_contact(shop.catalog, ContactDraft("d@example.com"), Status.PENDING, None),
        [("CREATED", "other", ">PENDING")],
    ),
    "update": (
        lambda shop: shop.update("Budi", fields=[("city", "Solo")], texts={"name": "B"}, add_labels=["VIP", "New"]),
        [("UPDATED", "Budi", "New VIP city name")],
    ),
    "update of the address": (lambda shop: shop.update("Ani", email="a@example.com"), [("UPDATED", "Ani", "email")]),
    "update to what is there": (
        lambda shop: shop.update("Ani", fields=[("city", "Solo")], add_labels=["VIP"], remove_labels=["New"]),
        [("UPDATED", "Ani")],
    ),
    "update of nothing": (lambda shop: shop.update("Ani"), [("UPDATED", "Ani")]),
    "update that clears": (
        lambda shop: shop.update("Ani", fields=[("city", None)], remove_labels=["VIP"]),
        [("UPDATED", "Ani", "VIP city")],
    ),
    "confirmation": (
        lambda shop: shop.record("Budi", events.CONFIRMED),
        [("STATUS_CHANGED", "Budi", "PENDING>ACTIVE")],
    ),
    "confirmation again": (lambda shop: shop.record("Ani", events.CONFIRMED), []),
    "bounce": (lambda shop: shop.record("Ani", events.BOUNCED), [("STATUS_CHANGED", "Ani", "ACTIVE>HARD_BOUNCE")]),
    "deletion": (lambda shop: writes.delete_contact(shop.id, shop.of("Ani")), [("DELETED", "Ani")]),
    "erasure": (lambda shop: erase_contact(shop.id, shop.of("Ani"), None, "asked for"), [("DELETED", "Ani")]),
    "erasure of a stranger": (lambda shop: erase_contact(shop.id, None, "x@example.com", "asked for"), []),
    "do not contact": (
        lambda shop: add_addresses(shop.id, [f"{name}@example.com" for name in ("ani", "budi", "x")], "asked for"),
        [("STATUS_CHANGED", "Ani", "ACTIVE>UNSUBSCRIBED"), ("STATUS_CHANGED", "Budi", "PENDING>UNSUBSCRIBED")],
    ),
    "many": (lambda shop: shop.settle_in(), [("UPDATED", "Budi Citra", "VIP city")]),
    "list": (lambda shop: shop.move(["Ani", "Budi"], ["Citra"]), [("LISTED", "Budi")]),
    "unlist": (lambda shop: shop.move([], ["Ani", "Citra"]), [("UNLISTED", "Ani")]),
    "pin": (lambda shop: shop.pin(["Ani", "Budi"], ["Citra"]), [("PINNED", "Budi Citra")]),
    "pin the other way": (lambda shop: shop.pin([], ["Ani"]), [("PINNED", "Ani")]),
    "unpin": (lambda shop: shop.pin(["Budi"], [], ["Ani", "Citra"]), [("PINNED", "Budi"), ("UNPINNED", "Ani")]),
    "new list": (
        lambda shop: fixed_lists.create_static(shop.id, "Other", [shop.of("Ani"), shop.of("Citra")]),
        [("LISTED", "Ani Citra")],
    ),
    "snapshot": (
        lambda shop: fixed_lists.create_snapshot(shop.id, "Now", EVERYONE, datetime.now(UTC)),
        [("LISTED", "Budi Citra")],
    ),
    "new by upsert": (lambda shop: shop.upsert(email="d@example.com"), [("CREATED", "other", ">PENDING")]),
    "changed by upsert": (
        lambda shop: shop.upsert(email="ani@example.com", name="A", labels=["VIP", "New"], fields=[("city", "Solo")]),
        [("UPDATED", "Ani", "New name")],
    ),
    "cleared by upsert": (
        lambda shop: shop.upsert(email="ani@example.com", clear=["city", "name"]),
        [("UPDATED", "Ani", "city")],
    ),
    "opted out by upsert": (
        lambda shop: shop.upsert(email="ani@example.com", status=Status.UNSUBSCRIBED),
        [("STATUS_CHANGED", "Ani", "ACTIVE>UNSUBSCRIBED")],
    ),
    "all by upsert": (
        lambda shop: shop.upsert(email="ani@example.com", status=Status.HARD_BOUNCE, external_id="7"),
        [("STATUS_CHANGED", "Ani", "ACTIVE>HARD_BOUNCE"), ("UPDATED", "Ani", "external_id")],
    ),
    "unchanged by upsert": (lambda shop: shop.upsert(email="ani@example.com", labels=["VIP"]), []),
}


@pytest.mark.parametrize("name", CASES)
async def test_a_write_notes_what_it_did(shop: Shop, name: str) -> None:
    act, noted = CASES[name]
    before = await people_of(shop.id)
    await act(shop)
    notes = await take_notes(shop.id)
    assert sorted(map(shop.told, notes)) == noted
    assert not [*untrue(before, await people_of(shop.id), notes)]


async def test_repeated_opt_out_is_no_change_of_status(shop: Shop) -> None:
    await shop.record("Ani", events.UNSUBSCRIBED)
    await take_notes(shop.id)
    await shop.record("Ani", events.UNSUBSCRIBED)
    assert [*map(shop.told, await take_notes(shop.id))] == [("UPDATED", "Ani")]


async def test_an_import_and_its_undoing_are_noted(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> None:
    dock = Dock(tmp_path_factory.mktemp("files"), shop.id)
    before = await people_of(shop.id)
    checked = await dock.load(FILE, dry_run=True)
    assert await take_notes(shop.id) == []
    loaded = await dock.start(checked.row.id)
    notes, between = await take_notes(shop.id), await people_of(shop.id)
    assert sorted(map(shop.told, notes)) == [
        ("IMPORTED", "Ani", "New city name"),
        ("IMPORTED", "Budi", "New city name", "PENDING>UNSUBSCRIBED"),
        ("IMPORTED", "other", ">PENDING"),
    ]
    await dock.undo(loaded.row.id)
    undone = await take_notes(shop.id)
    assert sorted(map(shop.told, undone)) == [
        ("DELETED", "other"),
        ("IMPORT_UNDONE", "Ani", "New city name"),
        ("IMPORT_UNDONE", "Budi", "New city name", "UNSUBSCRIBED>PENDING"),
    ]
    assert {note.import_id for note in [*notes, *undone]} == {loaded.row.id}
    assert not [*untrue(before, between, notes), *untrue(between, await people_of(shop.id), undone)]


async def test_external_ids_taken_back_are_noted(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> None:
    dock = Dock(tmp_path_factory.mktemp("files"), shop.id)
    loaded = await dock.load("email,external_id\nani@example.com,7")
    before = await people_of(shop.id)
    await take_notes(shop.id)
    await dock.undo(loaded.row.id)
    notes = await take_notes(shop.id)
    assert {shop.told(note) for note in notes} == {("IMPORT_UNDONE", "Ani", "external_id")}
    assert not [*untrue(before, await people_of(shop.id), notes)]


async def test_many_are_noted_in_bulk_a_thousand_together(workspace: int) -> None:
    catalog = await furnish(workspace)
    await fill(catalog, SEVERAL)
    created = await take_notes(workspace)
    patch = Patch({"city": "Nowhere"}, {"city": "nowhere"})
    await update_contacts(workspace, Clause("TRUE"), [], [], patch)
    updated = await take_notes(workspace)
    people = await people_of(workspace)
    for notes, cause in ((created, Cause.CREATED), (updated, Cause.UPDATED)):
        assert {note.cause for note in notes} == {cause}
        assert all(note.is_bulk and len(note.contact_ids) <= MOST_TOGETHER for note in notes)
        assert sorted(id for note in notes for id in note.contact_ids) == sorted(people)
    assert {(id, note.status) for note in created for id in note.contact_ids} == {
        (id, person.status) for id, person in people.items()
    }


async def test_refused_write_notes_nothing(shop: Shop) -> None:
    with pytest.raises(Refused):
        await shop.update("Budi", email="ani@example.com")
    with pytest.raises(Refused):
        await fixed_lists.change_members(shop.id, shop.listed, [shop.of("Budi"), 0], [shop.of("Ani")])
    with pytest.raises(Refused):
        await pin_contacts(shop.id, shop.segment, Pinning([shop.of("Budi")], [0], [shop.of("Ani")]))
    assert await take_notes(shop.id) == []


async def test_what_is_rolled_back_is_not_noted(shop: Shop) -> None:
    async def confirm_and_fail() -> None:
        async with transaction() as borrowed:
            told = (Status.PENDING, Status.ACTIVE, "CONFIRMED", None)
            await events.note_status(borrowed, shop.id, shop.of("Budi"), *told)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await confirm_and_fail()
    assert await take_notes(shop.id) == []


async def test_whoever_looks_for_changes_is_called_when_they_are_committed(shop: Shop) -> None:
    found: list[list[Any]] = []

    async def look() -> None:
        found.append(await take_notes(shop.id))

    calls: list[asyncio.Task[None]] = []
    with stirred(lambda: calls.append(asyncio.create_task(look()))):
        await shop.record("Budi", events.CONFIRMED)
        await asyncio.gather(*calls)
    assert len(calls) == 1
    assert len(found[0]) == 1


async def test_processes_call_each_other(dsn: str, shop: Shop) -> None:
    heard: asyncio.Queue[str] = asyncio.Queue()

    def hear(*call: Any) -> None:
        heard.put_nowait(call[-1])

    async with connection() as other, listening(dsn):
        await other.add_listener(NOTED_CHANNEL, hear)
        await shop.record("Ani", events.CONFIRMED)
        assert await asyncio.wait_for(heard.get(), 5) == str(ANY)
        await other.remove_listener(NOTED_CHANNEL, hear)
