"""An import that is cancelled, breaks off or goes wrong: what is left of it, and how it goes on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import psutil
import pytest
from structlog.testing import capture_logs

from app.filters.vocabulary import FieldType
from app.queries.connections import connection, transaction
from app.queries.faults import unreachable
from app.queries.fields import archive_field, create_field
from app.queries.imports import claims, ledger
from app.queries.imports.changing import cancel_import
from app.queries.imports.ledger import ImportState
from app.transfer.imports import running
from app.transfer.work import working
from tests.queries.test_imports import lose_claims
from tests.transfer.imports.loading import Dock, counts_of, everyone, stage_tables, until

ROWS = 12_000
# A column that is left out makes many parts of few rows.
LONG = "email,n,filling\n" + "".join(f"p{n}@example.com,{n},{'x' * 700}\n" for n in range(ROWS))
UNFILLED = {"filling": None}

Sight = Callable[[int, int], Awaitable[object]]


async def is_loading(workspace: int, import_id: int) -> bool:
    return (await counts_of(workspace, import_id)).staged > 0


async def is_merging(workspace: int, import_id: int) -> bool:
    return (await counts_of(workspace, import_id)).merged > 0


async def is_over(workspace: int, import_id: int) -> bool:
    try:
        return (await ledger.find_import(workspace, import_id)).finished_at is not None
    except Exception as error:
        if unreachable(error):  # this look's own connection was lost, too
            return False
        raise


async def has_cleared_away(import_id: int) -> bool:
    return f"import_stage_{import_id}" not in await stage_tables()


async def check_whole(workspace: int, import_id: int) -> None:
    """Exactly the file's contacts, each made once."""
    row = await ledger.find_import(workspace, import_id)
    counts = await counts_of(workspace, import_id)
    assert (row.state, row.problem) == (ImportState.DONE, None)
    assert (counts.created, counts.changed, counts.unchanged, counts.refused) == (ROWS, 0, 0, 0)
    async with connection() as borrowed:
        noted = await borrowed.fetch(
            "SELECT count(*) FROM status_change WHERE workspace_id = $1 GROUP BY contact_id", workspace
        )
    assert len(await everyone(workspace)) == len(noted) == ROWS
    assert {row["count"] for row in noted} == {1}
    assert await has_cleared_away(import_id)


@pytest.mark.parametrize("sight", [is_loading, is_merging])
async def test_a_stopped_import_goes_on_where_it_was(workspace: int, dock: Dock, sight: Sight) -> None:
    import_id = await dock.ask(LONG, mapping=UNFILLED)
    async with working(dock.folder):
        await until(lambda: sight(workspace, import_id))
    assert (await ledger.find_import(workspace, import_id)).finished_at is None
    await dock.finish(import_id)
    await check_whole(workspace, import_id)
    assert dock.left() == []


async def lose_connections() -> None:
    """End all connections to the database but one."""
    async with connection() as borrowed:
        await borrowed.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )


@pytest.mark.parametrize("lose", [lose_claims, lose_connections])
@pytest.mark.parametrize("sight", [is_loading, is_merging])
async def test_an_import_whose_connections_are_lost_goes_on(
    workspace: int, dock: Dock, sight: Sight, lose: Callable[[], Awaitable[None]]
) -> None:
    import_id = await dock.ask(LONG, mapping=UNFILLED)
    with capture_logs() as logs:
        async with working(dock.folder):
            await until(lambda: sight(workspace, import_id))
            await lose()
            assert not await is_over(workspace, import_id)
            await until(lambda: is_over(workspace, import_id))
            await until(lambda: has_cleared_away(import_id))
    assert logs == []
    await check_whole(workspace, import_id)


@pytest.mark.parametrize("sight", [is_loading, is_merging])
async def test_a_cancelled_import_ends_soon(workspace: int, dock: Dock, sight: Sight) -> None:
    import_id = await dock.ask(LONG, mapping=UNFILLED)
    working = asyncio.create_task(dock.finish(import_id))
    await until(lambda: sight(workspace, import_id))
    before = asyncio.get_running_loop().time()
    await cancel_import(workspace, import_id)
    assert asyncio.get_running_loop().time() - before < 1
    done = await working
    assert asyncio.get_running_loop().time() - before < 3
    assert done.row.state is ImportState.CANCELLED
    assert done.counts.created == len(await everyone(workspace)) < ROWS
    assert dock.left() == []
    assert await has_cleared_away(import_id)


async def test_a_stopped_dry_run_shows_the_first_rows_all_the_same(workspace: int, dock: Dock) -> None:
    import_id = await dock.ask(LONG, dry_run=True, mapping=UNFILLED)
    async with working(dock.folder):
        await until(lambda: is_merging(workspace, import_id))
    assert (await ledger.find_import(workspace, import_id)).finished_at is None
    done = await dock.finish(import_id)
    assert done.numbers == (ROWS, 0, 0, 0)
    assert [sample["line"] for sample in done.row.samples or []] == list(range(2, 12))


