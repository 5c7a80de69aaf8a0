"""A caller over one kept-alive connection, as thin as HTTP allows."""

import asyncio
from typing import Any

import orjson


def request(path: str, token: str, query: str, variables: dict[str, Any] | None = None) -> bytes:
    """The bytes of a GraphQL request."""
    body = orjson.dumps({"query": query, "variables": variables})
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Accept: application/json\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Caller:
    """One connection: ask, and wait for the whole answer."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def to(cls, port: int) -> "Caller":
        """A caller of the server at a port of this machine."""
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=2**22))

    async def ask(self, request: bytes) -> bytes:
        """The answer's body; raises ValueError where it isn't 200."""
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r")[0]
        body = await self.reader.readexactly(int(length))
        if not head.startswith(b"HTTP/1.1 200"):
            raise ValueError(body[:1000])
        return body

    async def data(self, request: bytes) -> Any:
        """The answer's data; raises ValueError where it has errors."""
        answer = orjson.loads(await self.ask(request))
        if "errors" in answer:
            raise ValueError(answer["errors"])
        return answer["data"]
