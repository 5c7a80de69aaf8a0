"""One client's socket: messages in, messages out, and its end."""

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.types import Receive, Send

from app.graphql.socket.messages import PROTOCOL, CloseCode, Closing, Message, read_message


class Gone(Exception):
    """The client has left, or the server is to stop: nothing more can be heard or told."""


class Wire:
    """A socket of the ASGI server's, which may be told something by many tasks at once."""

    def __init__(self, receive: Receive, send: Send, most_bytes: int) -> None:
        self._receive = receive
        self._send = send
        self._most_bytes = most_bytes

    async def accept(self, offered: list[str]) -> None:
        """Take the socket up; raises Closing where the client doesn't offer the protocol, and Gone."""
        if (await self._receive())["type"] != "websocket.connect":
            raise Gone
        agreed = PROTOCOL if PROTOCOL in offered else None
        await self._put({"type": "websocket.accept", "subprotocol": agreed})
        if agreed is None:
            raise Closing(CloseCode.WRONG_PROTOCOL, f"Only {PROTOCOL} is spoken here.")

    async def hear(self) -> Message:
        """The client's next message; raises Gone, and Closing for what is none."""
        event = await self._receive()
        if event["type"] != "websocket.receive":
            raise Gone
        text = event.get("text")
        if text is None:
            raise Closing(CloseCode.BAD_MESSAGE, "A message has to be a text frame.")
        if len(text) > self._most_bytes or len(text.encode()) > self._most_bytes:
            raise Closing(CloseCode.TOO_LARGE, f"A message has at most {self._most_bytes:,} bytes.")
        return read_message(text)

    async def tell(self, message: Mapping[str, Any]) -> None:
        """Send the client a message, as soon as it takes one; raises Gone, and TypeError for what JSON can't say."""
        await self._put({"type": "websocket.send", "text": orjson.dumps(message).decode()})

    async def close(self, closing: Closing) -> None:
        """Close the socket, if it is still open."""
        try:
            await self._put({"type": "websocket.close", "code": closing.code, "reason": closing.reason})
        except Gone:
            return

    async def _put(self, event: dict[str, Any]) -> None:
        try:
            await self._send(event)
        except (OSError, RuntimeError):  # RuntimeError: the server has closed the socket in this moment
            raise Gone from None
