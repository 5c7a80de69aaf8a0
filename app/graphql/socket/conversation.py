"""The second state of a socket: a client that is known runs operations, some at once, until one side leaves."""

import asyncio
from contextlib import aclosing
from typing import Any, Final, assert_never

from app.graphql.faults import entry
from app.graphql.requests import Asked
from app.graphql.socket.accounting import accounted
from app.graphql.socket.greeting import Acknowledged
from app.graphql.socket.messages import (
    PONG,
    CloseCode,
    Closing,
    Complete,
    Init,
    Message,
    Ping,
    Pong,
    Subscribe,
    complete,
    errors,
    next_answer,
)
from app.graphql.socket.operations import Operations, entries_of
from app.graphql.socket.wire import Gone, Wire

SECONDS_BETWEEN_LOOKS: Final = 30.0


class Conversation:
    """A client's operations by their ids; `tasks` has those as well that are only being stopped."""

    def __init__(self, wire: Wire, client: Acknowledged, operations: Operations, most: int) -> None:
        self._wire = wire
        self._client = client
        self._operations = operations
        self._most = most
        self._look_at = asyncio.get_running_loop().time() + SECONDS_BETWEEN_LOOKS
        self._running: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def to_its_end(self) -> None:
        """Do what the client says; raises Gone or Closing, and by then no operation runs any more."""
        try:
            while True:
                try:
                    async with asyncio.timeout_at(self._look_at):
                        message = await self._wire.hear()
                except TimeoutError:
                    await self._look()
                else:
                    await self._heed(message)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _look(self) -> None:
        """Raises Closing where the client's token has ended."""
        self._look_at = asyncio.get_running_loop().time() + SECONDS_BETWEEN_LOOKS
        if (why := await self._operations.why_ended(self._client)) is not None:
            raise Closing(CloseCode.FORBIDDEN, why)

    async def _heed(self, message: Message) -> None:
        match message:
            case Subscribe(id, asked):
                await self._begin(id, asked)
            case Complete(id):
                self._stop(id)
            case Ping():
                await self._wire.tell(PONG)
            case Pong():
                pass
            case Init():
                raise Closing(CloseCode.INIT_TWICE, "A socket takes one connection_init.")
            case other:
                assert_never(other)

    async def _begin(self, id: str, asked: Asked) -> None:
        if id in self._running:
            raise Closing(CloseCode.ID_TAKEN, "An operation with this id runs already.")
        if len(self._tasks) >= self._most:
            message = f"A socket runs {self._most} operations at once; wait for one of them, or open another."
            await self._wire.tell(errors(id, [entry("RATE_LIMITED", message)]))
            return
        task = self._running[id] = asyncio.create_task(self._run(id, asked))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _stop(self, id: str) -> None:
        if (task := self._running.pop(id, None)) is not None:
            task.cancel()

    async def _run(self, id: str, asked: Asked) -> None:
        try:
            with accounted(self._client) as outcome:
                last = await self._answer(id, asked)
                outcome.name = last["type"]
            if self._running.get(id) is not asyncio.current_task():
                return  # it was stopped, and the id may be another's by now
            del self._running[id]  # before the client can know that the id is free
            await self._wire.tell(last)
        except Gone:
            return

    async def _answer(self, id: str, asked: Asked) -> dict[str, Any]:
        """Tell the client all answers; what is left to be told is returned."""
        try:
            self._operations.hear(self._client)
            async with aclosing(self._operations.answers(asked, self._client)) as answers:
                async for answer in answers:
                    await self._wire.tell(next_answer(id, answer))
        except Gone:
            raise
        except Exception as error:
            return errors(id, entries_of(error))
        return complete(id)
