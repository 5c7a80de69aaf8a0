"""What is left of imports: kept for as long as somebody may need it, and no longer."""

import os
import time
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.queries.connections import connection
from app.queries.imports import ledger, retention
from app.queries.imports.ledger import ImportState
from app.queries.imports.staging import ensure_stage
from app.transfer.tidying import tidy
from tests.transfer.imports.loading import Dock, counts_of, stage_tables

FILE = "email,city\na@example.com,Solo\nb@example.com,\nnobody,\n"


async def age(import_id: int, days: float) -> None:
    """Let an import be so old."""
    async with connection() as borrowed:
        await borrowed.execute(
            "UPDATE file_import SET created_at = created_at - make_interval(secs => $2), "
            "finished_at = finished_at - make_interval(secs => $2) WHERE id = $1",
            import_id,
            days * 86_400,
        )


async def kept(import_id: int) -> tuple[int, int]:
    """How many changes and refused rows of an import are kept."""
    async with connection() as borrowed:
        counts = [
            int(await borrowed.fetchval(f"SELECT count(*) FROM {table} WHERE import_id = $1", import_id))
            for table in ("imported_change", "refused_row")
        ]
    return counts[0], counts[1]


@pytest.mark.parametrize(("days", "expected"), [(29.9, (1, 1)), (30.1, (0, 0))])
async def test_what_undoing_needs_is_kept_for_thirty_days(
    workspace: int, dock: Dock, days: float, expected: tuple[int, int]
) -> None:
    await dock.load("email\na@example.com\n")
    done = await dock.load(FILE)
    assert await kept(done.row.id) == (1, 1)
    await age(done.row.id, days)
    await tidy(dock.folder)
    assert await kept(done.row.id) == expected
    row = await ledger.find_import(workspace, done.row.id)
    counts = await counts_of(workspace, done.row.id)
    assert (row.state, counts.created, counts.changed) == (ImportState.DONE, 1, 1)


async def test_the_counts_of_an_old_import_stay(workspace: int, dock: Dock) -> None:
    done = await dock.load(FILE)
    await age(done.row.id, 31)
    await tidy(dock.folder)
    assert await counts_of(workspace, done.row.id) == done.counts


async def test_what_is_old_goes_a_few_rows_at_a_time(
    workspace: int, dock: Dock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "FORGOTTEN_AT_ONCE", 3)
    rows = [f"p{n}@example.com,{n}\n" for n in range(20)]
    await dock.load("email,n\n" + "".join(rows[:10]))
    old, young = [
        await dock.load("email,n\n" + "".join(rows).replace(",", f",{number}") + "nobody,\n" * 8) for number in (1, 2)
    ]
    shown = await dock.load(FILE, dry_run=True)
    assert (await kept(old.row.id), await kept(young.row.id)) == ((10, 8), (20, 8))
    for import_id in (old.row.id, shown.row.id):
        await age(import_id, 31)
    await tidy(dock.folder)
    assert (await kept(old.row.id), await kept(young.row.id)) == ((0, 0), (20, 8))
    assert (await ledger.find_import(workspace, shown.row.id)).samples is None


async def test_what_goes_wrong_in_tidying_keeps_nothing_else(
    workspace: int, dock: Dock, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = await dock.load(FILE)
    await age(done.row.id, 31)
    for name in ("first", "second", "third"):
        (dock.folder / name).write_bytes(b"x")
    aged(dock.folder)
    unlink = Path.unlink

    def refused(path: Path, missing_ok: bool = False) -> None:
        if path.name == "second":
            raise PermissionError(13, "not permitted", str(path))
        unlink(path, missing_ok)

    async with connection() as borrowed:
        await borrowed.execute("ALTER TABLE idempotent_answer RENAME TO elsewhere")
        try:
            with monkeypatch.context() as patched, capture_logs() as logs:
                patched.setattr(Path, "unlink", refused)
                await tidy(dock.folder)
        finally:
            await borrowed.execute("ALTER TABLE elsewhere RENAME TO idempotent_answer")
    assert [(log["event"], log["step"]) for log in logs] == [
        ("tidying_fault", "answers"),
        ("tidying_fault", "uploads"),
    ]
    assert (await kept(done.row.id), dock.left()) == ((0, 0), ["second"])


async def test_files_that_may_still_be_asked_for_stay(workspace: int, dock: Dock) -> None:
    shown, old = [await dock.load(FILE, dry_run=True) for _ in range(2)]
    await age(old.row.id, 31)
    waiting = await dock.ask(FILE)
    (dock.folder / "nobodys").write_bytes(b"x")
    aged(dock.folder)
    (dock.folder / "coming").write_bytes(b"x")
    await tidy(dock.folder)
    rows = [await ledger.find_import(workspace, import_id) for import_id in (waiting, shown.row.id)]
    assert dock.left() == sorted(["coming", *(row.stored for row in rows)])
    await dock.finish(waiting)


def aged(folder: Path) -> None:
    """Let nobody have written to what is there for two days."""
    for path in folder.iterdir():
        os.utime(path, (time.time() - 2 * 86_400,) * 2)


async def test_the_table_of_an_import_that_is_over_goes(workspace: int, dock: Dock) -> None:
    done, waiting = await dock.load(FILE), await dock.ask(FILE)
    for import_id in (done.row.id, waiting):
        await ensure_stage(workspace, import_id)
    await tidy(dock.folder)
    await age(done.row.id, 0.1)
    await tidy(dock.folder)
    tables = await stage_tables()
    assert (f"import_stage_{done.row.id}" in tables, f"import_stage_{waiting}" in tables) == (False, True)
    await dock.finish(waiting)
