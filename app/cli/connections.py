"""Connections over HTTP, each of which must say soon and in few words what it wants, before its token is known."""

import asyncio
from asyncio import TimerHandle
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.graphql.media import is_stream

HEAD_SECONDS = 20.0
MOST_HEAD_BYTES = 64 * 1024

# So many are told that there are too many; more are cut off.
SPARE = 20
# So many fewer than may be, and who has been silent for longest has to make room.
CROWD = 50


class GuardedHttp(HttpToolsProtocol):
    """Closes a connection that takes too long for a request's head, or sends more than belongs into one.

    All counts that is no body: trailers and the extensions of chunks are kept by the parser, too.
    Where connections are nearly all taken, a new one takes the place of the client that has been silent for longest.
    """

    _owing: ClassVar[dict["GuardedHttp", None]] = {}  # those whose client is to send something, by their last byte

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head_bytes = 0
        self._head_timer: TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A head is awaited, unless there are as many connections as may be, with or without a request."""
        super().connection_made(transport)
        if self.limit_concurrency is not None and len(self.connections) > self.limit_concurrency + SPARE:
            transport.abort()
            return
        self._await_head()
        self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more."""
        self._have_head()
        self._owing.pop(self, None)
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """The server stops, and with it streams of events, which have no end of their own."""
        super().shutdown()
        if not self._is_quiet() and is_stream(dict(self.headers).get(b"accept", b"")):
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        """The next bytes, and what is too much of them."""
        self._head_bytes += len(data)
        if self._owing.pop(self, self) is None:
            self._owing[self] = None
        super().data_received(data)
        if self._head_bytes > MOST_HEAD_BYTES and not self.transport.is_closing():
            self._refuse()

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._head_bytes = 0
        self._have_head()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Bytes of the body, which the application takes or leaves."""
        self._head_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is there."""
        self._owing.pop(self, None)
        self._head_bytes = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The next head is awaited."""
        super().on_response_complete()
        if not self.transport.is_closing():
            self._await_head()

    def _make_room(self) -> None:
        if self.limit_concurrency is None or len(self.connections) <= self.limit_concurrency - CROWD:
            return
        # Of a connection that isn't read nobody can say that it is silent.
        silent = (other for other in self._owing if other is not self and not other.flow.read_paused)
        if (longest := next(silent, None)) is not None:
            longest.transport.abort()

    def _await_head(self) -> None:
        self._have_head()
        self._owing[self] = None
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._lose_patience)

    def _have_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _lose_patience(self) -> None:
        if self._is_quiet() and self.transport.get_write_buffer_size():
            self.transport.abort()
        elif self._is_quiet():
            self.transport.close()

    def _refuse(self) -> None:
        if self._is_quiet():
            self.send_400_response("The headers of this request are too long.")
        else:
            self.transport.abort()

    def _is_quiet(self) -> bool:
        return self.cycle is None or self.cycle.response_complete
