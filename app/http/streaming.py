"""An answer made while it is sent: no faster than its reader takes it, and visibly broken where it isn't whole."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.http.answers import answer_to
from app.queries.exports.copying import Write
from app.queries.faults import note_fault

STALL_SECONDS = 60


class BrokenOff(Exception):
    """The answer has no end: the server closes the connection, and so the reader knows."""


class Stalled(Exception):
    """The reader has taken nothing for too long."""


class Content(Protocol):
    """What is sent, ready to be written."""

    @property
    def headers(self) -> Mapping[str, str]:
        """The answer's headers."""

    async def write(self, write: Write) -> None:
        """All of it, piece after piece."""


class Streamed(Response):
    """Opens its content when the answer begins; what is refused until then is answered as ever.

    When the reader hangs up, or takes nothing for STALL_SECONDS, the content is closed at once.
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
                    await content.write(lambda piece: _send_piece(send, piece))
        except Exception as error:
            if not has_begun:
                await answer_to(error)(scope, receive, send)
                return
            raise BrokenOff(note_fault("answer_broken_off", error)) from None
        await send({"type": "http.response.body"})


def _beginning(headers: Mapping[str, str]) -> dict[str, object]:
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    return {"type": "http.response.start", "status": 200, "headers": raw}


async def _send_piece(send: Send, piece: bytes) -> None:
    try:
        async with asyncio.timeout(STALL_SECONDS):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    except TimeoutError:
        raise Stalled from None


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
