"""The ledger of imports and its steps: each once, whoever asks again, and for one at a time."""

import asyncio
from collections.abc import AsyncIterator

import orjson
import pytest

from app.filters.catalog import Catalog
from app.filters.problems import Code, Refused
from app.filters.vocabulary import FieldType, Status
from app.queries import contact_writes as writes
from app.queries.catalogs import current_catalog
from app.queries.connections import connection, transaction
from app.queries.contact_writes import ContactDraft
from app.queries.fields import create_field
from app.queries.imports import ledger
from app.queries.imports.changing import ask_undo, cancel_import, start_checked
from app.queries.imports.claims import ClaimLost, claimed_import
from app.queries.imports.counting import Counts, import_counts
from app.queries.imports.ledger import ImportState
from app.queries.imports.merge_statement import Merging
from app.queries.imports.merging import merge_part
from app.queries.imports.progress import conclude, finish_import, pending_parts, save_plan
from app.queries.imports.settling import settle
from app.queries.imports.staging import Stopped, drop_stage, ensure_stage, hold, stage, stage_of
from app.queries.imports.undoing import return_changed
from tests.conftest import WorkspaceMaker

ROW = "0\t{0}\tp{0}@example.com\tp{0}@example.com\t\\N\t\\N\t\\N\t\\N\t{{}}\t{{}}\t{{}}\t\\N\t\\N\tf\n"
ROWS = b"".join(ROW.format(line).encode() for line in (2, 3, 4))
MERGING = Merging("PENDING")


@pytest.fixture
async def planned(workspace: int) -> AsyncIterator[int]:
    """An import of one part of three rows that waits to be loaded."""
    made = await ledger.create_import(workspace, "x.csv", "none", 1, {}, is_dry_run=False)
    await save_plan(workspace, made, {"labels": {}}, [(0, 0, 100, 2, 3)])
    await ensure_stage(workspace, made)
    yield made
    await end(workspace, made, ImportState.FAILED) or await end(workspace, made, ImportState.CANCELLED)
    await drop_stage(made)


async def end(workspace: int, import_id: int, state: ImportState) -> bool:
    return await conclude(workspace, import_id, state) and await finish_import(workspace, import_id)


@pytest.fixture
async def settled(workspace: int, planned: int) -> int:
    """The import with its part staged, ready to be merged."""
    await stage(workspace, planned, 0, ROWS, [])
    await settle(workspace, planned)
    return planned


async def staged_rows(import_id: int) -> int:
    async with connection() as borrowed:
        found = await borrowed.fetchval(f"SELECT count(*) FROM {stage_of(import_id)} WHERE part >= 0")
    return int(found)


async def counts(workspace: int, import_id: int) -> Counts:
    return (await import_counts(workspace, [import_id]))[import_id]


@pytest.fixture
async def alone(pool: None) -> None:
    """No import of others waits to be claimed."""
    async with connection() as borrowed:
        await borrowed.execute("UPDATE file_import SET finished_at = now() WHERE finished_at IS NULL")


async def test_a_part_is_staged_once(workspace: int, planned: int) -> None:
    for _ in range(2):
        await stage(workspace, planned, 0, ROWS, [(9, "no", ["x"])])
    assert await staged_rows(planned) == 3


async def test_a_part_is_merged_once(workspace: int, settled: int) -> None:
    for _ in range(2):
        await merge_part(workspace, settled, 0, MERGING)
    assert await counts(workspace, settled) == Counts(3, 3, 3, created=3, statuses={"PENDING": 3})


async def test_two_workers_merge_a_part_once(workspace: int, settled: int) -> None:
    await asyncio.gather(*(merge_part(workspace, settled, 0, MERGING) for _ in range(3)))
    assert await counts(workspace, settled) == Counts(3, 3, 3, created=3, statuses={"PENDING": 3})


async def test_a_stage_that_was_emptied_is_filled_anew(workspace: int, settled: int) -> None:
    async with connection() as borrowed:
        await borrowed.execute(f"TRUNCATE {stage_of(settled)}")
    await ensure_stage(workspace, settled)
    assert (await ledger.find_import(workspace, settled)).state is ImportState.LOADING
    assert len(await pending_parts(workspace, settled, "is_staged")) == 1
    await stage(workspace, settled, 0, ROWS, [])
    await settle(workspace, settled)
    await merge_part(workspace, settled, 0, MERGING)
    assert (await counts(workspace, settled)).created == 3


