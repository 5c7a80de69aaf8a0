"""A receiver on loopback that notes what it is sent, and answers as it is told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from standardwebhooks import Webhook


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it came: its headers, by their names in small letters, and its body."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The message's id."""
        return self.headers["webhook-id"]

    @property
    def told(self) -> dict[str, Any]:
        """The body."""
        found: dict[str, Any] = orjson.loads(self.body)
        return found

    def verified(self, secret: str) -> Any:
        """The body, by the library that receivers use; raises where the signature is wrong or old."""
        return Webhook(secret).verify(self.body, {**self.headers})


Answering = Callable[[Received], Awaitable[bytes]]


def answer(status: int = 200, content: bytes = b"", **headers: str) -> bytes:
    """An answer of HTTP."""
    lines = [f"HTTP/1.1 {status} X", f"content-length: {len(content)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + content


async def well(_: Received) -> bytes:
    """The answer of a receiver that takes everything."""
    return answer()


@dataclass(slots=True)
class Receiver:
    """What came, in its order; `answering` may be changed at any time."""

    answering: Answering = well
    received: list[Received] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    url: str = ""

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hear one request and answer it."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            pairs = (line.partition(": ") for line in head[1:] if line)
            headers = {name.lower(): value for name, _, value in pairs}
            heard = Received(headers, await reader.readexactly(int(headers["content-length"])))
            self.received.append(heard)
            writer.write(await self.answering(heard))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.at_once -= 1
            writer.close()


@asynccontextmanager
async def receiving(answering: Answering = well, address: str = "127.0.0.1") -> AsyncIterator[Receiver]:
    """A receiver on a free port of loopback, for as long as the context lasts."""
    receiver = Receiver(answering)
    server = await asyncio.start_server(receiver.take, address, 0)
    shown = f"[{address}]" if ":" in address else address
    receiver.url = f"http://{shown}:{server.sockets[0].getsockname()[1]}/hook"
    try:
        yield receiver
    finally:
        server.close()
