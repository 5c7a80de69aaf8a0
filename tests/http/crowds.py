"""Many contacts at once, and readers that do as they like."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app.filters.ids import to_global
from app.queries.connections import connection
from app.queries.segments import create_dynamic

ACTIVE = {"status": ["ACTIVE"]}


async def crowd(workspace: int, count: int) -> str:
    """So many active contacts of 400 bytes each; the opaque id of the segment that they are."""
    async with connection() as borrowed:
        await borrowed.execute(
            "INSERT INTO contact (workspace_id, email, email_folded, name, status, label_ids, fields, folded, "
            "created_at, updated_at) SELECT $1, format('c%s@example.com', n), format('c%s@example.com', n), "
            "'before ' || repeat(md5(n::text), 10), 'ACTIVE', '{}', '{}', '{}', now(), now() "
            "FROM generate_series(1, $2::int) AS n",
            workspace,
            count,
        )
    return to_global("Segment", await create_dynamic(workspace, "Crowd", ACTIVE))


@dataclass(frozen=True, slots=True)
class Reader:
    """A client of its own: it has asked, and reads as much as it wants."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def read(self, count: int) -> bytes:
        """At most so many bytes, once there are any."""
        return await self.reader.read(count)

    async def rest(self) -> bytes:
        """All that still comes, until the server closes."""
        return await self.reader.read(-1)

    def hang_up(self) -> None:
        """Go away at once."""
        self.writer.transport.abort()


@asynccontextmanager
async def reading(address: str, path: str, token: str) -> AsyncIterator[Reader]:
    """A client that has asked for a path, and whose own buffer is small."""
    host, port = address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=4_096)
    lines = (f"GET {path} HTTP/1.1", f"host: {address}", f"authorization: Bearer {token}", "connection: close")
    writer.write("\r\n".join((*lines, "", "")).encode())
    try:
        yield Reader(reader, writer)
    finally:
        writer.close()


def body_of(answer: bytes) -> tuple[bytes, bool]:
    """The body of a chunked answer, and whether it has its end."""
    rest = answer.partition(b"\r\n\r\n")[2]
    pieces: list[bytes] = []
    while True:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size or b"0", 16)
        if not length:
            return b"".join(pieces), size == b"0"
        if len(rest) < length + 2:
            return b"".join([*pieces, rest]), False
        pieces.append(rest[:length])
        rest = rest[length + 2 :]


async def copying_backends() -> list[str | None]:
    """What each backend of this database that copies waits for."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "SELECT wait_event FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND state = 'active' AND query LIKE 'COPY%'"
        )
    return [row[0] for row in rows]


async def backends_in_transaction() -> int:
    """How many backends of this database are in a transaction, beside the one that asks."""
    async with connection() as borrowed:
        count: int = await borrowed.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND xact_start IS NOT NULL AND backend_type = 'client backend'"
        )
    return count


async def until_quiet(seconds: float = 10) -> None:
    """Wait until no backend is in a transaction; fails where that takes too long."""
    end = time.monotonic() + seconds
    while await backends_in_transaction():
        assert time.monotonic() < end
        await asyncio.sleep(0.02)
