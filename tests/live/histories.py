"""Random histories of a workspace: writes, edits, time that passes, and engines that are killed at any moment."""

import asyncio
import json
from collections.abc import Mapping, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import asyncpg

from app.compile.clause import Bound, Clause
from app.filters.problems import Refused
from app.filters.vocabulary import Status
from app.live.pace import Pace
from app.live.step import step
from app.queries import fixed_lists, segment_edits, segments, status_events
from app.queries.catalogs import current_catalog
from app.queries.connections import connection
from app.queries.contact_bulk import update_contacts
from app.queries.contact_values import Patch
from app.queries.contact_writes import ContactDraft, create_contact, delete_contact, update_contact
from app.queries.erasure import erase_contact
from app.queries.labels import archive_label, restore_label
from app.queries.pins import Pinning, pin_contacts
from app.queries.upserts.asked import Item, Upsert
from app.queries.upserts.writing import upsert_contacts
from tests.compile.peopled import MOMENTS, TEXTS, Peopled
from tests.live.engine import catch_up
from tests.oracle.population import CUSTOM
from tests.oracle.strategies import PERIODS, Filters
from tests.oracle.world import Person, Pins, World
from tests.transfer.imports.loading import Dock

LOST = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, ConnectionError)
RELATIVE = ("moreThanAgo", "withinLast", "withinNext", "moreThanFromNow")
EVENTS = (status_events.CONFIRMED, status_events.UNSUBSCRIBED, status_events.BOUNCED, status_events.RESUBSCRIBED)


class SlowPace(Pace):
    """A few contacts at a time, so that much happens while a segment is told."""

    def __init__(self) -> None:
        self.contacts = 9

    def learn(self, seconds: float) -> None:
        """It stays slow."""


