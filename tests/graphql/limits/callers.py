"""Callers that may hang up at any moment, on sockets of their own, and what PostgreSQL does for them meanwhile."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from app.asgi import create_app
from app.cli.connections import GuardedHttp
from app.graphql.limits.guard import Guard
from app.graphql.schema import schema
from app.settings import Limits
from tests.graphql.sockets import served

SECONDS = 10


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def code(self) -> str:
        """The code of the first error."""
        return str(self.body["errors"][0]["extensions"]["code"])


class Call:
    """One request, on a connection that is closed without a word when the context ends."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def answer(self) -> Answer:
        """The answer, in full."""
        async with asyncio.timeout(SECONDS):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
            status, *lines = head.strip().split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in lines)
            body = await self.reader.readexactly(int(headers["content-length"]))
        return Answer(int(status.split()[1]), headers, json.loads(body))


@dataclass(frozen=True)
class Address:
    """Where a server listens."""

    host: str
    port: int

    @property
    def socket(self) -> str:
        """Where it takes WebSockets."""
        return f"ws://{self.host}:{self.port}/graphql"

    @asynccontextmanager
    async def calling(self, token: str, query: str, variables: Any = None) -> AsyncIterator[Call]:
        """A request that was sent."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        body = json.dumps({"query": query, "variables": variables}).encode()
        head = (
            f"POST /graphql HTTP/1.1\r\nhost: pilah.test\r\nauthorization: Bearer {token}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        try:
            yield Call(reader, writer)
        finally:
            writer.transport.abort()

    async def ask(self, token: str, query: str, variables: Any = None) -> Answer:
        """The answer to a request."""
        async with self.calling(token, query, variables) as call:
            return await call.answer()


@asynccontextmanager
async def listening(dsn: str, folder: Path, limits: Limits) -> AsyncIterator[Address]:
    """The application within these limits, behind a port of loopback; its pool is the tests' own."""
    app = create_app(dsn, folder, guard=Guard(schema._schema, limits))
    async with served(app, http=GuardedHttp) as (url, _):
        host, _, port = url.removeprefix("ws://").removesuffix("/graphql").partition(":")
        yield Address(host, int(port))


@asynccontextmanager
async def locked(dsn: str, table: str) -> AsyncIterator[asyncpg.Connection]:
    """Nobody else gets at the table meanwhile; gives the connection that holds it."""
    holder = await asyncpg.connect(dsn)
    try:
        async with holder.transaction():
            await holder.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            yield holder
    finally:
        await holder.close()


async def states(dsn: str) -> Mapping[str, int]:
    """How many of the application's connections are in each state."""
    control = await asyncpg.connect(dsn)
    try:
        rows = await control.fetch(
            "SELECT state, count(*) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'pilah' GROUP BY state"
        )
    finally:
        await control.close()
    return {row[0]: row[1] for row in rows}


async def until_states(dsn: str, **wanted: int) -> None:
    """Wait until so many connections are in those states."""
    async with asyncio.timeout(SECONDS):
        while {name: (await states(dsn)).get(name, 0) for name in wanted} != wanted:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
