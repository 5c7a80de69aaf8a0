"""The oracle's population in PostgreSQL, written as production writes it."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from app.compile import Scope, condition
from app.filters.check import check
from app.filters.clock import Clock
from app.filters.vocabulary import FieldType, Status
from app.queries.catalogs import current_catalog
from app.queries.connections import connection
from app.queries.contact_writes import ContactDraft, create_contact
from app.queries.fields import create_field
from app.queries.fixed_lists import create_static
from app.queries.labels import create_label
from app.queries.pins import Pinning, pin_contacts
from app.queries.segments import create_dynamic
from app.queries.statements import render, select
from app.queries.workspaces import create_workspace
from app.tables.contact import Contact
from tests.conftest import named_apart
from tests.oracle.population import CUSTOM, OPTIONS, SYSTEM, ats, population
from tests.oracle.strategies import Filters, grown, pinned, plus, renumbered
from tests.oracle.world import Person, World

TEXTS = ("name", "source", "external_id")
MOMENTS = tuple(key for key, kind in SYSTEM.items() if kind == "DATETIME")


@dataclass(frozen=True)
class Peopled:
    """A workspace in PostgreSQL, the same for the oracle, and what makes filters about it."""

    workspace: int
    world: World
    about: list[datetime]
    random: Random
    filters: Filters


async def peopled(zone: str, seed: str, people: int = 300, segments: int = 7) -> Peopled:
    """A workspace of hostile people and of segments upon segments."""
    random, there = Random(seed), ZoneInfo(zone)
    about = ats(random, there)
    workspace = await create_workspace(named_apart(f"{seed} in {zone}"), zone)
    world = await _write(workspace, population(random, there, about, people))
    for place in range(segments):
        segment = grown(world, random, about, place)
        name = f"segment {place}"
        if isinstance(segment, frozenset):
            world = plus(world, await create_static(workspace, name, sorted(segment)), segment)
            continue
        number, pins = await create_dynamic(workspace, name, segment), pinned(world, Random(f"{seed} {place}"))
        if any(pins):
            await pin_contacts(workspace, number, Pinning(*map(sorted, pins)))
        world = plus(world, number, segment, pins)
    return Peopled(workspace, world, about, random, Filters(world, random, about))


async def found(peopled: Peopled, document: Any, at: datetime) -> frozenset[int]:
    """The ids of those whom PostgreSQL takes the filter to mean."""
    catalog = await current_catalog(peopled.workspace)
    holds = condition(check(document, catalog), Scope(peopled.workspace, Clock(at, catalog.zone)))
    text, values = render(select(Contact, ["contact.id"], peopled.workspace).where(holds))
    async with connection() as borrowed:
        return frozenset(row[0] for row in await borrowed.fetch(text, *values))


async def _write(workspace: int, world: World) -> World:
    for key, kind in CUSTOM.items():
        await create_field(workspace, key, key.replace("_", " ").title(), FieldType(kind), OPTIONS.get(key, ()))
    labels = {name: await create_label(workspace, name) for name in world.labels.values()}
    catalog = await current_catalog(workspace)
    gate = asyncio.Semaphore(6)

    async def create(person: Person) -> int:
        draft = ContactDraft(
            person.system["email"],
            {key: person.system.get(key) for key in TEXTS},
            list(person.custom.items()),
            [world.labels[number] for number in person.labels],
        )
        async with gate:
            return await create_contact(catalog, draft, Status.PENDING, None)

    ids = await asyncio.gather(*(create(person) for person in world.people))
    async with connection() as borrowed:
        await borrowed.executemany(
            f"UPDATE contact SET status = $3, {', '.join(f'{key} = ${n}' for n, key in enumerate(MOMENTS, 4))} "
            "WHERE workspace_id = $1 AND id = $2",
            [
                (workspace, number, person.status, *(person.system.get(key) for key in MOMENTS))
                for number, person in zip(ids, world.people, strict=True)
            ],
        )
        await borrowed.execute("ANALYZE contact")
    return renumbered(world, ids, labels)
