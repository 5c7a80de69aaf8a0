"""Who says again what a file has said stays opted out when the file is taken back."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from app.filters.vocabulary import Status
from app.queries.catalogs import current_catalog
from app.queries.connections import connection
from app.queries.contacts import count_by_status, status_histories
from app.queries.do_not_contact import add_addresses, remove_address
from app.queries.upserts.asked import Item, Outcome, Result, Upsert
from app.queries.upserts.writing import upsert_contacts
from tests.transfer.imports.loading import Dock, contact, everyone, history

EMAIL = "a@example.com"
ACTIVE = f"email,status\n{EMAIL},active\n"
SAYS_NO = f"email,status,name\n{EMAIL},unsubscribed,Ani\n"

Say = Callable[[int], Awaitable[object]]


@pytest.fixture
def dock(workspace: int, tmp_path: Path) -> Dock:
    """Where files come into the fresh workspace."""
    return Dock(tmp_path, workspace)


async def upserted(workspace: int, *items: Item) -> list[Result]:
    return await upsert_contacts(await current_catalog(workspace), Upsert(items))


async def unsubscribe(workspace: int) -> None:
    (result,) = await upserted(workspace, Item(EMAIL, status=Status.UNSUBSCRIBED))
    assert result.outcome is Outcome.UNCHANGED


async def unsubscribe_badly(workspace: int) -> None:
    (result,) = await upserted(workspace, Item(EMAIL, status=Status.UNSUBSCRIBED, labels=["nope"]))
    assert result.outcome is Outcome.REFUSED


async def bounce(workspace: int) -> None:
    await upserted(workspace, Item(EMAIL, name="Ani", status=Status.HARD_BOUNCE))


async def unsubscribe_to_move(workspace: int) -> None:
    await upserted(workspace, Item(EMAIL, "7", status=Status.UNSUBSCRIBED))


async def list_for_a_while(workspace: int) -> None:
    assert (await add_addresses(workspace, [EMAIL], "complained")).unsubscribed == 0
    await remove_address(workspace, EMAIL, "by mistake")


WAYS: dict[str, tuple[Say, str]] = {
    "an item": (unsubscribe, "UPSERTED"),
    "a refused item": (unsubscribe_badly, "UPSERTED"),
    "a bounce": (bounce, "UPSERTED"),
    "an item with more": (unsubscribe_to_move, "UPSERTED"),
    "the list": (list_for_a_while, "DO_NOT_CONTACT"),
}


@pytest.mark.parametrize("before", [ACTIVE, ""])
@pytest.mark.parametrize("way", WAYS)
async def test_undone_file_leaves_the_repeated_word(workspace: int, dock: Dock, way: str, before: str) -> None:
    say, cause = WAYS[way]
    if before:
        await dock.load(before)
    done = await dock.load(SAYS_NO)
    await say(workspace)
    assert (await history(workspace, EMAIL))[0] == ("UNSUBSCRIBED", "UNSUBSCRIBED", cause)
    await dock.undo(done.row.id)
    assert (await contact(workspace, EMAIL))["status"] == "UNSUBSCRIBED"


@pytest.mark.parametrize("way", WAYS)
async def test_only_the_first_repetition_is_noted(workspace: int, dock: Dock, way: str) -> None:
    await dock.load(SAYS_NO)
    say, _ = WAYS[way]
    await say(workspace)
    noted, people = await history(workspace, EMAIL), await everyone(workspace)
    assert len(noted) == 2
    await say(workspace)
    assert (await history(workspace, EMAIL), await everyone(workspace)) == (noted, people)


@pytest.mark.parametrize("status", [None, Status.ACTIVE, Status.PENDING])
async def test_what_is_no_opt_out_repeats_none(workspace: int, dock: Dock, status: Status | None) -> None:
    await dock.load(ACTIVE)
    done = await dock.load(SAYS_NO)
    await upserted(workspace, Item(EMAIL, "7", status=status))
    await dock.undo(done.row.id)
    assert (await contact(workspace, EMAIL))["status"] == "ACTIVE"


async def test_opt_out_of_a_listed_contact_counts(workspace: int) -> None:
    """However a sendable contact came by an address that is on the list."""
    (made,) = await upserted(workspace, Item(EMAIL, status=Status.PENDING))
    await add_addresses(workspace, [EMAIL], "complained")
    async with connection() as borrowed:
        await borrowed.execute("UPDATE contact SET status = 'ACTIVE' WHERE workspace_id = $1", workspace)
    (result,) = await upserted(workspace, Item(EMAIL, status=Status.HARD_BOUNCE))
    assert (result.outcome, result.problems[0].code.value) == (Outcome.REFUSED, "DO_NOT_CONTACT")
    assert await count_by_status(workspace, []) == {"HARD_BOUNCE": 1}
    assert made.contact_id is not None
    latest = (await status_histories(workspace, [made.contact_id]))[made.contact_id][0]
    assert (latest["previous"], latest["status"], latest["cause"]) == ("ACTIVE", "HARD_BOUNCE", "UPSERTED")