async def test_a_stage_that_is_whole_stays(workspace: int, settled: int) -> None:
    await ensure_stage(workspace, settled)
    assert (await ledger.find_import(workspace, settled)).state is ImportState.MERGING
    assert await staged_rows(settled) == 3


async def test_nothing_goes_on_with_a_cancelled_import(workspace: int, settled: int) -> None:
    await cancel_import(workspace, settled)
    for step in (
        lambda: stage(workspace, settled, 0, ROWS, []),
        lambda: settle(workspace, settled),
        lambda: merge_part(workspace, settled, 0, MERGING),
    ):
        with pytest.raises(Stopped):
            await step()
    assert (await counts(workspace, settled)).created == 0
    await drop_stage(settled)
    await drop_stage(settled)


async def test_a_part_that_is_merged_does_not_hold_off_a_cancellation(workspace: int, settled: int) -> None:
    async with transaction() as borrowed:
        await hold(borrowed, workspace, settled, ImportState.MERGING)
        await asyncio.wait_for(cancel_import(workspace, settled), 2)
    assert (await ledger.find_import(workspace, settled)).state is ImportState.CANCELLED


@pytest.mark.parametrize("state", [ImportState.DONE, ImportState.FAILED, ImportState.CANCELLED, ImportState.CHECKED])
async def test_what_is_over_is_neither_cancelled_nor_finished_again(
    workspace: int, planned: int, state: ImportState
) -> None:
    assert await end(workspace, planned, state)
    assert not await end(workspace, planned, ImportState.DONE)
    if state is ImportState.CHECKED:  # what it shows can still be given up
        return
    with pytest.raises(Refused, match="over already") as refused:
        await cancel_import(workspace, planned)
    assert refused.value.problems[0].code is Code.NOT_ALLOWED
    assert (await ledger.find_import(workspace, planned)).state is state


async def test_an_import_is_known_in_its_own_workspace_alone(
    workspace: int, planned: int, make_workspace: WorkspaceMaker
) -> None:
    other = await make_workspace()
    for act in (ledger.find_import, cancel_import, start_checked, ask_undo):
        with pytest.raises(Refused, match="there is no such import"):
            await act(other, planned)
    assert (await counts(other, planned)).rows == 0
    assert await pending_parts(other, planned, "is_staged") == []
    assert not await end(other, planned, ImportState.DONE)
    with pytest.raises(Stopped):
        await stage(other, planned, 0, ROWS, [])
    assert (await ledger.find_import(workspace, planned)).state is ImportState.LOADING


@pytest.mark.usefixtures("alone")
async def test_a_claim_is_one_callers_alone(workspace: int, planned: int) -> None:
    async with claimed_import() as first, claimed_import() as second:
        assert (first, second) == ((workspace, planned), None)
    async with claimed_import() as again:
        assert again == (workspace, planned)


@pytest.mark.usefixtures("alone")
async def test_of_a_workspace_the_oldest_import_is_claimed(
    workspace: int, planned: int, make_workspace: WorkspaceMaker
) -> None:
    other = await make_workspace()
    later, theirs = [
        await ledger.create_import(one, "x.csv", "none", 1, {}, is_dry_run=False) for one in (workspace, other)
    ]
    async with claimed_import() as first, claimed_import() as second, claimed_import() as third:
        assert (first, second, third) == ((workspace, planned), (other, theirs), None)
    for one, import_id in ((workspace, later), (other, theirs)):
        await end(one, import_id, ImportState.FAILED)


@pytest.mark.usefixtures("alone")
async def test_a_claim_ends_with_its_connection(workspace: int, planned: int) -> None:
    async def hold() -> None:
        async with claimed_import():
            await lose_claims()
            await asyncio.sleep(10)

    with pytest.raises(ClaimLost):
        await hold()
    async with claimed_import() as again:
        assert again == (workspace, planned)


async def lose_claims() -> None:
    """End the connections that hold claims, as PostgreSQL or a network may."""
    async with connection() as borrowed:
        await borrowed.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )


