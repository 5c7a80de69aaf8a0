"""The workspaces that an engine has to look at, each once, in the order in which they came."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager


class Agenda:
    """What waits, and what is being worked on: what comes for a workspace meanwhile is done after that."""

    def __init__(self) -> None:
        self._waiting: dict[int, None] = {}
        self._busy: set[int] = set()
        self._turn = asyncio.Event()

    def add(self, workspace_ids: Iterable[int]) -> None:
        """These, too."""
        self._waiting.update(dict.fromkeys(workspace_ids))
        self._turn.set()

    @asynccontextmanager
    async def next(self) -> AsyncIterator[int]:
        """The next one on which nobody works, once there is one; for this caller alone within the context."""
        while (workspace_id := self._first()) is None:
            self._turn.clear()
            await self._turn.wait()
        del self._waiting[workspace_id]
        self._busy.add(workspace_id)
        try:
            yield workspace_id
        finally:
            self._busy.discard(workspace_id)
            self._turn.set()

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to do."""
        return not self._waiting and not self._busy

    def _first(self) -> int | None:
        return next((id for id in self._waiting if id not in self._busy), None)
