"""Until when PostgreSQL may work for a request, and all that works for it, so that it can be stopped at once."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any, Final

from app.queries.turns import Asker

# A statement's own time limit is the pool's. Less is set only for requests that have used up half of their time.
_HASTE: Final = 0.5


class Stopped(Exception):
    """The work for a request is over, finished or not."""


@dataclass(slots=True, eq=False)
class Deadline:
    """The work for one request of one asker: it ends `at` a time of the event loop, `seconds` after its beginning.

    Every task that asks PostgreSQL for it is known here, those of shared loaders included; so is how many of them are
    `waiting` for a connection.
    """

    asker: Asker
    seconds: float
    at: float
    is_over: bool = False
    waiting: int = 0
    _tasks: list[asyncio.Task[Any]] = field(default_factory=list)

    def end(self) -> None:
        """Stop what is being asked for the request, and let nothing more be asked."""
        if self.is_over:
            return
        self.is_over = True
        for task in self._tasks:
            task.cancel()

    def haste(self) -> float | None:
        """The seconds that a statement may take from now on, where they are few."""
        left = self.at - asyncio.get_running_loop().time()
        return max(left, 0.001) if left < self.seconds * _HASTE else None

    def join(self) -> asyncio.Task[Any]:
        """This task asks PostgreSQL from now on; raises Stopped where that is over."""
        task = asyncio.current_task()
        if self.is_over or task is None:
            raise Stopped
        self._tasks.append(task)
        return task

    def leave(self, task: asyncio.Task[Any], error: BaseException | None) -> None:
        """The task asks no more; raises Stopped where it was cancelled for that, so that its waiters hear of it."""
        self._tasks.remove(task)
        if self.is_over:
            task.uncancel()  # whatever became of the cancellation meanwhile
            if isinstance(error, asyncio.CancelledError):
                raise Stopped from None


current: Final[ContextVar[Deadline | None]] = ContextVar("deadline", default=None)
"""The deadline of the request that this task works for; None for work of our own."""


@contextmanager
def beyond() -> Iterator[None]:
    """What is done within belongs to no request, and is not stopped with the one that this task works for."""
    before = current.set(None)
    try:
        yield
    finally:
        current.reset(before)


def prove(workspace_id: int) -> None:
    """The request that this task works for is of this workspace, and shares what that one has from now on."""
    if (deadline := current.get()) is not None:
        deadline.asker = replace(deadline.asker, workspace_id=workspace_id)


def begin(asker: Asker, seconds: float) -> Deadline:
    """A deadline so many seconds from now."""
    return Deadline(asker, seconds, asyncio.get_running_loop().time() + seconds)
