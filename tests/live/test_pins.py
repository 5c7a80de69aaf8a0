"""Whoever is pinned stays in or out, whatever becomes of the filter, and the ledger tells why."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest

from app.filters.vocabulary import Status
from app.live.auditing import audit_next
from app.live.pace import Pace
from app.live.step import step
from app.queries.catalogs import current_catalog
from app.queries.connections import connection
from app.queries.contact_writes import ContactDraft, create_contact, delete_contact, update_contact
from app.queries.labels import create_label
from app.queries.live.claims import Held, held_workspace
from app.queries.pins import Pinning, pin_contacts
from app.queries.segment_edits import update_segment
from app.queries.segments import create_dynamic, delete_segment, restore_segment
from tests.http.crowds import crowd
from tests.live.engine import NEXT_IN_TURN, catch_up, ledger, members

IN_BULK = (
    "INSERT INTO noted_change (workspace_id, contact_ids, cause, field_keys, label_ids, is_bulk) "
    "VALUES ($1, $2, 'IMPORTED', '{}', '{}', TRUE)"
)
VIP = {"label": {"containsAny": ["VIP"]}}
NOBODY = {"status": ["HARD_BOUNCE"]}
EVERYONE = {"not": NOBODY}


@pytest.fixture
async def shop(workspace: int) -> int:
    """A workspace with a label."""
    await create_label(workspace, "VIP")
    return workspace


async def person(workspace: int, name: str = "ani", labels: tuple[str, ...] = ()) -> int:
    """A new contact's id."""
    draft = ContactDraft(f"{name}@example.com", add_labels=labels)
    return await create_contact(await current_catalog(workspace), draft, Status.PENDING, None)


async def told(workspace: int, segment: int) -> list[tuple[bool, str, Any]]:
    """Whether a contact entered, the reason and the causes, for each entry of a segment's ledger."""
    rows = await ledger(workspace, segment)
    return [(row[1], row[2], row[3] and orjson.loads(row[3]).get("causes")) for row in rows]


async def test_pins_let_in_and_out_and_say_so(shop: int) -> None:
    segment, ani = await create_dynamic(shop, "VIPs", VIP), await person(shop)
    await catch_up(shop)
    for pinning in (Pinning(include=[ani]), Pinning(exclude=[ani]), Pinning(include=[ani]), Pinning(unpin=[ani])):
        await pin_contacts(shop, segment, pinning)
        await catch_up(shop)
    assert await told(shop, segment) == [
        (True, "CONTACT_CHANGED", ["PINNED"]),
        (False, "CONTACT_CHANGED", ["PINNED"]),
        (True, "CONTACT_CHANGED", ["PINNED"]),
        (False, "CONTACT_CHANGED", ["UNPINNED"]),
    ]


async def test_pins_tell_nothing_anew_where_they_change_nothing(shop: int) -> None:
    segment, ani = await create_dynamic(shop, "VIPs", VIP), await person(shop)
    await pin_contacts(shop, segment, Pinning(include=[ani]))
    await catch_up(shop)
    await pin_contacts(shop, segment, Pinning(include=[ani]))
    await pin_contacts(shop, segment, Pinning(unpin=[await person(shop, "budi")]))
    async with connection() as borrowed:
        noted = await borrowed.fetch("SELECT cause FROM noted_change WHERE workspace_id = $1", shop)
    assert [row[0] for row in noted] == ["CREATED"]


async def test_a_pin_builds_no_segment_anew(shop: int) -> None:
    segment, ani = await create_dynamic(shop, "VIPs", VIP), await person(shop)
    await catch_up(shop)
    states = "SELECT meaning, begun_at, ready_at FROM live_segment WHERE workspace_id = $1"
    async with connection() as borrowed:
        before = await borrowed.fetch(states, shop)
        await pin_contacts(shop, segment, Pinning(include=[ani]))
        await catch_up(shop)
        assert await borrowed.fetch(states, shop) == before
    assert await members(shop, segment) == [ani]


async def test_pins_outlive_edits_changes_and_restoring(shop: int) -> None:
    ani, budi, citra = [await person(shop, name, ("VIP",)) for name in ("ani", "budi", "citra")]
    segment = await create_dynamic(shop, "VIPs", VIP)
    await pin_contacts(shop, segment, Pinning([ani], [budi]))
    await catch_up(shop)
    assert await members(shop, segment) == [ani, citra]
    await update_segment(shop, segment, None, NOBODY)
    await catch_up(shop)
    assert await members(shop, segment) == [ani]
    await update_segment(shop, segment, None, EVERYONE)
    await update_contact(await current_catalog(shop), budi, ContactDraft(remove_labels=["VIP"]))
    await catch_up(shop)
    assert await members(shop, segment) == [ani, citra]
    await delete_segment(shop, segment)
    await catch_up(shop)
    assert await members(shop, segment) == []
    await restore_segment(shop, segment)
    await catch_up(shop)
    assert await members(shop, segment) == [ani, citra]


