"""Imports beside each other, beside people who edit, and on a disk that is full."""

import asyncio
import gzip
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from random import Random

import httpx

from app.filters.ids import number_of, to_global
from tests.transfer.imports.serving import UNFILLED, Server, file_of
from tests.transfer.imports.watching import Watcher, check_contacts, check_nothing_left

ROWS = 8_000
EDITED = 3_000


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
    await check_nothing_left(watcher)
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
