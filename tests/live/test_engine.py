"""The engine runs by itself: it hears of writes, is one of several, and mends what it finds wrong."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from app.filters.vocabulary import FieldType, Status
from app.live.auditing import audit_next
from app.live.engine import living
from app.live.pace import Pace
from app.live.step import step
from app.queries.catalogs import current_catalog
from app.queries.connections import connection
from app.queries.contact_writes import ContactDraft, create_contact, update_contact
from app.queries.fields import create_field
from app.queries.labels import create_label
from app.queries.live.claims import held_workspace
from app.queries.live.pulse import listening
from app.queries.segments import create_dynamic
from tests.live.engine import NEXT_IN_TURN, SECONDS, catch_up, ledger, members, seconds_until_members

VIP = {"label": {"containsAny": ["VIP"]}}


@pytest.fixture
async def segment(workspace: int) -> int:
    """A segment of those with the label VIP."""
    await create_label(workspace, "VIP")
    return await create_dynamic(workspace, "VIPs", VIP)


@pytest.fixture
async def engine(dsn: str, pool: None) -> AsyncIterator[None]:
    """An engine that hears of writes."""
    async with listening(dsn), living():
        yield


async def person(workspace: int, name: str, *labels: str) -> int:
    draft = ContactDraft(f"{name}@example.com", add_labels=labels)
    return await create_contact(await current_catalog(workspace), draft, Status.PENDING, None)


async def test_a_write_is_followed_at_once(engine: None, workspace: int, segment: int) -> None:
    ani = await person(workspace, "ani")
    await seconds_until_members(workspace, segment, [])
    await update_contact(await current_catalog(workspace), ani, ContactDraft(add_labels=["VIP"]))
    assert await seconds_until_members(workspace, segment, [ani]) < SECONDS


async def test_time_wakes_it(engine: None, workspace: int) -> None:
    await create_field(workspace, "visit", "Visit", FieldType.DATETIME, ())
    within = {"field": {"key": "visit", "test": {"withinLast": {"amount": 1, "unit": "HOUR"}}}}
    segment = await create_dynamic(workspace, "Here", within)
    ani = await person(workspace, "ani")
    leaves_at = datetime.now(UTC) + timedelta(seconds=1.5)
    visit = (leaves_at - timedelta(hours=1)).isoformat()
    await update_contact(await current_catalog(workspace), ani, ContactDraft(fields=[("visit", visit)]))
    await seconds_until_members(workspace, segment, [ani])
    await seconds_until_members(workspace, segment, [])
    assert timedelta() <= datetime.now(UTC) - leaves_at < timedelta(seconds=2)
    assert (await ledger(workspace, segment))[-1][1:3] == (False, "TIME_PASSED")


async def test_what_is_said_while_nobody_listens_is_found(workspace: int, segment: int) -> None:
    ani = await person(workspace, "ani", "VIP")
    async with living():
        assert await seconds_until_members(workspace, segment, [ani]) < SECONDS


async def test_a_workspace_is_left_to_whoever_has_it(workspace: int, segment: int) -> None:
    await person(workspace, "ani", "VIP")
    async with held_workspace(workspace) as held:
        assert held is not None
        worked = await step(workspace, Pace())
    assert (worked.contacts, worked.is_more) == (0, False)
    assert await catch_up(workspace) == 0
    assert len(await members(workspace, segment)) == 1


async def test_engines_share_the_work_without_doing_it_twice(workspace: int, segment: int) -> None:
    people = [await person(workspace, f"person{number}") for number in range(30)]
    await catch_up(workspace)
    catalog = await current_catalog(workspace)

    async def write(contact: int) -> None:
        await update_contact(catalog, contact, ContactDraft(add_labels=["VIP"]))

    async def work() -> None:
        for _ in range(10):
            await step(workspace, Pace())

    await asyncio.gather(work(), work(), work(), *map(write, people))
    await catch_up(workspace)
    assert await members(workspace, segment) == people
    assert sorted(row[0] for row in await ledger(workspace, segment)) == people


async def test_the_audit_mends_what_is_wrong_and_counts_it(workspace: int, segment: int) -> None:
    ani, budi = await person(workspace, "ani", "VIP"), await person(workspace, "budi")
    await catch_up(workspace)
    async with connection() as borrowed:
        await borrowed.execute("DELETE FROM segment_member WHERE workspace_id = $1", workspace)
        await borrowed.execute(
            "INSERT INTO segment_member (workspace_id, segment_id, contact_id, entered_at) VALUES ($1, $2, $3, now())",
            workspace,
            segment,
            budi,
        )
        await borrowed.execute(NEXT_IN_TURN, workspace)
    assert await audit_next(Pace()) == 2
    assert await members(workspace, segment) == [ani]
    assert {row[:3] for row in (await ledger(workspace, segment))[-2:]} == {
        (ani, True, "REPAIRED"),
        (budi, False, "REPAIRED"),
    }


async def test_the_audit_leaves_alone_who_has_yet_to_be_seen(workspace: int, segment: int) -> None:
    ani = await person(workspace, "ani")
    await catch_up(workspace)
    await update_contact(await current_catalog(workspace), ani, ContactDraft(add_labels=["VIP"]))
    async with connection() as borrowed:
        await borrowed.execute(NEXT_IN_TURN, workspace)
    assert await audit_next(Pace()) == 0
    assert await members(workspace, segment) == []
    assert await catch_up(workspace) == 1
