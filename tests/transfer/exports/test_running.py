"""Exports made behind requests: there whole or not at all, whatever happens meanwhile."""

import asyncio
import errno
import os
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from typing import Any

import pytest

from app.queries.catalogs import current_catalog
from app.queries.connections import connection
from app.queries.exports import ledger
from app.queries.exports.ledger import ExportRow, ExportState
from app.queries.fields import archive_field
from app.transfer.exports.audiences import read_audience
from app.transfer.exports.options import read_options
from app.transfer.exports.running import next_export
from app.transfer.tidying import tidy
from tests.conftest import WorkspaceMaker
from tests.http.crowds import crowd, until_quiet
from tests.transfer.imports.loading import until

CROWD = 30_000
EVERYONE = {"everyone": True}

# Works on exports until it is killed, in a process of its own.
WORKER = """
import asyncio, sys
from pathlib import Path
from app.queries.connections import opened
from app.transfer.exports.running import next_export

async def main(dsn, folder):
    async with opened(dsn, 2):
        print("open", flush=True)
        await next_export(Path(folder))

asyncio.run(main(*sys.argv[1:]))
"""


async def ask(workspace: int, audience: Any = None, **given: object) -> int:
    catalog = await current_catalog(workspace)
    meant, options = read_audience(audience or EVERYONE, catalog), read_options(given, catalog)
    return await ledger.create_export(
        workspace, meant.name, meant.document, options.as_json(), f"{workspace}.{options.extension}"
    )


async def finish(folder: Path, workspace: int, export_id: int) -> ExportRow:
    while await next_export(folder):
        pass
    return await ledger.find_export(workspace, export_id)


async def test_the_turn_is_whose_who_waited_longest(make_workspace: WorkspaceMaker, tmp_path: Path) -> None:
    while await next_export(tmp_path / "others"):
        pass
    many, few = await make_workspace(), await make_workspace()
    asked = [(workspace, await ask(workspace)) for workspace in (many, many, many, few, few)]
    async with connection() as borrowed:
        for place, (workspace, export_id) in enumerate(asked):
            await borrowed.execute(
                "UPDATE export SET created_at = now() - make_interval(secs => $3), stored = $4 "
                "WHERE workspace_id = $1 AND id = $2",
                *(workspace, export_id, 100 - place, f"{place}.csv"),
            )
    done = []
    for _ in asked:
        assert await next_export(tmp_path)
        done += [name for name in left(tmp_path) if name not in done]
    assert done == ["0.csv", "3.csv", "1.csv", "4.csv", "2.csv"]


async def test_nobody_else_may_read_a_file(workspace: int, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "files"
    row = await finish(folder, workspace, await ask(workspace))
    modes = [
        oct(path.stat().st_mode & 0o777) for path in (folder, folder / "exports", folder / "exports" / row.stored)
    ]
    assert modes == ["0o700", "0o700", "0o600"]


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("exports/*"))


def lines(folder: Path, row: ExportRow) -> int:
    content = (folder / "exports" / row.stored).read_bytes()
    assert len(content) == row.bytes
    return content.count(b"\n")


async def test_each_waiting_export_is_made_once(
    workspace: int, make_workspace: WorkspaceMaker, tmp_path: Path
) -> None:
    await crowd(workspace, 10)
    other = await make_workspace()
    await crowd(other, 5)
    asked = [(place, await ask(place, columns="email")) for place in (workspace, other)]
    await asyncio.gather(*(next_export(tmp_path) for _ in range(3)))
    rows = [await finish(tmp_path, *one) for one in asked]
    assert [(row.state, row.attempts, row.rows) for row in rows] == [
        (ExportState.DONE, 1, 10),
        (ExportState.DONE, 1, 5),
    ]
    assert [lines(tmp_path, row) for row in rows] == [11, 6]
    assert not await next_export(tmp_path)


@pytest.mark.parametrize("after", [0.0, 0.05, 0.1, 0.2])
async def test_a_cancelled_run_is_taken_up_anew(workspace: int, tmp_path: Path, after: float) -> None:
    await crowd(workspace, CROWD)
    export_id = await ask(workspace, columns="email,name")
    running = asyncio.create_task(next_export(tmp_path))
    await asyncio.sleep(after)
    running.cancel()
    await asyncio.wait([running])
    await until_quiet()
    row = await finish(tmp_path, workspace, export_id)
    assert (row.state, row.rows, lines(tmp_path, row)) == (ExportState.DONE, CROWD, CROWD + 1)
    assert left(tmp_path) == [row.stored]


