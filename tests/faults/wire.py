"""A wire between a server and its PostgreSQL that can be cut, blocked, or made to swallow what it carries."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import Enum
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit


class Way(Enum):
    """What becomes of bytes: they pass, nobody hears of them, or no connection is had at all."""

    OPEN = "OPEN"
    HOLE = "HOLE"
    REFUSED = "REFUSED"


class Wire:
    """Carries connections, on a socket of its own, to the one where PostgreSQL is."""

    def __init__(self, target: tuple[str, int] | Path) -> None:
        self.target = target
        self.way = Way.OPEN
        self._ends: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """Reset every connection that there is."""
        for end in list(self._ends):
            end.transport.abort()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection to its end."""
        self._ends.add(writer)
        try:
            if self.way is Way.REFUSED:
                return
            if isinstance(self.target, Path):
                there, back = await asyncio.open_unix_connection(str(self.target))
            else:
                there, back = await asyncio.open_connection(*self.target)
            self._ends.add(back)
            await asyncio.gather(self._carry(reader, back), self._carry(there, writer))
            self._ends.discard(back)
        finally:
            self._ends.discard(writer)
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while block := await reader.read(65_536):
                if self.way is Way.HOLE:
                    continue
                writer.write(block)
                await writer.drain()
        writer.transport.abort()


@asynccontextmanager
async def wired(dsn: str, folder: Path) -> AsyncIterator[tuple[Wire, str]]:
    """A wire to the PostgreSQL at an address, and the address of its near end."""
    parts = urlsplit(dsn)
    options = dict(parse_qsl(parts.query))
    port = int(options.get("port") or parts.port or 5432)
    host = options.get("host") or parts.hostname or "127.0.0.1"
    wire = Wire(Path(host) / f".s.PGSQL.{port}" if host.startswith("/") else (host, port))
    await asyncio.to_thread(folder.mkdir)
    server = await asyncio.start_unix_server(wire.take, folder / ".s.PGSQL.5432")
    user = f"{parts.username or ''}{f':{parts.password}' if parts.password else ''}"
    near = urlunsplit(
        (parts.scheme, f"{user}@" if user else "", parts.path, urlencode({"host": str(folder), "port": 5432}), "")
    )
    try:
        yield wire, near
    finally:
        wire.cut()
        server.close()
