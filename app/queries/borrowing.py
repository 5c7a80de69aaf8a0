"""A connection is taken out of the pool and given back: as it was, whatever became of the task that had it."""

from asyncio import CancelledError
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any, Final

from tortoise.connection import get_connection

from app.queries.deadlines import Deadline
from app.queries.turns import Turns

# A connection that can't be given back by then is closed.
GIVING_BACK_SECONDS: Final = 5


class _Shared:
    turns: Turns


def share(connections: int) -> None:
    """From now on the requests of this process share so many connections."""
    _Shared.turns = Turns(connections)


def waiting() -> int:
    """How much that requests ask waits for its turn."""
    return _Shared.turns.waiting


class Borrowing(AbstractAsyncContextManager[Any]):
    """A connection of the pool, for as long as the context lasts."""

    __slots__ = ("_borrowed", "_pool")

    async def __aenter__(self) -> Any:
        wrapper = get_connection("default").acquire_connection()
        await wrapper.ensure_connection()
        self._pool: Any = wrapper.client._pool  # noqa: SLF001 - the wrapper's own way out waits without end
        self._borrowed = await self._pool.acquire()
        return self._borrowed

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if (held := self._borrowed._con) is None:  # noqa: SLF001 - it was lost, and is out of the pool already
            return
        if kind is not None and issubclass(kind, CancelledError):
            held.unsettle()
        await self._pool.release(self._borrowed, timeout=GIVING_BACK_SECONDS if held.is_unsettled else None)


class BorrowingInTurn(Borrowing):
    """The same for a request, once it is its asker's turn; raises Stopped when the request's time is up."""

    __slots__ = ("_asker", "_deadline", "_task", "_turns")

    def __init__(self, deadline: Deadline) -> None:
        self._asker = deadline.asker  # who has it gives it back, whatever becomes known meanwhile
        self._deadline = deadline
        self._turns = _Shared.turns

    async def __aenter__(self) -> Any:
        self._task = self._deadline.join()
        try:
            borrowed = await self._in_turn()
            if (seconds := self._deadline.haste()) is not None:
                await self._hurry(seconds)
        except BaseException as error:
            self._deadline.leave(self._task, error)
            raise
        return borrowed

    async def _in_turn(self) -> Any:
        self._deadline.waiting += 1
        try:
            await self._turns.take(self._asker)
            try:
                return await super().__aenter__()
            except BaseException:
                self._turns.give(self._asker)
                raise
        finally:
            self._deadline.waiting -= 1

    async def _hurry(self, seconds: float) -> None:
        try:
            await self._borrowed.hurry(seconds)
        except BaseException as error:
            await self._give_back(error)
            raise

    async def _give_back(self, error: BaseException | None) -> None:
        try:
            await super().__aexit__(type(error) if error else None, error, None)
        finally:
            self._turns.give(self._asker)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            await self._give_back(error)
        except CancelledError as cancelled:
            error = cancelled
            raise
        finally:
            self._deadline.leave(self._task, error)
