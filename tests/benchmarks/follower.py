"""Follows a subscription over graphql-transport-ws, and tells when each event came."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
from websockets.asyncio.client import connect


class Follower:
    """The events of one subscription, each with the time of this machine at which it came."""

    def __init__(self) -> None:
        self.events: asyncio.Queue[tuple[float, Any]] = asyncio.Queue()

    async def next(self, seconds: float) -> tuple[float, Any]:
        """The next event; raises TimeoutError."""
        return await asyncio.wait_for(self.events.get(), seconds)


@asynccontextmanager
async def following(port: int, token: str, query: str, variables: dict[str, Any]) -> AsyncIterator[Follower]:
    """A follower for as long as the context lasts."""
    address = f"ws://127.0.0.1:{port}/graphql"
    async with connect(address, subprotocols=["graphql-transport-ws"], max_size=None) as socket:  # type: ignore[list-item]
        await socket.send(
            orjson.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}).decode()
        )
        await socket.recv()
        asked = {"id": "1", "type": "subscribe", "payload": {"query": query, "variables": variables}}
        await socket.send(orjson.dumps(asked).decode())
        follower = Follower()
        task = asyncio.create_task(_read(socket, follower))
        try:
            yield follower
        finally:
            task.cancel()


async def _read(socket: Any, follower: Follower) -> None:
    async for frame in socket:
        told = orjson.loads(frame)
        if told["type"] == "next":
            follower.events.put_nowait((time.perf_counter(), told["payload"]))
        elif told["type"] != "ping":
            raise SystemExit(told)
