"""Servers that are killed, and a PostgreSQL that goes: exactly the file's contacts in the end."""

import asyncio
import gzip
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from app.filters.ids import number_of
from app.postgres import embedded
from tests.transfer.imports.serving import UNFILLED, Server, file_of
from tests.transfer.imports.watching import Watcher, check_contacts, progress, reach

SEED = os.environ.get("PILAH_SEED", "pilah")
ROWS = 8_000


def moments(random: Random) -> list[tuple[str, float]]:
    """Ten moments in the order in which an import comes to them: a phase, and how far it has come in it."""
    phases = {"QUEUED": 2, "LOADING": 4, "MERGING": 4}
    return [
        (phase, part) for phase, kills in phases.items() for part in sorted(random.random() for _ in range(kills))
    ]


async def kill_again_and_again(running: Server, watcher: Watcher, seed: str, rows: int) -> list[str]:
    """The states in which the server was killed, each time in the middle of one and the same import."""
    await running.open_workspace(watcher, f"Killed {seed}")
    id = running.send(gzip.compress(file_of(range(rows)), 1), mapping=UNFILLED, status="active", consent="shop")
    seen = []
    for phase, part in moments(Random(seed)):
        await reach(watcher, id, phase, part)
        running.kill()
        seen.append((await progress(watcher, id))["state"])
        running.start(is_awaited=phase == "QUEUED")
    running.kill()
    running.start()
    report = await running.finished(id)
    assert (report["state"], report["created"], report["refused"]) == ("DONE", rows, 0)
    await check_contacts(watcher, id, rows)
    return seen


async def test_a_server_killed_ten_times_imports_everything_once(running: Server, watcher: Watcher) -> None:
    seen = await kill_again_and_again(running, watcher, SEED, 5 * ROWS)
    assert len(seen) == 10
    assert set(seen) == {"QUEUED", "LOADING", "MERGING"}, " ".join(seen)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("seed", [f"{SEED} {number}" for number in range(10)])
async def test_a_server_killed_at_other_moments_imports_everything_once(
    running: Server, watcher: Watcher, seed: str
) -> None:
    await kill_again_and_again(running, watcher, seed, 10 * ROWS)


async def test_a_server_killed_while_it_undoes_goes_on(running: Server, watcher: Watcher) -> None:
    await running.open_workspace(watcher, "Killed in undoing")
    id = running.send(file_of(range(ROWS)), mapping=UNFILLED)
    await running.finished(id)
    running.change(id, "undo")
    asked = "SELECT count(*) FROM contact WHERE workspace_id = (SELECT workspace_id FROM file_import WHERE id = $1)"
    for _ in range(12_000):
        if (await watcher.ask(asked, number_of(id, "Import")))[0][0] < ROWS:
            break
        await asyncio.sleep(0.005)
    running.kill()
    assert (await progress(watcher, id))["state"] == "UNDOING"
    running.start()
    assert (await running.finished(id))["state"] == "UNDONE"
    assert (await watcher.ask(asked, number_of(id, "Import")))[0][0] == 0
    (left,) = await watcher.ask(
        "SELECT (SELECT count(*) FROM field JOIN workspace ON workspace.id = workspace_id WHERE workspace.name = $1), "
        "(SELECT count(*) FROM label JOIN workspace ON workspace.id = workspace_id WHERE workspace.name = $1)",
        "Killed in undoing",
    )
    assert tuple(left) == (0, 0)


@pytest.fixture(scope="module")
def alone() -> Iterator[tuple[Server, str, Path]]:
    """A server with an embedded PostgreSQL of its own, the address of that, and its folder."""
    folder = Path(tempfile.mkdtemp(prefix="pilah-faults-"))
    folder.chmod(0o755)
    served = Server({"PILAH_DATA": str(folder / "data"), "PILAH_FILES": str(folder / "files")})
    try:
        with embedded(folder / "data") as dsn:
            served.start()
            yield served, dsn, folder / "data"
            served.stop()
    finally:
        served.kill()
        until = time.monotonic() + 30
        while (folder / "data" / "cluster" / "postmaster.pid").exists() and time.monotonic() < until:
            time.sleep(0.1)
        shutil.rmtree(folder, ignore_errors=True)


ENDS: dict[str, signal.Signals] = {
    "fast": signal.SIGINT,
    "immediate": signal.SIGQUIT,
    "killed": signal.SIGKILL,
}


@pytest.mark.parametrize("phase", ["LOADING", "MERGING"])
@pytest.mark.parametrize("end", ENDS)
async def test_an_import_outlives_postgresql(alone: tuple[Server, str, Path], end: str, phase: str) -> None:
    served, dsn, data = alone
    watcher = Watcher(dsn)
    await served.open_workspace(watcher, f"{end} {phase}")
    id = served.send(file_of(range(ROWS)), mapping=UNFILLED)
    await reach(watcher, id, phase, 0.4)
    was = (await progress(watcher, id))["state"]
    os.kill(int((data / "cluster" / "postmaster.pid").read_text().split("\n")[0]), ENDS[end])
    report = await served.finished(id)
    assert was == phase
    assert (report["state"], report["created"], report["unchanged"], report["refused"]) == ("DONE", ROWS, 0, 0)
    await check_contacts(watcher, id, ROWS)
    await watcher.close()
