"""Servers that are killed, a PostgreSQL that goes, and editors at work: exactly the file's contacts in the end."""

import asyncio
import gzip
import os
import resource
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx
import pytest

from app.filters.ids import number_of, to_global
from app.postgres import embedded
from tests.transfer.imports.serving import Server, Watcher

SEED = os.environ.get("PILAH_SEED", "pilah")
ROWS = 8_000
EDITED = 3_000


def file_of(rows: range, city: str = "Solo") -> bytes:
    """A file of many parts, since a column that is left out is long."""
    filling = "x" * 900
    lines = (f"p{n}@example.com,{n},{city},{'VIP' if n % 3 else 'Old'},{filling}\n" for n in rows)
    return f"email,n,city,tags,filling\n{''.join(lines)}".encode()


UNFILLED = '{"filling": null}'


@pytest.fixture(scope="module")
async def database(server: str, worker_id: str) -> AsyncIterator[str]:
    """A database of its own, without tables."""
    name = f"pilah_faults_{worker_id}_{os.getpid()}"
    control = await asyncpg.connect(server)
    await control.execute(f'CREATE DATABASE "{name}"')
    yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    await control.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await control.close()


@pytest.fixture(scope="module")
def running(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over that database."""
    served = Server({"DATABASE_URL": database, "PILAH_FILES": str(tmp_path_factory.mktemp("files"))})
    try:
        served.start()
        yield served
    finally:
        served.stop()


@pytest.fixture
async def watcher(database: str) -> AsyncIterator[Watcher]:
    """Looks into the database."""
    watching = Watcher(database)
    yield watching
    await watching.close()


async def progress(watcher: Watcher, id: str) -> dict[str, Any]:
    """The state of an import and how many of its parts are staged and merged."""
    (row,) = await watcher.ask(
        "SELECT state, count(*) FILTER (WHERE is_staged) AS staged, count(*) FILTER (WHERE is_merged) AS merged, "
        "count(number) AS parts FROM file_import LEFT JOIN file_import_part AS part "
        "ON part.workspace_id = file_import.workspace_id AND import_id = id WHERE id = $1 GROUP BY state",
        number_of(id, "Import"),
    )
    return dict(row)


async def until(watcher: Watcher, id: str, true: Callable[[dict[str, Any]], bool]) -> None:
    """Wait for it, or for the import's end."""
    for _ in range(12_000):
        found = await progress(watcher, id)
        if true(found) or found["state"] in ("DONE", "FAILED"):
            return
        await asyncio.sleep(0.005)
    raise TimeoutError


async def check_contacts(watcher: Watcher, id: str, rows: int) -> None:
    """Exactly the file's contacts with its values, each noted once, and nothing left of the work."""
    import_id = number_of(id, "Import")
    (found,) = await watcher.ask(
        "SELECT count(*) AS contacts, count(DISTINCT email) AS emails, bool_and(email = 'p' || (fields ->> 'n') "
        "|| '@example.com' AND fields ->> 'city' = 'Solo' AND cardinality(label_ids) = 1) AS are_right "
        "FROM contact WHERE workspace_id = (SELECT workspace_id FROM file_import WHERE id = $1)",
        import_id,
    )
    assert tuple(found) == (rows, rows, True)
    (noted,) = await watcher.ask(
        "SELECT count(*), count(DISTINCT contact_id) FROM status_change "
        "WHERE workspace_id = (SELECT workspace_id FROM file_import WHERE id = $1) AND cause = 'IMPORTED'",
        import_id,
    )
    assert tuple(noted) == (rows, rows)
    await check_nothing_left(watcher)


async def check_nothing_left(watcher: Watcher) -> None:
    """Neither a stage nor a lock is left, or not for long."""
    for _ in range(500):
        left = await watcher.ask(
            "SELECT relname::text FROM pg_class WHERE relname ~ '^import_stage_' UNION ALL "
            "SELECT locktype FROM pg_locks WHERE locktype = 'advisory' "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        if not left:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(left)


def moments(random: Random) -> list[tuple[str, float]]:
    """Ten moments in the order in which an import comes to them: a phase, and how far it has come in it."""
    phases = {"QUEUED": 2, "LOADING": 4, "MERGING": 4}
    return [
        (phase, part) for phase, kills in phases.items() for part in sorted(random.random() for _ in range(kills))
    ]


async def reach(watcher: Watcher, id: str, phase: str, part: float) -> None:
    """Wait for a moment, or for what comes later."""
    if phase == "QUEUED":
        await asyncio.sleep(part)
        return
    done = "staged" if phase == "LOADING" else "merged"
    phases = ("MERGING",) if phase == "MERGING" else ("LOADING", "MERGING")
    await until(watcher, id, lambda now: now["state"] in phases and now[done] >= int(part * now["parts"]))
    await asyncio.sleep(part / 20)


async def kill_again_and_again(running: Server, watcher: Watcher, seed: str, rows: int) -> list[str]:
    """The states in which the server was killed, each time in the middle of one and the same import."""
    await running.open_workspace(watcher, f"Killed {seed}")
    id = running.send(gzip.compress(file_of(range(rows)), 1), mapping=UNFILLED, status="active", consent="shop")
    seen = []
    for phase, part in moments(Random(seed)):
        await reach(watcher, id, phase, part)
        running.kill()
        seen.append((await progress(watcher, id))["state"])
        running.start()
    report = await running.finished(id)
    assert (report["state"], report["created"], report["refused"]) == ("DONE", rows, 0)
    await check_contacts(watcher, id, rows)
    return seen


async def test_a_server_killed_ten_times_imports_everything_once(running: Server, watcher: Watcher) -> None:
    seen = await kill_again_and_again(running, watcher, SEED, 2 * ROWS)
    assert len(seen) == 10
    assert set(seen) == {"QUEUED", "LOADING", "MERGING"}, seen


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("seed", [f"{SEED} {number}" for number in range(10)])
async def test_a_server_killed_at_other_moments_imports_everything_once(
    running: Server, watcher: Watcher, seed: str
) -> None:
    await kill_again_and_again(running, watcher, seed, 5 * ROWS)


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


async def test_two_overlapping_files_at_once_make_each_contact_once(running: Server, watcher: Watcher) -> None:
    await running.open_workspace(watcher, "Overlapping")
    halves = range(ROWS * 2 // 3), range(ROWS // 3, ROWS)
    sent = await asyncio.gather(*(asyncio.to_thread(running.send, file_of(one), mapping=UNFILLED) for one in halves))
    reports = [await running.finished(id) for id in sent]
    assert [report["state"] for report in reports] == ["DONE", "DONE"]
    assert sum(report["created"] for report in reports) == ROWS
    assert sum(report["unchanged"] for report in reports) == sum(map(len, halves)) - ROWS
    await check_contacts(watcher, sent[0], ROWS)


@contextmanager
def files_of_at_most(running: Server, size: int) -> Iterator[None]:
    """The server, and what it starts, find the disk full where a file gets larger."""
    assert running.process
    before = resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.prlimit(running.process.pid, resource.RLIMIT_FSIZE, before)


async def test_a_full_disk_is_told_and_holds_nobody_up(running: Server, watcher: Watcher) -> None:
    await running.open_workspace(watcher, "Full disk")
    running.kill()
    running.start()
    before = running.files()
    with files_of_at_most(running, 1_000_000):
        plain = await running.post(file_of(range(ROWS)))
        packed = await running.post(gzip.compress(file_of(range(ROWS)), 9))
        report = await running.finished(packed.json()["id"])
    assert (plain.status_code, plain.json()["errors"][0]["code"]) == (507, "NO_ROOM")
    assert (report["state"], "there is no room left on the disk" in report["problem"]) == ("FAILED", True)
    assert running.files() == before
    id = running.send(file_of(range(ROWS)), mapping=UNFILLED)
    assert (await running.finished(id))["created"] == ROWS


class Editors:
    """People who edit contacts without a pause, each in a column of their own."""

    def __init__(self, served: Server, ids: list[str]) -> None:
        self.served = served
        self.ids = ids
        self.written: dict[str, str] = {}
        self.edits = 0
        self.problems: list[str] = []
        self.is_over = False

    async def one_by_one(self, seed: int) -> None:
        """Write a note on one contact after another."""
        random = Random(seed)
        mine = self.ids[seed::3]
        while not self.is_over:
            id, note = random.choice(mine), f"note {random.random()}"
            await self._ask(
                'mutation ($id: ID!, $note: JSON!) { updateContact(input: {id: $id, fields: [{key: "note", '
                "value: $note}]}) { errors { message } } }",
                "updateContact",
                id=id,
                note=note,
            )
            self.written[id] = note

    async def all_at_once(self) -> None:
        """Write a round's number on everybody, round after round."""
        for round in count():
            if self.is_over:
                return
            await self._ask(
                "mutation ($round: JSON!) { updateContacts(input: {target: {filter: {status: [PENDING]}}, "
                'fields: [{key: "round", value: $round}]}) { errors { message } } }',
                "updateContacts",
                round=str(round),
            )
            self.written["round"] = str(round)

    async def _ask(self, query: str, name: str, **variables: str) -> None:
        async with httpx.AsyncClient(timeout=60) as client:
            answer = await client.post(
                f"{self.served.url}/graphql",
                json={"query": query, "variables": variables},
                headers={**self.served.headers, "accept": "application/json"},
            )
        self.edits += 1
        body = answer.json()
        if "errors" in body or body["data"][name]["errors"]:
            self.problems.append(answer.text)


async def test_editors_and_an_import_hinder_each_other_not(running: Server, watcher: Watcher) -> None:
    await running.open_workspace(watcher, "Edited")
    first = running.send(
        b"email,note,round\n" + b"".join(b"p%d@example.com,x,x\n" % n for n in range(EDITED // 2)),
        mapping='{"note": {"to": "note", "type": "TEXT"}, "round": {"to": "round", "type": "TEXT"}}',
    )
    assert (await running.finished(first))["created"] == EDITED // 2
    rows = await watcher.ask(
        "SELECT id FROM contact WHERE workspace_id = (SELECT workspace_id FROM file_import WHERE id = $1)",
        number_of(first, "Import"),
    )
    editors = Editors(running, [to_global("Contact", row["id"]) for row in rows])
    working = [asyncio.create_task(editors.one_by_one(seed)) for seed in range(3)]
    working.append(asyncio.create_task(editors.all_at_once()))
    await asyncio.sleep(0.3)
    id = await asyncio.to_thread(running.send, file_of(range(EDITED)), mapping=UNFILLED)
    report = await running.finished(id)
    editors.is_over = True
    await asyncio.gather(*working)
    assert editors.problems == []
    assert editors.edits > 10
    assert (report["state"], report["created"], report["changed"]) == ("DONE", EDITED // 2, EDITED // 2)
    await check_contacts(watcher, id, EDITED)
    await check_edits(watcher, number_of(id, "Import"), editors.written)


async def check_edits(watcher: Watcher, import_id: int, written: dict[str, str]) -> None:
    """Every edit is there, beside what the import wrote."""
    rows = await watcher.ask(
        "SELECT id, fields ->> 'note' AS note, fields ->> 'round' AS round FROM contact "
        "WHERE workspace_id = (SELECT workspace_id FROM file_import WHERE id = $1)",
        import_id,
    )
    notes = {to_global("Contact", row["id"]): row["note"] for row in rows}
    last = written.pop("round")
    assert {id: notes[id] for id in written} == written
    assert all(row["round"] == last for row in rows if row["note"] is not None)


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
