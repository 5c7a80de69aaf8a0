"""How long exports take over HTTP, beside COPY of the same query to asyncpg, by turns; and the server's memory.

uv run python -m tests.benchmarks.exports --contacts 1000000
"""

import argparse
import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from statistics import median

import asyncpg
from rich.console import Console
from rich.table import Table

from app.filters.ids import to_global
from app.queries.connections import connection
from app.queries.exports.copying import opened_sheet
from app.queries.segments import create_dynamic
from app.queries.tokens import create_token
from app.transfer.exports.audiences import EVERYONE
from app.transfer.exports.options import read_options
from app.transfer.exports.sheets import Export, sheet_of
from tests.benchmarks.ground import Ground, database, ground
from tests.benchmarks.memory import Peak, watched
from tests.benchmarks.rounds import figure
from tests.benchmarks.serving import served_process

ROUNDS = 3
READ_BYTES = 1_000_000
FORMATS = {"csv": "csv", "csv, gzip": "csv", "ndjson": "ndjson", "parquet": "parquet"}
ANYONE = {"status": ["ACTIVE", "PENDING", "UNSUBSCRIBED", "HARD_BOUNCE"]}
BARE = (
    "SELECT email, name, status, (SELECT string_agg(label.name, ', ') FROM label WHERE label.workspace_id = contact.workspace_id "
    "AND label.id = ANY(label_ids)), source, external_id, created_at, updated_at, subscribed_at, last_sent_at, "
    "last_opened_at, last_clicked_at, {} FROM contact WHERE workspace_id = {:d}"
)


async def run(dsn: str, contacts: int) -> None:
    """By turns COPY of a format's query and the export in it; then say how they compare."""
    async with ground(dsn, contacts) as place:
        token = await create_token(place.workspace, "benchmark", ["export"])
        segment = to_global("Segment", await create_dynamic(place.workspace, f"Anyone at {time.time()}", ANYONE))
        took: dict[str, list[tuple[float, float]]] = {name: [] for name in FORMATS}
        peaks: dict[str, Peak] = {}
        with served_process("tests.benchmarks.serving:pilah", dsn) as (port, pid):
            for _ in range(ROUNDS):
                for name, form in FORMATS.items():
                    copied = await _copied(place, form)
                    with watched(pid) as peaks[name]:
                        exported = await _exported(port, f"/segments/{segment}/export.{form}", token, name)
                    took[name].append((copied, exported))
        bare = await _bare(place, contacts)
    _tell(contacts, took, peaks, bare)


async def _copied(place: Ground, form: str) -> float:
    """The seconds that COPY of the export's own query takes to be read by asyncpg."""
    export = Export(place.catalog, EVERYONE, read_options({"format": form}, place.catalog))

    async def forget(_piece: bytes) -> None:
        pass

    async with connection() as borrowed, opened_sheet(borrowed, sheet_of(export, datetime.now(UTC))) as sheet:
        started = time.perf_counter()
        await sheet.copy(forget)
        return time.perf_counter() - started


async def _exported(port: int, path: str, token: str, name: str) -> float:
    """The seconds of an export over HTTP; raises where it has no end."""
    encoding = "gzip" if "gzip" in name else "identity"
    asked = f"GET {path} HTTP/1.1\r\nhost: pilah\r\nauthorization: Bearer {token}\r\naccept-encoding: {encoding}\r\n"
    started = time.perf_counter()
    async with _connected(port) as (reader, writer):
        writer.write(f"{asked}connection: close\r\n\r\n".encode())
        end = b""
        while piece := await reader.read(READ_BYTES):
            end = (end + piece)[-5:]
    if end != b"0\r\n\r\n":
        raise SystemExit("the export broke off")
    return time.perf_counter() - started


@asynccontextmanager
async def _connected(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=READ_BYTES)
    try:
        yield reader, writer
    finally:
        writer.close()


async def _bare(place: Ground, contacts: int) -> float:
    """The seconds of COPY of the same columns as they are kept: no guard, no zone, labels one by one."""
    fields = ", ".join(f"fields ->> '{field.key}'" for field in place.catalog.fields.values() if not field.is_system)

    async def forget(_piece: bytes) -> None:
        pass

    control = await asyncpg.connect(place.dsn)
    started = time.perf_counter()
    done = await control.copy_from_query(BARE.format(fields, place.workspace), output=forget, format="csv")
    taken = time.perf_counter() - started
    await control.close()
    if done != f"COPY {contacts}":
        raise SystemExit(done)
    return taken


def _tell(contacts: int, took: dict[str, list[tuple[float, float]]], peaks: dict[str, Peak], bare: float) -> None:
    table = Table("format", "export, s", "COPY, s", "of COPY", "rows a second", "server, MB", "with children, MB")
    for name, times in took.items():
        copied, exported = median(one for one, _ in times), median(other for _, other in times)
        ratio = median(other / one for one, other in times)
        peak = peaks[name]
        table.add_row(
            *(name, f"{exported:.1f}", f"{copied:.1f}", f"{ratio:.2f} x", f"{contacts / exported:,.0f}"),
            *(f"{peak.alone:.0f}", f"{peak.together:.0f}"),
        )
        figure(f"export_{name.replace(', ', '_')}_of_copy", ratio, "x")
        figure(f"export_{name.replace(', ', '_')}_peak", peak.together, "MB")
    figure("copy_of_bare_columns", bare, "s")
    Console(width=120).print(table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=100_000)
    with database() as address:
        asyncio.run(run(address, parser.parse_args().contacts))