@pytest.mark.usefixtures("alone")
async def test_a_cancelled_worker_gives_its_claim_back(workspace: int, planned: int) -> None:
    async def hold() -> None:
        async with claimed_import():
            await asyncio.sleep(10)

    worker = asyncio.create_task(hold())
    await asyncio.sleep(0.1)
    worker.cancel()
    with pytest.raises(asyncio.CancelledError):
        await worker
    async with claimed_import() as again:
        assert again == (workspace, planned)


async def test_a_contact_made_meanwhile_is_known(workspace: int, catalog: Catalog, settled: int) -> None:
    """Somebody makes one of the part's contacts, and commits only while the merge waits for it."""
    async with connection() as borrowed, borrowed.transaction():
        await borrowed.execute(
            "INSERT INTO contact (workspace_id, email, email_folded, status, label_ids, fields, folded, created_at, "
            "updated_at) VALUES ($1, 'p3@example.com', 'p3@example.com', 'PENDING', '{}', '{}', '{}', now(), now())",
            workspace,
        )
        merging = asyncio.create_task(merge_part(workspace, settled, 0, MERGING))
        await asyncio.sleep(0.2)
        assert not merging.done()
    await merging
    assert await counts(workspace, settled) == Counts(3, 3, 3, created=2, unchanged=1, statuses={"PENDING": 3})


@pytest.mark.parametrize(
    ("before", "first", "second"),
    [
        ({}, {"city": "solo"}, {"city": "bogor"}),
        ({"city": "solo"}, {"city": "bogor"}, {"city": "medan", "job": "cook"}),
        ({"city": "solo"}, {"job": "cook"}, {"city": "solo", "job": "smith"}),
        ({"city": "solo"}, {"city": "bogor"}, {}),
    ],
)
async def test_a_contact_whose_address_changes_meanwhile_may_come_twice(
    workspace: int, catalog: Catalog, before: dict[str, str], first: dict[str, str], second: dict[str, str]
) -> None:
    for key in ("city", "job"):
        await create_field(workspace, key, key.title(), FieldType.TEXT)
    catalog = await current_catalog(workspace)
    contact_id = await writes.create_contact(
        catalog, ContactDraft("p2@example.com", fields=list(before.items())), Status.PENDING, None
    )
    made = await ledger.create_import(workspace, "x.csv", "none", 1, {}, is_dry_run=False)
    await save_plan(workspace, made, {"labels": {}}, [(0, 0, 9, 2, 1), (1, 9, 18, 3, 1)])
    await ensure_stage(workspace, made)
    for number, line, fields in ((0, 2, first), (1, 3, second)):
        document = orjson.dumps(fields).decode()
        row = f"{number}{ROW.format(line)[1:]}".replace("{}\t{}\t\\N", f"{document}\t{document}\t\\N", 1)
        await stage(workspace, made, number, row.encode(), [])
    await settle(workspace, made)
    merging = Merging("PENDING", clear=("city",))
    await merge_part(workspace, made, 0, merging)
    await writes.update_contact(catalog, contact_id, ContactDraft("p3@example.com"))
    await merge_part(workspace, made, 1, merging)
    assert await fields_of(workspace, contact_id) == second
    assert (await counts(workspace, made)).created == 0
    await drop_stage(made)
    await end(workspace, made, ImportState.DONE)
    await ask_undo(workspace, made)
    assert await return_changed(workspace, made)
    assert await fields_of(workspace, contact_id) == before
    await end(workspace, made, ImportState.UNDONE)


async def fields_of(workspace: int, contact_id: int) -> dict[str, str]:
    async with connection() as borrowed:
        found = await borrowed.fetchval(
            "SELECT fields FROM contact WHERE workspace_id = $1 AND id = $2", workspace, contact_id
        )
    return dict(orjson.loads(found))


async def test_an_external_id_taken_meanwhile_refuses_its_row(workspace: int, catalog: Catalog, planned: int) -> None:
    claiming = ROWS.replace(b"p3@example.com\t\\N\t\\N\t\\N", b"p3@example.com\t\\N\t\\N\t7", 1)
    assert claiming != ROWS
    await stage(workspace, planned, 0, claiming, [])
    await settle(workspace, planned)
    draft = ContactDraft("owner@example.com", {"external_id": "7"})
    await writes.create_contact(catalog, draft, Status.PENDING, None)
    await merge_part(workspace, planned, 0, MERGING)
    assert await counts(workspace, planned) == Counts(3, 3, 3, created=2, refused=1, statuses={"PENDING": 2})
