"""An answer made while it is sent: no faster than its reader takes it, and visibly broken where it isn't whole."""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.http import patience
from app.http.answers import answer_to
from app.queries.exports.copying import Write
from app.queries.faults import note_fault

LOWEST_RATE = 32_000


class BrokenOff(Exception):
    """The answer has no end: the server closes the connection, and so the reader knows."""


class Stalled(Exception):
    """The reader takes nothing, or too little for what it keeps from others."""


class Content(Protocol):
    """What is sent, ready to be written."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The answer's headers."""

    async def write(self, write: Write) -> None:
        """All of it, piece after piece."""


class Streamed(Response):
    """Opens its content when the answer begins; what is refused until then is answered as ever.

    When the reader hangs up, or takes nothing for STALL_SECONDS, the content is closed at once; so it is where the
    reader was waited for that long, and takes less than LOWEST_RATE bytes a second.
    """

    def __init__(self, opened: Callable[[], AbstractAsyncContextManager[Content]]) -> None:
        super().__init__()
        self._opened = opened

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request; raises BrokenOff."""
        answering = asyncio.create_task(self._answer(scope, receive, send))
        leaving = asyncio.create_task(_left(receive))
        try:
            await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            answering.cancel()
            leaving.cancel()
            await asyncio.wait({answering, leaving})
        if not leaving.done() or leaving.cancelled():
            answering.result()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False
        try:
            async with self._opened() as content:
                await send(_beginning(content.headers))
                has_begun = True
                if scope["method"] != "HEAD":
                    await content.write(_Paced(send).write)
        except Exception as error:
            if not has_begun:
                await answer_to(error)(scope, receive, send)
                return
            raise BrokenOff(note_fault("answer_broken_off", error)) from None
        await send({"type": "http.response.body"})


def _beginning(headers: Mapping[str, str]) -> dict[str, object]:
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    return {"type": "http.response.start", "status": 200, "headers": raw}


@dataclass(slots=True)
class _Paced:
    """Sends pieces, and knows how long it has waited for the reader to take them."""

    send: Send
    sent: int = 0
    waited: float = 0.0

    async def write(self, piece: bytes) -> None:
        """Send one piece; raises Stalled."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(patience.STALL_SECONDS):
                await self.send({"type": "http.response.body", "body": piece, "more_body": True})
        except TimeoutError:
            raise Stalled from None
        self.waited += time.monotonic() - began
        self.sent += len(piece)
        if self.waited > patience.STALL_SECONDS and self.sent < self.waited * LOWEST_RATE:
            raise Stalled


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
