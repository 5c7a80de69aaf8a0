"""Keeps the pages of other websites from opening sockets, for which browsers ask nothing beforehand."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

NOT_HERE: Final = 4403  # before a socket is accepted, the server makes a 403 of it


class SocketsByOrigin:
    """An application whose sockets open to pages of this server, to those of the websites named, and to programs.

    A browser always tells the page's `Origin`; what sends none is no browser, and has to show a token all the same.
    """

    def __init__(self, application: ASGIApp, origins: Sequence[str]) -> None:
        self.application = application
        self.origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Has one request answered, or one socket opened or refused."""
        if scope["type"] != "websocket" or self._may_open(dict(scope["headers"])):
            await self.application(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.close", "code": NOT_HERE, "reason": "This website may not open sockets here."})

    def _may_open(self, headers: dict[bytes, bytes]) -> bool:
        origin = headers.get(b"origin")
        if origin is None or "*" in self.origins:
            return True
        text = origin.decode("latin-1")
        return text in self.origins or _host_of(text) == headers.get(b"host", b"").decode("latin-1").lower()


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
