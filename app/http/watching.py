"""What takes long ends with the token that began it: revoked or expired, it opens nothing more."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.http.answers import TurnedAway
from app.http.streaming import BrokenOff
from app.queries.tokens import Bearer, is_open

SECONDS_BETWEEN_LOOKS = 5.0


class WhileOpen(Response):
    """An answer that is broken off soon after its token ends.

    What an identity provider has signed can't be revoked: who was let in by it gets the whole answer.
    """

    def __init__(self, answer: Response, bearer: Bearer) -> None:
        super().__init__()
        self._answer = answer
        self._bearer = bearer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request; raises BrokenOff."""
        answering = asyncio.ensure_future(self._answer(scope, receive, send))
        closing = asyncio.create_task(_closed(self._bearer))
        try:
            await asyncio.wait({answering, closing}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            answering.cancel()
            closing.cancel()
            await asyncio.wait({answering, closing})
        if answering.cancelled():
            raise BrokenOff("its token has ended")
        answering.result()


async def while_open(bearer: Bearer, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """What comes, for as long as its token is good; raises TurnedAway, also where it ended with the last of it."""
    looked = time.monotonic()
    async for chunk in chunks:
        if time.monotonic() - looked >= SECONDS_BETWEEN_LOOKS:
            await _check(bearer)
            looked = time.monotonic()
        yield chunk
    await _check(bearer)


async def _check(bearer: Bearer) -> None:
    if not await _is_open(bearer):
        raise TurnedAway(401, "UNAUTHENTICATED", "this token has ended meanwhile", "file")


async def _closed(bearer: Bearer) -> None:
    is_good = True
    while is_good:
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        with suppress(Exception):  # who can't look goes on
            is_good = await _is_open(bearer)


async def _is_open(bearer: Bearer) -> bool:
    token_id = bearer.actor.token_id
    return token_id is None or await is_open(bearer.workspace_id, token_id)