async def test_a_killed_process_loses_nothing(workspace: int, dsn: str, tmp_path: Path) -> None:
    await crowd(workspace, CROWD)
    export_id = await ask(workspace, columns="email,name")
    for after in (0.02, 0.06, 0.1):
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", WORKER, dsn, str(tmp_path)), stdout=PIPE, start_new_session=True
        )
        assert worker.stdout is not None
        assert await worker.stdout.readline() == b"open\n"
        await asyncio.sleep(after)
        os.killpg(worker.pid, signal.SIGKILL)
        await worker.wait()
    await until_quiet()
    row = await finish(tmp_path, workspace, export_id)
    assert (row.state, row.rows, lines(tmp_path, row)) == (ExportState.DONE, CROWD, CROWD + 1)
    assert row.attempts > 1


async def test_what_never_comes_to_its_end_fails(workspace: int, tmp_path: Path) -> None:
    export_id = await ask(workspace)
    async with connection() as borrowed:
        await borrowed.execute(
            "UPDATE export SET attempts = $2 WHERE workspace_id = $1", workspace, ledger.MOST_ATTEMPTS
        )
    row = await finish(tmp_path, workspace, export_id)
    assert (row.state, row.finished_at is None) == (ExportState.FAILED, False)
    assert "never came to its end" in (row.problem or "")


async def test_a_full_disk_is_told_and_leaves_nothing(
    workspace: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    row = await finish(tmp_path, workspace, await ask(workspace))
    assert row.state is ExportState.FAILED
    assert "no room left on the disk" in (row.problem or "")
    assert left(tmp_path) == []


async def test_a_column_that_was_archived_meanwhile_is_told(people: int, tmp_path: Path) -> None:
    export_id = await ask(people, columns="email,city")
    await archive_field(people, (await current_catalog(people)).fields["city"].id or 0)
    row = await finish(tmp_path, people, export_id)
    assert (row.state, row.problem) == (ExportState.FAILED, 'there is no field "city"')
    assert left(tmp_path) == []


async def test_what_is_deleted_while_it_is_made_leaves_no_file(workspace: int, tmp_path: Path) -> None:
    await crowd(workspace, CROWD)
    export_id = await ask(workspace)
    running = asyncio.create_task(next_export(tmp_path))

    async def is_counted() -> bool:
        return (await ledger.find_export(workspace, export_id)).rows is not None

    await until(is_counted)
    await ledger.delete_export(workspace, export_id)
    assert await running
    assert left(tmp_path) == []


async def test_old_exports_go_with_their_files(workspace: int, tmp_path: Path) -> None:
    row = await finish(tmp_path, workspace, await ask(workspace))
    file = tmp_path / "exports" / row.stored
    os.utime(file, (0, 0))
    await tidy(tmp_path)
    assert file.exists()
    async with connection() as borrowed:
        await borrowed.execute(
            "UPDATE export SET finished_at = finished_at - interval '8 days' WHERE workspace_id = $1", workspace
        )
    await tidy(tmp_path)
    assert not file.exists()


async def test_a_workspace_keeps_so_many(workspace: int, make_workspace: WorkspaceMaker, monkeypatch: Any) -> None:
    monkeypatch.setattr(ledger, "MOST_KEPT", 1)
    await ask(workspace)
    await ask(await make_workspace())
    with pytest.raises(Exception, match="keeps at most 1 export"):
        await ask(workspace)


async def test_an_export_that_is_stopped_in_peace_was_no_attempt(workspace: int, tmp_path: Path) -> None:
    while await next_export(tmp_path):
        pass  # what other tests have left
    await crowd(workspace, CROWD)
    export_id = await ask(workspace)

    async def attempts() -> int:
        return (await ledger.find_export(workspace, export_id)).attempts

    task = asyncio.create_task(next_export(tmp_path))
    await until(attempts)
    task.cancel()
    await asyncio.wait({task})
    assert task.cancelled()
    assert await attempts() == 0
    assert await next_export(tmp_path)
    row = await ledger.find_export(workspace, export_id)
    assert (row.state, row.attempts, row.rows) == (ExportState.DONE, 1, CROWD)
