"""A real Uvicorn in this process, and a client that speaks graphql-transport-ws to it."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PROTOCOL = "graphql-transport-ws"
SECONDS = 10


class Speaker:
    """One client's socket, in messages."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def say(self, message: Any) -> None:
        """Send a message, or a frame as it is."""
        await self.connection.send(message if isinstance(message, str | bytes) else json.dumps(message))

    async def hear(self) -> Any:
        """The next message; raises ConnectionClosed."""
        return json.loads(await asyncio.wait_for(self.connection.recv(), SECONDS))

    async def subscribe(self, query: str, id: str = "1", variables: Any = None) -> None:
        """Ask for an operation."""
        payload = {"query": query, "variables": variables}
        await self.say({"type": "subscribe", "id": id, "payload": payload})

    async def answers(self, query: str, id: str = "1", variables: Any = None) -> list[Any]:
        """All that an operation is answered, to its end."""
        await self.subscribe(query, id, variables)
        found = [await self.hear()]
        while found[-1]["type"] == "next":
            found.append(await self.hear())
        return found

    async def closing(self) -> tuple[int | None, str | None]:
        """The code and reason with which the server closes, whatever it says before."""
        try:
            while True:
                await self.hear()
        except ConnectionClosed:
            return self.connection.close_code, self.connection.close_reason


@asynccontextmanager
async def opened(url: str, init: Any = None, **options: Any) -> AsyncIterator[Speaker]:
    """A socket at the address; with `init`, greeted with that as payload."""
    options = {"subprotocols": [PROTOCOL], "max_size": None, "proxy": None} | options
    async with connect(url, **options) as connection:
        speaker = Speaker(connection)
        if init is not None:
            await speaker.say({"type": "connection_init", "payload": init})
            assert await speaker.hear() == {"type": "connection_ack"}
        yield speaker


@asynccontextmanager
async def served(app: ASGIApp, **options: Any) -> AsyncIterator[tuple[str, uvicorn.Server]]:
    """The application behind a port of loopback, without its lifespan: the pool is the tests' own."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        config = uvicorn.Config(app, lifespan="off", log_config=None, **options)
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[held]))
        for _ in range(100 * SECONDS):
            if server.started:
                break
            await asyncio.sleep(0.01)
        try:
            yield f"ws://127.0.0.1:{held.getsockname()[1]}/graphql", server
        finally:
            server.should_exit = True
            await asyncio.wait_for(task, SECONDS)
