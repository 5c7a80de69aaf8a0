"""Watches over one request: what is done for it ends when its time is up, or when its caller has left."""

import asyncio
from types import TracebackType
from typing import Any, Final

from starlette.types import Receive

from app.identity.refusals import RequestError
from app.queries.deadlines import Deadline, current

# Most requests are answered by then, so they never pay for a task that listens.
UNWATCHED_SECONDS: Final = 0.02
# What is asked of PostgreSQL fails at once, and with it what it was for. What still goes on by then is cancelled, and
# again and again: on the way out each step may wait for a connection that will never answer.
LAST_SECONDS: Final = 1.0
SECONDS_BETWEEN_CANCELS: Final = 0.3


class Disconnected(Exception):
    """The caller went away before the request was answered."""


class TooLate(RequestError):
    """The request's time is up; `is_busy` where it ran out while waiting for a connection to PostgreSQL."""

    def __init__(self, seconds: float, *, is_busy: bool) -> None:
        self.is_busy = is_busy
        if is_busy:
            super().__init__("RATE_LIMITED", "The server is busy just now; try again soon.")
        else:
            message = f"This took longer than {seconds:g} seconds and was stopped; ask for less at once."
            super().__init__("QUERY_TOO_COMPLEX", message)


class Watch:
    """The work in this context is for one request; raises TooLate, or Disconnected once `receive` says so."""

    __slots__ = (
        "_before",
        "_cancels",
        "_cancels_before",
        "_deadline",
        "_ended",
        "_listening",
        "_receive",
        "_timer",
        "_working",
    )

    def __init__(self, deadline: Deadline, receive: Receive | None = None) -> None:
        self._deadline = deadline
        self._receive = receive
        self._ended: Exception | None = None
        self._listening: asyncio.Task[None] | None = None
        self._cancels = 0

    async def __aenter__(self) -> None:
        self._working: asyncio.Task[Any] = asyncio.current_task()  # type: ignore[assignment]
        self._cancels_before = self._working.cancelling()
        self._before = current.set(self._deadline)
        seconds = min(UNWATCHED_SECONDS, self._deadline.seconds)
        self._timer = asyncio.get_running_loop().call_later(seconds, self._begin)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if self._listening is not None:
            self._listening.cancel()
        current.reset(self._before)
        if self._ended is not None:
            for _ in range(self._cancels):
                self._working.uncancel()
            if self._working.cancelling() > self._cancels_before:
                raise asyncio.CancelledError from None  # somebody else wants it to end
            raise self._ended from None
        if isinstance(error, asyncio.CancelledError):
            self._deadline.end()

    def _begin(self) -> None:
        self._listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        try:
            async with asyncio.timeout_at(self._deadline.at):
                await self._gone()
            self._end(Disconnected())
        except TimeoutError:
            self._end(TooLate(self._deadline.seconds, is_busy=self._deadline.waiting > 0))

    async def _gone(self) -> None:
        if self._receive is None:
            await asyncio.Event().wait()
            return
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def _end(self, why: Exception) -> None:
        self._ended = why
        self._deadline.end()
        self._timer = asyncio.get_running_loop().call_later(LAST_SECONDS, self._cancel)

    def _cancel(self) -> None:
        self._cancels += 1
        self._working.cancel()
        self._timer = asyncio.get_running_loop().call_later(SECONDS_BETWEEN_CANCELS, self._cancel)
