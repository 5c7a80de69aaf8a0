"""Who must not be contacted is not, whoever brings the address in again."""

import asyncio
from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path

import pytest

from app.filters.catalog import Catalog
from app.filters.problems import Refused
from app.filters.vocabulary import Status
from app.queries import contact_writes as writes
from app.queries import status_events
from app.queries.catalogs import current_catalog
from app.queries.connections import connection, transaction
from app.queries.contacts import count_by_status, status_histories
from app.queries.do_not_contact import (
    MOST_ADDRESSES,
    Added,
    add_addresses,
    count_unwanted,
    hold_list,
    is_unwanted,
    remove_address,
)
from app.queries.imports.ledger import create_import
from app.transfer.imports.options import Options
from app.transfer.imports.running import run_import
from tests.conftest import WorkspaceMaker

LISTED = "Listed@Example.com"
EVENTS = {Status.UNSUBSCRIBED: status_events.UNSUBSCRIBED, Status.HARD_BOUNCE: status_events.BOUNCED}

Write = Callable[[Catalog, int], Awaitable[object]]


async def create(catalog: Catalog, email: str, status: Status = Status.ACTIVE) -> int:
    """A contact that has come to a status."""
    start = Status.ACTIVE if status in EVENTS else status
    contact = await writes.create_contact(catalog, writes.ContactDraft(email), start, "a form")
    if status in EVENTS:
        await status_events.record_event(catalog.workspace_id, contact, EVENTS[status], None)
    return contact


