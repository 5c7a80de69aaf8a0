"""How long a file takes to be imported over HTTP, beside COPY of the same rows into the same indexed tables.

uv run python -m tests.benchmarks.imports --contacts 1000000
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from rich.console import Console
from rich.table import Table

from app.queries.connections import opened
from app.queries.migrations import migrate
from app.queries.tokens import create_token
from app.queries.workspaces import create_workspace
from tests.benchmarks.ground import database
from tests.benchmarks.memory import Peak, watched
from tests.benchmarks.people_csv import write_people
from tests.benchmarks.rounds import figure
from tests.benchmarks.serving import served_process

CONTACT = (
    "workspace_id, email, email_folded, name, source, external_id, status, label_ids, fields, folded, created_at, "
    "updated_at, subscribed_at"
)
HISTORY = "workspace_id, contact_id, previous, status, cause, note, import_id, changed_at"
OVER = {"DONE", "FAILED", "CANCELLED", "UNDONE"}


async def run(dsn: str, contacts: int) -> None:
    """Import, import again, copy; then say how they compare."""
    await migrate(dsn)
    async with opened(dsn):
        workspace = await create_workspace(f"Imports at {time.time()}", "Asia/Jakarta")
        token = await create_token(workspace, "benchmark", ["import"])
    control = await asyncpg.connect(dsn)
    await _empty(control)
    file = Path(tempfile.mkdtemp(prefix="pilah-benchmark-")) / "people.csv"
    write_people(file, contacts)
    with served_process("tests.benchmarks.serving:pilah", dsn) as (port, pid):
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {token}"}, timeout=600
        ) as client:
            with watched(pid) as first:
                new, report = await _import(client, file)
            before = await _written(control)
            with watched(pid) as second:
                again, unchanged = await _import(client, file)
            wrote = await _written(control) != before
    if (report["created"], unchanged["unchanged"], wrote) != (contacts, contacts, False):
        raise SystemExit(f"not what was asked: {report}, {unchanged}, rows written again: {wrote}")
    copied, history = await _copy(control, workspace)
    file.unlink()
    await control.close()
    _tell(contacts, {"import": new, "again": again, "COPY contact": copied, "COPY history": history}, first, second)


async def _import(client: httpx.AsyncClient, file: Path) -> tuple[float, dict[str, Any]]:
    started = time.perf_counter()
    answer = await client.post("/imports?name=people.csv", content=_blocks(file))
    answer.raise_for_status()
    report = await _ended(client, answer.headers["location"])
    taken = time.perf_counter() - started
    if report["state"] != "DONE":
        raise SystemExit(f"the import ended as {report['state']}: {report['problem']}")
    return taken, report


async def _ended(client: httpx.AsyncClient, address: str) -> dict[str, Any]:
    while True:
        report: dict[str, Any] = (await client.get(address)).json()
        if report["state"] in OVER:
            return report
        await asyncio.sleep(0.1)


async def _blocks(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as opened_file:
        while block := opened_file.read(1_000_000):
            yield block


async def _copy(control: asyncpg.Connection, workspace: int) -> tuple[float, float]:
    """The seconds of COPY by asyncpg into the emptied tables: contacts, and the first line of each one's history."""
    rows = [
        tuple(row)
        for row in await control.fetch(
            f"SELECT {CONTACT} FROM contact WHERE workspace_id = $1 ORDER BY id", workspace
        )
    ]
    await _empty(control)
    started = time.perf_counter()
    await control.copy_records_to_table("contact", records=rows, columns=CONTACT.split(", "))
    copied = time.perf_counter() - started
    # Else each line's contact is looked for among all, as PostgreSQL takes the table for an empty one.
    await control.execute("ANALYZE contact")
    lines = [
        (workspace, row["id"], None, row["status"], "IMPORTED", None, 1, row["created_at"])
        for row in await control.fetch(
            "SELECT id, status, created_at FROM contact WHERE workspace_id = $1 ORDER BY id", workspace
        )
    ]
    started = time.perf_counter()
    await control.copy_records_to_table("status_change", records=lines, columns=HISTORY.split(", "))
    return copied, time.perf_counter() - started


async def _empty(control: asyncpg.Connection) -> None:
    await control.execute("TRUNCATE contact, status_change, segment_contact, imported_change")
    await control.execute("VACUUM ANALYZE contact")
    await control.execute("CHECKPOINT")


async def _written(control: asyncpg.Connection) -> tuple[object, ...]:
    """What changes with every row that is written: how many there are, and the transactions that made them."""
    found = [
        await control.fetchrow(f"SELECT count(*), sum(xmin::text::bigint) FROM {table}")
        for table in ("contact", "status_change", "imported_change")
    ]
    return tuple(tuple(row or ()) for row in found)


def _tell(contacts: int, seconds: dict[str, float], first: Peak, second: Peak) -> None:
    both = seconds["COPY contact"] + seconds["COPY history"]
    table = Table("what", "seconds", "rows a second", "of COPY of contacts", "of COPY of both")
    for name, taken in seconds.items():
        table.add_row(
            name,
            f"{taken:.1f}",
            f"{contacts / taken:,.0f}",
            f"{taken / seconds['COPY contact']:.2f} x",
            f"{taken / both:.2f} x",
        )
    Console(width=120).print(table)
    figure("import_rows_a_second", contacts / seconds["import"], "1/s")
    figure("import_of_copy_contacts", seconds["import"] / seconds["COPY contact"], "x")
    figure("import_of_copy", seconds["import"] / both, "x")
    figure("again_of_copy", seconds["again"] / both, "x")
    figure("import_server_peak", max(first.alone, second.alone), "MB")
    figure("import_peak_with_children", max(first.together, second.together), "MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=100_000)
    with database() as address:
        asyncio.run(run(address, parser.parse_args().contacts))
