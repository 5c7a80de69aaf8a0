"""The workspaces that an engine has to look at, each once, in the order in which they came."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager


class Agenda:
    """What waits, and what is being worked on: what comes for a workspace meanwhile is done after that."""

    def __init__(self) -> None:
        self._waiting: dict[int, None] = {}
        self._apart: set[int] = set()
        self._turn = asyncio.Event()

    def add(self, workspace_ids: Iterable[int]) -> None:
        """These, too."""
        self._waiting.update(dict.fromkeys(workspace_ids))
        self._turn.set()

    def postpone(self, workspace_id: int, seconds: float) -> None:
        """This one again, but not before so many seconds have passed."""
        self._apart.add(workspace_id)
        self.add([workspace_id])
        asyncio.get_running_loop().call_later(seconds, self._return, workspace_id)

    @asynccontextmanager
    async def next(self) -> AsyncIterator[int]:
        """The next one on which nobody works, once there is one; for this caller alone within the context."""
        while (workspace_id := self._first()) is None:
            self._turn.clear()
            await self._turn.wait()
        del self._waiting[workspace_id]
        self._apart.add(workspace_id)
        try:
            yield workspace_id
        finally:
            self._return(workspace_id)

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to do."""
        return not self._waiting and not self._apart

    def _return(self, workspace_id: int) -> None:
        self._apart.discard(workspace_id)
        self._turn.set()

    def _first(self) -> int | None:
        return next((id for id in self._waiting if id not in self._apart), None)