@dataclass
class History:
    """A workspace whose clock is ours; `kills` counts the steps that were broken off.

    `pins` tells of each segment's pinned contacts whether they are in.
    """

    there: Peopled
    random: Random
    at: datetime
    documents: dict[int, dict[str, Any]]
    lists: dict[int, set[int]]
    pins: dict[int, dict[int, bool]]
    kills: int = 0
    made: int = 0
    pace: Pace = field(default_factory=SlowPace)

    @property
    def workspace(self) -> int:
        """Its id."""
        return self.there.workspace

    async def act(self) -> None:
        """Something happens."""
        acts = [self.change] * 8 + [self.create, self.delete, self.event, self.event, self.relist, self.change_many]
        acts += [self.edit, self.create_segment, self.drop, self.pass_time, self.pass_time]
        acts += [self.reach_due] * 4
        acts += [self.work, self.work, self.kill, self.kill, self.lose, self.race]
        acts += [self.pin] * 4
        acts += [self.bring_back, self.archive, self.upsert, self.erase]
        with suppress(Refused):
            await self.random.choice(acts)()

    async def someone(self) -> int:
        """The id of a contact."""
        return self.random.choice([person.id for person in (await self.world()).people])

    async def change(self) -> None:
        """Values and labels of a contact change."""
        filters, catalog = self.there.filters, await current_catalog(self.workspace)
        keys = self.random.sample([*CUSTOM, "birthday", "last_visit"], self.random.randint(0, 3))
        values = [(key, self.value(key)) for key in dict.fromkeys(keys)]
        labels = self.random.sample(list(self.there.world.labels), 2)
        draft = ContactDraft(
            None,
            {"name": filters.fresh["TEXT"]()[:100]} if self.random.random() < 0.2 else {},
            values,
            labels[: self.random.randint(0, 1)],
            labels[1 : self.random.randint(1, 2)],
        )
        await update_contact(catalog, await self.someone(), draft)

    def value(self, key: str) -> Any:
        """A value for a custom field; times are mostly near the clock's."""
        if CUSTOM[key] in ("DATE", "DATETIME") and self.random.random() < 0.8:
            near = self.at + timedelta(days=self.random.randint(-45, 45), seconds=self.random.randint(0, 86_400))
            return (near.date() if CUSTOM[key] == "DATE" else near).isoformat()
        return self.random.choice((None, self.there.filters.fresh[CUSTOM[key]]()))

    def document(self) -> dict[str, Any]:
        """A filter; in most of them it is time that lets in and out."""
        if self.random.random() < 0.3:
            return Filters(self.there.world, self.random, self.there.about).tree(3, 6)
        key = self.random.choice(("birthday", "last_visit", "last_visit"))
        unit = self.random.choice(("DAY", "DAY", "WEEK", "MONTH", *(("HOUR",) if key == "last_visit" else ())))
        operator = self.random.choice((*RELATIVE, *RELATIVE, "period", "anniversary"))
        amount = {"amount": self.random.choice((0, 1, 2, 7, 30)), "unit": unit}
        if operator == "anniversary":
            amount["unit"] = "DAY"
        asked = self.random.choice(PERIODS) if operator == "period" else amount
        timely: dict[str, Any] = {"field": {"key": key, "test": {operator: asked}}}
        other = self.there.filters.condition()
        return self.random.choice((timely, {"not": timely}, {"or": [timely, {"and": [other, timely]}]}))

    async def create(self) -> None:
        """A contact comes."""
        draft = ContactDraft(self.address(), {}, [], self.random.sample(list(self.there.world.labels), 2))
        status = self.random.choice((Status.PENDING, Status.ACTIVE))
        await create_contact(await current_catalog(self.workspace), draft, status, "said so")

    async def delete(self) -> None:
        """A contact goes."""
        await delete_contact(self.workspace, await self.someone())

    async def event(self) -> None:
        """Something happens to a contact's status."""
        await status_events.record_event(self.workspace, await self.someone(), self.random.choice(EVENTS), "a note")

    async def relist(self) -> None:
        """A fixed list gets and loses a contact."""
        chosen = self.random.choice(list(self.lists))
        add, remove = await self.someone(), await self.someone()
        if add != remove:
            await fixed_lists.change_members(self.workspace, chosen, [add], [remove])

    async def pin(self) -> None:
        """A contact is pinned to a segment, or unpinned."""
        segment, contact = self.random.choice(list(self.documents)), await self.someone()
        is_included = self.random.choice((True, True, False, False, None))
        ids = [[contact] if is_included is how else [] for how in (True, False, None)]
        await pin_contacts(self.workspace, segment, Pinning(*ids))
        pinned = self.pins.setdefault(segment, {})
        pinned.pop(contact, None)
        if is_included is not None:
            pinned[contact] = is_included

    async def change_many(self) -> None:
        """Many contacts get a label, or lose it."""
        label = self.random.choice(list(self.there.world.labels))
        some = Clause("(contact.id % 3 = ", Bound(self.random.randint(0, 2), "bigint"), ")")
        add, remove = ([label], []) if self.random.random() < 0.5 else ([], [label])
        await update_contacts(self.workspace, some, add, remove, Patch({}, {}, []))

    async def edit(self) -> None:
        """A segment gets another filter."""
        id = self.random.choice(list(self.documents))
        document = self.document()
        await segment_edits.update_segment(self.workspace, id, None, document)
        self.documents[id] = document

    async def create_segment(self) -> None:
        """A segment is made."""
        self.made += 1
        document = self.document()
        self.documents[await segments.create_dynamic(self.workspace, f"made {self.made}", document)] = document

    async def drop(self) -> None:
        """A segment is deleted."""
        id = self.random.choice(list(self.documents))
        if len(self.documents) > 5:
            await segments.delete_segment(self.workspace, id)
            del self.documents[id]

    async def bring_back(self) -> None:
        """A segment is deleted and restored, whatever an engine has done meanwhile."""
        id = self.random.choice(list(self.documents))
        await segments.delete_segment(self.workspace, id)
        for _ in range(self.random.randint(0, 3)):
            await self.random.choice((self.work, self.change, self.kill))()
        await segments.restore_segment(self.workspace, id)

    async def archive(self) -> None:
        """A label is archived, or is there again."""
        label = self.random.choice(list(self.there.world.labels))
        await self.random.choice((archive_label, restore_label, restore_label))(self.workspace, label)

    async def upsert(self) -> None:
        """A partner makes and changes contacts."""
        people = (await self.world()).people
        known = [person.system["email"] for person in self.random.sample(people, 2)]
        items = [Item(email, fields=[("city", self.value("city") or "Solo")]) for email in (*known, self.address())]
        await upsert_contacts(await current_catalog(self.workspace), Upsert(items))

    async def load(self, folder: Path) -> None:
        """A file of new and of known contacts is imported, and taken back now and then."""
        known = self.random.choice((await self.world()).people).system["email"]
        rows = f"{self.address()},Solo,ACTIVE\n{known},Bandung,UNSUBSCRIBED\n"
        dock = Dock(folder, self.workspace)
        loaded = await dock.load(f"email,city,status\n{rows}", tool="none", consent="said so")
        if self.random.random() < 0.5:
            await self.work()
            await dock.undo(loaded.row.id)

    async def erase(self) -> None:
        """A person is erased."""
        await erase_contact(self.workspace, await self.someone(), None, "asked for it")

    def address(self) -> str:
        """An address that nobody has."""
        self.made += 1
        return f"new{self.made}@example.com"

    async def pass_time(self) -> None:
        """The clock goes on: by next to nothing, or by weeks."""
        self.at += self.random.choice(
            (
                timedelta(microseconds=1),
                timedelta(minutes=self.random.randint(1, 60)),
                *(timedelta(hours=self.random.randint(1, 12)) for _ in range(4)),
                timedelta(days=self.random.randint(1, 3)),
                timedelta(days=self.random.randint(1, 40)),
            )
        )

    async def reach_due(self) -> None:
        """The clock reaches the moment at which somebody is due."""
        async with connection() as borrowed:
            due = await borrowed.fetchval(
                "SELECT min(due_at) FROM contact_due WHERE workspace_id = $1 AND due_at > $2", self.workspace, self.at
            )
        if due is not None and due < self.at + timedelta(days=400):
            self.at = due

    async def work(self) -> None:
        """An engine takes a step."""
        await step(self.workspace, self.pace, self.at)

    async def kill(self) -> None:
        """An engine is stopped in the middle of a step."""
        await self.change_many()
        task = asyncio.create_task(step(self.workspace, self.pace, self.at))
        await asyncio.sleep(self.random.random() * 0.015)
        self.kills += not task.done()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def lose(self) -> None:
        """An engine loses its connection in the middle of a step."""
        await self.change_many()
        task = asyncio.create_task(step(self.workspace, self.pace, self.at))
        await asyncio.sleep(self.random.random() * 0.02)
        async with connection() as borrowed:
            killed = await borrowed.fetch(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                "AND state IN ('active', 'idle in transaction') AND pid <> pg_backend_pid() "
                "AND application_name = 'pilah' AND query LIKE '%live_%'"
            )
        self.kills += len(killed)
        with suppress(*LOST):
            await task
        for _ in range(3):  # a connection that was given back before it was lost
            with suppress(*LOST):
                async with connection() as borrowed:
                    await borrowed.execute("SELECT 1")

    async def race(self) -> None:
        """Engines work while contacts are written."""
        steps = (step(self.workspace, Pace(), self.at) for _ in range(2))
        await asyncio.gather(*steps, self.change(), self.pin(), self.change(), return_exceptions=True)

    async def settle(self) -> None:
        """The engine catches up."""
        await catch_up(self.workspace, self.at, self.pace)

    async def world(self) -> World:
        """The workspace as the oracle is told of it."""
        async with connection() as borrowed:
            rows = await borrowed.fetch("SELECT * FROM contact WHERE workspace_id = $1 ORDER BY id", self.workspace)
            found = await borrowed.fetch(
                "SELECT id, name FROM label WHERE workspace_id = $1 AND archived_at IS NULL", self.workspace
            )
            listed = await borrowed.fetch(
                "SELECT segment_id, contact_id FROM segment_contact WHERE workspace_id = $1", self.workspace
            )
        lists = {id: frozenset(row[1] for row in listed if row[0] == id) for id in self.lists}
        labels: dict[int, str] = {row["id"]: row["name"] for row in found}
        return replace(
            self.there.world,
            people=tuple(_person(row, labels.keys()) for row in rows),
            labels=labels,
            segments={**self.documents, **lists},
            pins={id: _parted(pinned) for id, pinned in self.pins.items()},
            cache={},
        )


def _parted(pinned: Mapping[int, bool]) -> Pins:
    included = frozenset(id for id, is_included in pinned.items() if is_included)
    return included, frozenset(pinned) - included


def _person(row: asyncpg.Record, labels: Set[int]) -> Person:
    system = {key: row[key] for key in ("email", *TEXTS, *MOMENTS) if row[key] is not None}
    custom = json.loads(row["fields"], parse_float=Decimal)
    return Person(row["id"], row["status"], system, frozenset(row["label_ids"]) & labels, custom)


def history_of(there: Peopled, seed: str) -> History:
    """A history that has yet to begin."""
    random = Random(seed)
    documents = {id: one for id, one in there.world.segments.items() if isinstance(one, dict)}
    lists = {id: set(one) for id, one in there.world.segments.items() if isinstance(one, frozenset)}
    pins = {id: dict.fromkeys(ins, True) | dict.fromkeys(outs, False) for id, (ins, outs) in there.world.pins.items()}
    return History(there, random, random.choice(there.about), documents, lists, pins)