async def row(workspace: int, table: str = "do_not_contact") -> dict[str, object]:
    """The only row of a table that the workspace has."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(f"SELECT * FROM {table} WHERE workspace_id = $1", workspace)
    assert len(rows) == 1
    return dict(rows[0])


REFUSED: dict[str, tuple[Write, str]] = {
    "create": (
        lambda catalog, _: writes.create_contact(
            catalog, writes.ContactDraft(" LISTED@example.com"), Status.PENDING, None
        ),
        "input.email",
    ),
    "update": (
        lambda catalog, contact: writes.update_contact(catalog, contact, writes.ContactDraft("listed@example.com")),
        "input.email",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_listed_address_is_refused(catalog: Catalog, case: str) -> None:
    write, path = REFUSED[case]
    workspace, contact = catalog.workspace_id, await create(catalog, "a@example.com")
    assert await add_addresses(workspace, [LISTED], "asked for erasure") == Added(1, 0)
    with pytest.raises(Refused) as refused:
        await write(catalog, contact)
    assert [(problem.code.value, problem.path) for problem in refused.value.problems] == [("DO_NOT_CONTACT", path)]
    assert [found["cause"] for found in (await status_histories(workspace, [contact]))[contact]] == ["CREATED"]
    await remove_address(workspace, LISTED, "called us on 2 May")
    await write(catalog, contact)


@pytest.mark.parametrize(
    ("before", "event"), [(Status.PENDING, status_events.CONFIRMED), (Status.HARD_BOUNCE, status_events.RESUBSCRIBED)]
)
async def test_listed_contact_stays_unsendable(
    catalog: Catalog, before: Status, event: status_events.StatusEvent
) -> None:
    workspace, contact = catalog.workspace_id, await create(catalog, LISTED, before)
    async with connection() as borrowed:
        await borrowed.execute(
            "INSERT INTO do_not_contact (workspace_id, hash, cause, added_at) SELECT id, encode(sha256(salt || "
            "convert_to('listed@example.com', 'UTF8')), 'hex'), 'x', now() FROM workspace WHERE id = $1",
            workspace,
        )
    with pytest.raises(Refused, match="do-not-contact list"):
        await status_events.record_event(workspace, contact, event, "a form")
    assert await count_by_status(workspace, []) == {before.value: 1}
    await remove_address(workspace, LISTED, "called us on 2 May")
    await status_events.record_event(workspace, contact, event, "a form")
    assert await count_by_status(workspace, []) == {"ACTIVE": 1}


@pytest.mark.parametrize(
    ("before", "after", "unsubscribed"),
    [
        (Status.ACTIVE, Status.UNSUBSCRIBED, 1),
        (Status.PENDING, Status.UNSUBSCRIBED, 1),
        (Status.UNSUBSCRIBED, Status.UNSUBSCRIBED, 0),
        (Status.HARD_BOUNCE, Status.HARD_BOUNCE, 0),
    ],
)
async def test_listing_unsubscribes_the_contact(
    catalog: Catalog, before: Status, after: Status, unsubscribed: int
) -> None:
    workspace, contact = catalog.workspace_id, await create(catalog, LISTED, before)
    await create(catalog, "other@example.com")
    history = (await status_histories(workspace, [contact]))[contact]
    assert await add_addresses(workspace, ["listed@example.com", LISTED], "complained") == Added(1, unsubscribed)
    assert await add_addresses(workspace, [LISTED], "complained again") == Added(0, 0)
    noted = (await status_histories(workspace, [contact]))[contact][: -len(history)]
    assert [tuple(one)[1:5] for one in noted] == [
        (before.value, "UNSUBSCRIBED", "DO_NOT_CONTACT", "complained")
    ] * unsubscribed
    counts = await count_by_status(workspace, [])
    assert counts == {"ACTIVE": 1, after.value: 1}
    await writes.update_contact(catalog, contact, writes.ContactDraft("LISTED@example.com", {"name": "Ani"}))


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("status", list(Status))
async def test_deleted_opted_out_contacts_are_listed(catalog: Catalog, status: Status, asked: bool) -> None:
    workspace, contact = catalog.workspace_id, await create(catalog, LISTED, status)
    await writes.delete_contact(workspace, contact, unwanted=asked)
    assert await is_unwanted(workspace, LISTED) == (asked or status in EVENTS)
    assert await count_unwanted(workspace) == (asked or status in EVENTS)


@pytest.mark.parametrize("status", list(Status))
async def test_address_left_by_who_opted_out_is_listed(catalog: Catalog, status: Status) -> None:
    workspace, contact = catalog.workspace_id, await create(catalog, LISTED, status)
    await writes.update_contact(catalog, contact, writes.ContactDraft("LISTED@example.com"))
    assert await count_unwanted(workspace) == 0
    await writes.update_contact(catalog, contact, writes.ContactDraft("new@example.com"))
    assert await is_unwanted(workspace, LISTED) == (status in EVENTS)
    assert not await is_unwanted(workspace, "new@example.com")


async def test_deleted_contact_comes_in_by_no_import(catalog: Catalog, tmp_path: Path) -> None:
    workspace, contact = catalog.workspace_id, await create(catalog, LISTED, Status.UNSUBSCRIBED)
    await writes.delete_contact(workspace, contact)
    content = b"email,status\nlisted@example.com,active\nb@example.com,active\n"
    (tmp_path / "stored").write_bytes(content)
    options = Options(status=Status.ACTIVE, consent="a form").to_document()
    import_id = await create_import(workspace, "a.csv", "stored", len(content), options, is_dry_run=False)
    await run_import(workspace, import_id, tmp_path)
    assert await count_by_status(workspace, []) == {"ACTIVE": 1}


async def test_list_holds_salted_hashes_alone(workspace: int) -> None:
    await add_addresses(workspace, ["Ａni@Example.com"], "asked for erasure")
    async with connection() as borrowed:
        salt = await borrowed.fetchval("SELECT salt FROM workspace WHERE id = $1", workspace)
    found = await row(workspace)
    assert (found["hash"], found["cause"]) == (sha256(salt + b"ani@example.com").hexdigest(), "asked for erasure")
    assert await is_unwanted(workspace, "ani@EXAMPLE.com ")


async def test_removal_keeps_the_consent(workspace: int) -> None:
    await add_addresses(workspace, [LISTED], "complained")
    before = await row(workspace)
    await remove_address(workspace, LISTED, "called us on 2 May")
    kept = await row(workspace, "do_not_contact_removal")
    assert {key: kept[key] for key in before} == before
    assert kept["consent"] == "called us on 2 May"
    assert await count_unwanted(workspace) == 0


@pytest.mark.parametrize(
    ("emails", "reason", "problems"),
    [
        (["a@example.com"], " ", [("REQUIRED", "input.reason")]),
        ([], "x", [("TOO_MANY_VALUES", "input.emails")]),
        (["a@example.com"] * (MOST_ADDRESSES + 1), "x", [("TOO_MANY_VALUES", "input.emails")]),
        (
            ["a@example.com", "no", ""],
            "x",
            [("INVALID_EMAIL", "input.emails[1]"), ("INVALID_EMAIL", "input.emails[2]")],
        ),
    ],
)
async def test_bad_list_adds_nothing(
    workspace: int, emails: list[str], reason: str, problems: list[tuple[str, str]]
) -> None:
    with pytest.raises(Refused) as refused:
        await add_addresses(workspace, emails, reason)
    assert [(problem.code.value, problem.path) for problem in refused.value.problems] == problems
    assert await count_unwanted(workspace) == 0


@pytest.mark.parametrize(
    ("email", "consent", "code"),
    [("a@example.com", "called us", "NOT_FOUND"), (LISTED, " ", "REQUIRED"), ("no", "called us", "INVALID_EMAIL")],
)
async def test_bad_removal_removes_nothing(workspace: int, email: str, consent: str, code: str) -> None:
    await add_addresses(workspace, [LISTED], "complained")
    with pytest.raises(Refused) as refused:
        await remove_address(workspace, email, consent)
    assert refused.value.problems[0].code.value == code
    assert await is_unwanted(workspace, LISTED)


async def test_lists_of_workspaces_are_apart(make_workspace: WorkspaceMaker) -> None:
    mine, theirs = await make_workspace(), await make_workspace()
    contact = await create(await current_catalog(theirs), LISTED)
    await add_addresses(mine, [LISTED], "complained")
    assert not await is_unwanted(theirs, LISTED)
    assert await count_by_status(theirs, []) == {"ACTIVE": 1}
    await add_addresses(theirs, [LISTED], "complained")
    assert (await row(mine))["hash"] != (await row(theirs))["hash"]
    await remove_address(mine, LISTED, "called us")
    assert await is_unwanted(theirs, LISTED)
    with pytest.raises(Refused):
        await writes.delete_contact(mine, contact, unwanted=True)
    assert await count_unwanted(mine) == 0


async def test_listing_waits_for_those_who_hold_the_list(catalog: Catalog) -> None:
    workspace = catalog.workspace_id
    async with transaction() as borrowed:
        await hold_list(borrowed, workspace)
        listing = asyncio.create_task(add_addresses(workspace, [LISTED], "complained"))
        creating = asyncio.create_task(create(catalog, LISTED))
        await asyncio.wait([listing], timeout=0.2)
        assert not listing.done()
    assert (await listing).addresses == 1
    await asyncio.wait([creating])
    assert set(await count_by_status(workspace, [])) <= {"UNSUBSCRIBED"}
    assert (creating.exception() is None) == bool(await count_by_status(workspace, []))


async def test_no_race_makes_a_listed_address_sendable(catalog: Catalog) -> None:
    for number in range(12):
        email = f"p{number}@example.com"
        done = await asyncio.gather(
            create(catalog, email), add_addresses(catalog.workspace_id, [email], "x"), return_exceptions=True
        )
        assert not isinstance(done[1], BaseException)
    assert "ACTIVE" not in await count_by_status(catalog.workspace_id, [])
