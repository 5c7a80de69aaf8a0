"""Contacts are pinned all or none; who may not be is refused, with the place where it is named."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from datetime import UTC, datetime

import pytest

from app.compile import Scope, condition
from app.filters.check import segment_filter
from app.filters.clock import Clock
from app.filters.problems import Refused
from app.filters.vocabulary import Status
from app.queries import pins
from app.queries.actors import Author
from app.queries.acts import Act, Actor, ActorKind
from app.queries.audit import recorded
from app.queries.catalogs import FEW_PINS, catalog_version, current_catalog
from app.queries.connections import connection, transaction
from app.queries.contact_writes import ContactDraft, create_contact, delete_contact
from app.queries.contacts import count_contacts
from app.queries.erasure import erase_contact
from app.queries.fixed_lists import create_static
from app.queries.keyset import Page, Window
from app.queries.pins import Pinning, count_pins, find_pin, pin_contacts, pins_page
from app.queries.segment_edits import update_segment
from app.queries.segments import create_dynamic, delete_segment
from app.queries.workspaces import create_workspace
from tests.http.crowds import crowd

ACTIVE = {"status": ["ACTIVE"]}
WAITING = (
    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' "
    "AND query LIKE '%FOR KEY SHARE%')"
)


@pytest.fixture
async def people(workspace: int) -> list[int]:
    """The ids of five contacts."""
    catalog = await current_catalog(workspace)
    drafts = [ContactDraft(f"{name}@example.com") for name in ("ani", "budi", "citra", "dewi", "eka")]
    return [await create_contact(catalog, draft, Status.PENDING, None) for draft in drafts]


@pytest.fixture
async def segment(workspace: int) -> int:
    """The id of a dynamic segment."""
    return await create_dynamic(workspace, "Active", ACTIVE)


async def pinned(workspace: int, segment: int) -> dict[int, bool]:
    """Whether each pinned contact is in."""
    page = await pins_page(workspace, segment, Window(200))
    return {row["contact_id"]: row["is_included"] for row in page.rows}


async def refused(pinning: Awaitable[None]) -> tuple[str, str, str]:
    """The code, the path and the message of the one problem."""
    with pytest.raises(Refused) as found:
        await pinning
    [problem] = found.value.problems
    return problem.code.value, problem.path, problem.message


async def test_the_last_word_on_a_contact_counts(workspace: int, segment: int, people: list[int]) -> None:
    ani, budi, citra, *_ = people
    await pin_contacts(workspace, segment, Pinning([ani, budi], [citra]))
    await pin_contacts(workspace, segment, Pinning([citra], [ani], [budi]))
    assert await pinned(workspace, segment) == {ani: False, citra: True}
    assert await count_pins(workspace, [segment]) == {segment: (1, 1)}
    assert await find_pin(workspace, segment, budi) is None


@pytest.mark.parametrize(
    ("pinning", "problem"),
    [
        (lambda ids: Pinning([*ids[:1], -1], [0, *ids[1:2]]), ("NOT_FOUND", "input.include[1]", "2 of these are no")),
        (
            lambda ids: Pinning(ids[:2], [], ids[1:2]),
            ("NOT_ALLOWED", "input.unpin[0]", "this contact is named twice"),
        ),
        (lambda ids: Pinning([*ids[:2], ids[0]]), ("NOT_ALLOWED", "input.include[2]", "this contact is named twice")),
        (lambda ids: Pinning(), ("REQUIRED", "input", "name the contacts to pin or to unpin")),
    ],
    ids=["unknown", "named in two ways", "named twice", "nobody"],
)
async def test_one_that_is_wrong_refuses_all(
    workspace: int,
    segment: int,
    people: list[int],
    pinning: Callable[[list[int]], Pinning],
    problem: tuple[str, str, str],
) -> None:
    await pin_contacts(workspace, segment, Pinning(people[4:]))
    code, path, message = await refused(pin_contacts(workspace, segment, pinning(people)))
    assert (code, path) == problem[:2]
    assert message.startswith(problem[2])
    assert await pinned(workspace, segment) == {people[4]: True}


async def test_another_workspaces_contacts_are_unknown(workspace: int, segment: int, people: list[int]) -> None:
    other = await create_workspace("other", "Asia/Jakarta")
    stranger = await create_contact(
        await current_catalog(other), ContactDraft("ani@example.com"), Status.PENDING, None
    )
    code, path, _ = await refused(pin_contacts(workspace, segment, Pinning([*people, stranger])))
    assert (code, path) == ("NOT_FOUND", "input.include[5]")
    assert (await refused(pin_contacts(other, segment, Pinning([stranger]))))[:2] == ("NOT_FOUND", "input.id")


async def test_only_dynamic_segments_that_are_there_take_pins(
    workspace: int, segment: int, people: list[int]
) -> None:
    listed = await create_static(workspace, "List", people)
    code, path, message = await refused(pin_contacts(workspace, listed, Pinning(people)))
    assert (code, path) == ("NOT_ALLOWED", "input.id")
    assert message.startswith("this segment is a fixed list")
    await delete_segment(workspace, segment)
    assert (await refused(pin_contacts(workspace, segment, Pinning(people))))[:2] == ("NOT_FOUND", "input.id")


async def test_a_segment_takes_so_many_pins(
    workspace: int, segment: int, people: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pins, "MOST_PINS", 3)
    await pin_contacts(workspace, segment, Pinning(people[:2], people[2:3]))
    await pin_contacts(workspace, segment, Pinning(people[3:4], people[:1], people[1:2]))
    code, path, message = await refused(pin_contacts(workspace, segment, Pinning([], people[4:])))
    assert (code, path) == ("NOT_ALLOWED", "input")
    assert "at most 3 pinned contacts, and these would make 4" in message
    assert len(await pinned(workspace, segment)) == 3


async def test_the_catalog_knows_that_there_are_pins(workspace: int, segment: int, people: list[int]) -> None:
    async def known() -> tuple[bool, bool]:
        found = (await current_catalog(workspace)).segments[segment]
        return found.has_pinned_in, found.has_pinned_out

    seen = [await known()]
    for pinning in (Pinning(people), Pinning([], people[:1]), Pinning([], people[1:]), Pinning(unpin=people)):
        await pin_contacts(workspace, segment, pinning)
        seen.append(await known())
    assert seen == [(False, False), (True, False), (True, True), (False, True), (False, False)]


async def test_pages_of_pins_part_them(workspace: int, segment: int, people: list[int]) -> None:
    for id in people[:3]:
        await pin_contacts(workspace, segment, Pinning([id]))
    await pin_contacts(workspace, segment, Pinning([], people[3:]))

    def ids(page: Page) -> list[int]:
        return [row["contact_id"] for row in page.rows]

    newest = [*people[:2:-1], *people[2::-1]]
    assert ids(await pins_page(workspace, segment, Window(9))) == newest
    assert ids(await pins_page(workspace, segment, Window(9), is_included=True)) == people[2::-1]
    assert ids(await pins_page(workspace, segment, Window(9), is_included=False)) == people[:2:-1]


async def test_who_is_gone_is_unpinned_in_peace(workspace: int, segment: int, people: list[int]) -> None:
    ani, budi, *_ = people
    await pin_contacts(workspace, segment, Pinning([ani], [budi]))
    await delete_contact(workspace, ani)
    await pin_contacts(workspace, segment, Pinning(unpin=[ani, budi]))
    assert await pinned(workspace, segment) == {}


async def delete(workspace: int, contact: int) -> None:
    await delete_contact(workspace, contact)


async def erase(workspace: int, contact: int) -> None:
    await erase_contact(workspace, contact, None, "asked")


@pytest.mark.parametrize("remove", [delete, erase], ids=["deleted", "erased"])
async def test_the_catalog_forgets_pins_with_their_last_contact(
    workspace: int, segment: int, people: list[int], remove: Callable[[int, int], Awaitable[None]]
) -> None:
    ani, budi, citra, dewi, _ = people
    await pin_contacts(workspace, segment, Pinning([ani, budi], [citra]))

    async def known() -> tuple[int, bool, bool]:
        found = await current_catalog(workspace)
        async with connection() as borrowed:
            version = await catalog_version(borrowed, workspace)
        return version, found.segments[segment].has_pinned_in, found.segments[segment].has_pinned_out

    began, *_ = await known()
    seen = []
    for contact in (dewi, ani, citra, budi):
        await remove(workspace, contact)
        seen.append(await known())
    assert seen == [(began, True, True), (began, True, True), (began + 1, True, False), (began + 2, False, False)]


@pytest.mark.parametrize("more", [0, 1], ids=["few", "many"])
async def test_many_pins_are_asked_otherwise_than_few(workspace: int, segment: int, more: int) -> None:
    await crowd(workspace, FEW_PINS + more + 1)
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "UPDATE contact SET status = 'PENDING' WHERE workspace_id = $1 RETURNING id", workspace
        )
    await pin_contacts(workspace, segment, Pinning([row[0] for row in rows[1:]]))
    catalog = await current_catalog(workspace)
    found = catalog.segments[segment]
    assert found.has_many_pinned_in == bool(more)
    scope = Scope(workspace, Clock(datetime.now(UTC), catalog.zone))
    assert await count_contacts(workspace, [condition(segment_filter(found, catalog), scope)]) == FEW_PINS + more


async def test_a_pin_that_waits_for_a_contact_holds_up_no_edit(
    workspace: int, segment: int, people: list[int]
) -> None:
    async with transaction() as borrowed:
        await borrowed.execute(
            "SELECT FROM contact WHERE workspace_id = $1 AND id = $2 FOR UPDATE", workspace, people[0]
        )
        waiting = asyncio.create_task(pin_contacts(workspace, segment, Pinning(people)))
        await until_waiting()
        await asyncio.wait_for(update_segment(workspace, segment, "Renamed", None), 5)
    await waiting
    assert len(await pinned(workspace, segment)) == len(people)


async def until_waiting() -> None:
    """Until a statement waits for a lock."""
    async with connection() as borrowed:
        for _ in range(100):
            if await borrowed.fetchval(WAITING):
                return
            await asyncio.sleep(0.02)
    raise AssertionError("nobody waits")


@pytest.mark.parametrize(
    ("actor", "author"),
    [
        (Actor(subject="ani@idp"), Author(ActorKind.SUBJECT, "ani@idp")),
        (Actor(), Author(ActorKind.OPERATOR, "operator")),
        (None, Author(None, None)),
    ],
    ids=["subject", "operator", "nobody"],
)
async def test_pins_tell_who_made_them(
    workspace: int, segment: int, people: list[int], actor: Actor | None, author: Author
) -> None:
    async with recorded(Act(workspace, actor, "pin")) if actor else nullcontext():
        await pin_contacts(workspace, segment, Pinning(people[:1]))
    pin = await find_pin(workspace, segment, people[0])
    assert pin is not None
    assert pin.author == author