async def test_a_cancelled_imports_refused_rows_have_their_cells(workspace: int, dock: Dock) -> None:
    twice = LONG + "".join(f"p{n}@example.com,{n},again\n" for n in range(5))
    import_id = await dock.ask(twice, mapping=UNFILLED)
    working = asyncio.create_task(dock.finish(import_id))
    await until(lambda: is_merging(workspace, import_id))
    await cancel_import(workspace, import_id)
    done = await working
    assert done.row.state is ImportState.CANCELLED
    assert [row["cells"] and row["cells"][:2] for row in done.refused] == [
        [f"p{n}@example.com", str(n)] for n in range(5)
    ]


async def test_an_import_that_waits_is_cancelled_at_once(workspace: int, dock: Dock) -> None:
    import_id = await dock.ask("email\na@example.com\n")
    await cancel_import(workspace, import_id)
    done = await dock.finish(import_id)
    assert (done.row.state, done.row.plan, dock.left()) == (ImportState.CANCELLED, None, [])
    assert await everyone(workspace) == {}


@asynccontextmanager
async def broken_contacts(workspace: int, email: str) -> AsyncIterator[None]:
    """PostgreSQL fails at one address of a workspace, as for a fault of its own."""
    name = f"broken_{workspace}"
    async with connection() as borrowed:
        await borrowed.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'secret'; END $$"
        )
        await borrowed.execute(
            f"CREATE TRIGGER {name} BEFORE INSERT ON contact FOR EACH ROW "
            f"WHEN (NEW.workspace_id = {workspace} AND NEW.email = '{email}') EXECUTE FUNCTION {name}()"
        )
        try:
            yield
        finally:
            await borrowed.execute(f"DROP FUNCTION {name} CASCADE")


async def test_a_fault_ends_an_import_and_leaves_nothing_behind(workspace: int, dock: Dock) -> None:
    with capture_logs() as logs:
        async with broken_contacts(workspace, f"p{ROWS - 1}@example.com"):
            done = await dock.load(LONG, mapping=UNFILLED)
    assert done.row.state is ImportState.FAILED
    assert (done.row.problem or "").startswith("something went wrong on our side; quote ")
    assert [(log["event"], "secret" in str(log)) for log in logs] == [("import_fault", False)]
    assert 0 < done.counts.created == len(await everyone(workspace))
    await dock.undo(done.row.id)
    assert await everyone(workspace) == {}
    assert dock.left() == []
    assert f"import_stage_{done.row.id}" not in await stage_tables()


async def test_a_reader_that_is_killed_is_replaced(workspace: int, dock: Dock) -> None:
    import_id = await dock.ask(LONG, mapping=UNFILLED)
    working = asyncio.create_task(dock.finish(import_id))
    await until(lambda: is_loading(workspace, import_id))
    readers = [one for one in psutil.Process().children() if "anyio.to_process" in one.cmdline()]
    for reader in readers:
        reader.kill()
    await working
    assert readers
    await check_whole(workspace, import_id)


async def test_an_import_that_is_done_has_cleared_away(
    workspace: int, dock: Dock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "WORTH_TIDYING", 1)
    import_id = await dock.ask("email\n" + "".join(f"p{n}@example.com\n" for n in range(9)))

    async with transaction() as borrowed:
        # What VACUUM waits for, and nobody who writes.
        await borrowed.execute("LOCK TABLE contact IN SHARE UPDATE EXCLUSIVE MODE")
        async with working(dock.folder):
            await until(lambda: is_over(workspace, import_id))
            await asyncio.sleep(0.2)
    assert dock.left() == []
    assert await has_cleared_away(import_id)


async def test_an_import_whose_file_is_gone_says_so(
    workspace: int, dock: Dock, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = await dock.ask("email\na@example.com\n")
    monkeypatch.setattr(claims, "PATIENCE", timedelta(0))
    for path in dock.folder.iterdir():
        path.unlink()
    done = await dock.finish(import_id)
    assert done.row.state is ImportState.FAILED
    assert "the file is not on this server" in (done.row.problem or "")
    assert (await dock.load("email\na@example.com\n")).numbers == (1, 0, 0, 0)


async def test_a_field_archived_meanwhile_is_named(workspace: int, dock: Dock) -> None:
    field = await create_field(workspace, "city", "City", FieldType.TEXT)
    import_id = await dock.ask(LONG.replace("filling", "city", 1))
    async with working(dock.folder):
        await until(lambda: is_loading(workspace, import_id))
    await archive_field(workspace, field)
    done = await dock.finish(import_id)
    assert (done.row.state, done.row.problem) == (ImportState.FAILED, 'the field "City" is not there any more')


async def test_a_problem_that_names_what_cannot_be_stored_ends_an_import(workspace: int, dock: Dock) -> None:
    content = 'email,name,attributes,status\na@example.com,x,"{""a\\u0000b"":""1""}",enabled\n'
    done = await dock.load(content, tool="listmonk")
    assert done.row.state in (ImportState.DONE, ImportState.FAILED)
    assert "\0" not in (done.row.problem or "")