async def test_pins_reach_whoever_refers_to_the_segment(shop: int) -> None:
    inner, ani = await create_dynamic(shop, "Inner", VIP), await person(shop)
    outer = await create_dynamic(shop, "Outer", {"not": {"segment": {"inAny": [inner]}}})
    await catch_up(shop)
    assert (await members(shop, inner), await members(shop, outer)) == ([], [ani])
    await pin_contacts(shop, inner, Pinning(include=[ani]))
    await catch_up(shop)
    assert (await members(shop, inner), await members(shop, outer)) == ([ani], [])
    assert (await told(shop, outer))[-1] == (False, "CONTACT_CHANGED", ["PINNED"])
    await pin_contacts(shop, inner, Pinning(unpin=[ani]))
    await catch_up(shop)
    assert (await members(shop, inner), await members(shop, outer)) == ([], [ani])
    assert (await told(shop, outer))[-1] == (True, "CONTACT_CHANGED", ["UNPINNED"])


async def test_who_refers_to_a_like_segment_instead_loses_its_pins(shop: int) -> None:
    pinned, plain = [await create_dynamic(shop, name, VIP) for name in ("Pinned", "Plain")]
    outer, ani = await create_dynamic(shop, "Outer", {"segment": {"inAny": [pinned]}}), await person(shop)
    await pin_contacts(shop, pinned, Pinning(include=[ani]))
    await catch_up(shop)
    assert await members(shop, outer) == [ani]
    await update_segment(shop, outer, None, {"segment": {"inAny": [plain]}})
    await catch_up(shop)
    assert await members(shop, outer) == []


async def test_unpinning_is_the_reason_even_where_time_might_be(shop: int) -> None:
    new = {"field": {"key": "created_at", "test": {"withinLast": {"amount": 1, "unit": "DAY"}}}}
    segment, ani = await create_dynamic(shop, "New", new), await person(shop)
    await pin_contacts(shop, segment, Pinning(exclude=[ani]))
    await catch_up(shop)
    assert await members(shop, segment) == []
    await pin_contacts(shop, segment, Pinning(unpin=[ani]))
    await catch_up(shop)
    assert await told(shop, segment) == [(True, "CONTACT_CHANGED", ["UNPINNED"])]


async def test_an_audit_holds_members_against_pins(shop: int) -> None:
    segment, ani, budi = await create_dynamic(shop, "VIPs", VIP), await person(shop), await person(shop, "budi")
    await pin_contacts(shop, segment, Pinning([ani], [budi]))
    await catch_up(shop)
    async with connection() as borrowed:
        await borrowed.execute("UPDATE segment_member SET contact_id = $2 WHERE workspace_id = $1", shop, budi)
        await borrowed.execute(NEXT_IN_TURN, shop)
    assert await audit_next(Pace()) == 2
    assert await members(shop, segment) == [ani]


async def test_a_pin_that_comes_while_a_step_begins_is_not_lost(shop: int, monkeypatch: pytest.MonkeyPatch) -> None:
    segment, ani = await create_dynamic(shop, "VIPs", VIP), await person(shop)
    await catch_up(shop)

    @asynccontextmanager
    async def pinned_meanwhile(workspace_id: int) -> AsyncIterator[Held | None]:
        async with held_workspace(workspace_id) as held:
            await pin_contacts(shop, segment, Pinning(include=[ani]))
            yield held

    monkeypatch.setattr("app.live.step.held_workspace", pinned_meanwhile)
    await catch_up(shop)
    assert await members(shop, segment) == [ani]


async def test_many_pins_are_looked_at_in_portions(shop: int) -> None:
    segment = await create_dynamic(shop, "Nobody", NOBODY)
    await crowd(shop, 2_500)
    await catch_up(shop)
    async with connection() as borrowed:
        ids = [row[0] for row in await borrowed.fetch("SELECT id FROM contact WHERE workspace_id = $1", shop)]
        await borrowed.execute(IN_BULK, shop, ids)
    await pin_contacts(shop, segment, Pinning(ids))
    assert (await step(shop, Pace(), most=1_000)).contacts == 2_000
    assert len(await members(shop, segment)) == 1_000
    await catch_up(shop)
    assert await members(shop, segment) == sorted(ids)


async def test_deleted_contacts_leave_no_pin(shop: int) -> None:
    segment, ani, budi = await create_dynamic(shop, "VIPs", VIP), await person(shop), await person(shop, "budi")
    await pin_contacts(shop, segment, Pinning([ani], [budi]))
    await catch_up(shop)
    await delete_contact(shop, ani)
    await delete_contact(shop, budi)
    await catch_up(shop)
    assert await members(shop, segment) == []
    async with connection() as borrowed:
        assert await borrowed.fetchval("SELECT count(*) FROM segment_pin WHERE workspace_id = $1", shop) == 0
