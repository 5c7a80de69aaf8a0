"""Whose turn it is: no workspace waits behind another, none is tried for ever, and no lock outlives its claim."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from app.queries.connections import connection
from app.queries.imports import claims
from app.queries.imports.changing import ask_undo, cancel_import
from app.queries.imports.claims import MOST_ATTEMPTS, claimed_import
from app.queries.imports.ledger import ImportState, create_import, find_import
from app.queries.imports.progress import conclude, finish_import, save_plan
from tests.conftest import WorkspaceMaker
from tests.transfer.imports.loading import until


@pytest.fixture(autouse=True)
async def nobody_else(pool: None) -> None:
    """What other tests left waiting waits no more."""
    async with connection() as borrowed:
        await borrowed.execute("UPDATE file_import SET finished_at = now() WHERE finished_at IS NULL")


async def ask(workspace: int, stored: str = "stored") -> int:
    """The id of an import that waits."""
    return await create_import(workspace, "x.csv", stored, 1, {}, is_dry_run=False)


async def end(workspace: int, import_id: int, ending: ImportState = ImportState.DONE) -> None:
    """Let an import be over."""
    await conclude(workspace, import_id, ending)
    assert await finish_import(workspace, import_id)


async def begin_and_die() -> tuple[int, int] | None:
    """What a worker claims that is then killed."""
    async with claimed_import() as claim:
        return claim


async def test_workspaces_take_turns_by_how_long_they_waited(make_workspace: WorkspaceMaker) -> None:
    many, few, late = [await make_workspace() for _ in range(3)]
    asked = [(many, await ask(many)), (many, await ask(many)), (many, await ask(many)), (few, await ask(few))]
    asked += [(few, await ask(few)), (late, await ask(late))]
    seen = []
    for _ in asked:
        async with claimed_import() as claim:
            assert claim
            seen.append(claim)
            await end(*claim)
    assert [workspace for workspace, _ in seen] == [many, few, late, many, few, many]
    assert sorted(seen) == sorted(asked)


async def test_an_import_that_gets_no_further_is_given_up(workspace: int) -> None:
    import_id = await ask(workspace)
    for _ in range(MOST_ATTEMPTS):
        assert await begin_and_die() == (workspace, import_id)
        assert (await find_import(workspace, import_id)).ending is None
    assert await begin_and_die() == (workspace, import_id)
    row = await find_import(workspace, import_id)
    assert (row.ending, row.finished_at) == ("FAILED", None)
    assert (row.problem or "").startswith(f"this was begun {MOST_ATTEMPTS} times and got no further")
    await finish_import(workspace, import_id)
    await ask_undo(workspace, import_id)
    assert await begin_and_die() == (workspace, import_id)
    assert (await find_import(workspace, import_id)).ending is None
    await end(workspace, import_id, ImportState.UNDONE)


async def test_an_import_that_gets_further_is_never_given_up(workspace: int) -> None:
    import_id = await ask(workspace)
    parts = 3
    for step in range(parts + 1):
        for _ in range(MOST_ATTEMPTS - 1):
            assert await begin_and_die() == (workspace, import_id)
        if step == 0:
            await save_plan(workspace, import_id, {"labels": {}}, [(n, n, n + 1, n + 2, 1) for n in range(parts)])
        async with connection() as borrowed:
            await borrowed.execute(
                "UPDATE file_import_part SET is_staged = TRUE WHERE import_id = $1 AND number < $2", import_id, step
            )
    assert (await find_import(workspace, import_id)).ending is None
    await cancel_import(workspace, import_id)
    await end(workspace, import_id, ImportState.CANCELLED)


async def test_a_worker_that_is_stopped_has_not_tried(workspace: int) -> None:
    import_id = await ask(workspace)

    async def work() -> None:
        async with claimed_import():
            await asyncio.sleep(10)

    for _ in range(MOST_ATTEMPTS + 2):
        working = asyncio.create_task(work())
        await asyncio.sleep(0.05)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    assert (await find_import(workspace, import_id)).ending is None
    await end(workspace, import_id)


async def test_a_file_that_is_elsewhere_is_left_to_others(
    make_workspace: WorkspaceMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, elsewhere = await make_workspace(), await make_workspace()
    theirs, ours = await ask(elsewhere, "theirs"), await ask(here, "ours")
    async with claimed_import("ours".__eq__) as claim, claimed_import("ours".__eq__) as nothing:
        assert (claim, nothing) == ((here, ours), None)
        await end(*claim or (0, 0))
    async with claimed_import("theirs".__eq__) as claim:
        assert claim == (elsewhere, theirs)
    monkeypatch.setattr(claims, "PATIENCE", timedelta(0))
    async with claimed_import("ours".__eq__) as nothing:
        assert nothing is None  # it was there just now
    async with claimed_import("ours".__eq__) as claim:
        assert claim == (elsewhere, theirs)
        await end(*claim)


async def test_what_needs_no_file_is_done_by_anybody(make_workspace: WorkspaceMaker) -> None:
    undone, cancelled = await make_workspace(), await make_workspace()
    first, second = await ask(undone), await ask(cancelled)
    await end(undone, first)
    await ask_undo(undone, first)
    await cancel_import(cancelled, second)
    async with claimed_import(lambda _: False) as one, claimed_import(lambda _: False) as other:
        assert sorted(claim for claim in (one, other) if claim) == [(undone, first), (cancelled, second)]
    await end(undone, first, ImportState.UNDONE)
    await end(cancelled, second, ImportState.CANCELLED)


async def no_lock_is_left() -> bool:
    """Whether nobody holds a claim in this database."""
    async with connection() as borrowed:
        return not await borrowed.fetchval(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ExclusiveLock' "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )


@pytest.mark.parametrize("moment", ["locking", "unlocking"])
async def test_a_lock_never_goes_back_to_the_pool(
    workspace: int, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    import_id = await ask(workspace)
    asked = asyncpg.Connection.fetchval
    function = {"locking": "pg_try_advisory_lock", "unlocking": "pg_advisory_unlock"}[moment]

    async def cancelled(self: asyncpg.Connection, query: str, *values: Any, **options: Any) -> Any:
        if function not in query:
            return await asked(self, query, *values, **options)
        if moment == "locking":
            await asked(self, query, *values, **options)
        raise asyncio.CancelledError

    with monkeypatch.context() as patched:
        patched.setattr(asyncpg.Connection, "fetchval", cancelled)
        with pytest.raises(asyncio.CancelledError):
            await begin_and_die()
    await until(no_lock_is_left, 5)
    await end(workspace, import_id)
