"""What this process hears of writes, of what was seen to and of waiting messages, by one connection that listens."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Final

import asyncpg

from app.queries.changes import NOTED_CHANNEL
from app.queries.faults import note_fault, unreachable
from app.queries.live.moving import LIVE_CHANNEL
from app.queries.webhooks.queue import WEBHOOK_CHANNEL

SECONDS_BETWEEN_CALLS = 1.0


class Bell:
    """Rung for workspaces; whoever waits learns for which, or only that it was for one of theirs."""

    def __init__(self) -> None:
        self._rung: set[int] = set()
        self._any = asyncio.Event()
        self._waiting: defaultdict[int, set[asyncio.Event]] = defaultdict(set)

    def ring(self, workspace_id: int) -> None:
        """Something happened in the workspace."""
        self._rung.add(workspace_id)
        self._any.set()
        for event in self._waiting.get(workspace_id, ()):
            event.set()

    def ring_all(self) -> None:
        """Something may have happened anywhere: what was said meanwhile was not heard."""
        for workspace_id in list(self._waiting):
            self.ring(workspace_id)

    async def rung(self, seconds: float) -> set[int]:
        """For which workspaces it has been rung since the last call; none where it isn't for so many seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._any.wait(), seconds)
        self._any.clear()
        rung, self._rung = self._rung, set()
        return rung

    @contextmanager
    def heard_for(self, workspace_id: int) -> Iterator[asyncio.Event]:
        """An event that is set whenever it is rung for the workspace; whoever waits for it clears it."""
        event = asyncio.Event()
        self._waiting[workspace_id].add(event)
        try:
            yield event
        finally:
            self._waiting[workspace_id].discard(event)
            if not self._waiting[workspace_id]:
                del self._waiting[workspace_id]


noted: Final = Bell()
seen: Final = Bell()
queued: Final = Bell()
_BELLS: Final = {NOTED_CHANNEL: noted, LIVE_CHANNEL: seen, WEBHOOK_CHANNEL: queued}


@asynccontextmanager
async def listening(dsn: str) -> AsyncIterator[None]:
    """The bells are rung for as long as the context lasts, but for moments in which PostgreSQL is away."""
    task = asyncio.create_task(_keep_listening(dsn))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _keep_listening(dsn: str) -> None:
    while True:
        try:
            await _listen(dsn)
        except Exception as error:
            if not unreachable(error):
                note_fault("listening_fault", error)
        await asyncio.sleep(SECONDS_BETWEEN_CALLS)


async def _listen(dsn: str) -> None:
    """Listen until the connection is lost."""
    is_lost = asyncio.Event()
    connection = await asyncpg.connect(dsn, server_settings={"application_name": "pilah listening"}, timeout=10)
    try:
        connection.add_termination_listener(lambda _: is_lost.set())
        for channel in _BELLS:
            await connection.add_listener(channel, _heard)
        for bell in _BELLS.values():
            bell.ring_all()
        await is_lost.wait()
    finally:
        connection.terminate()


def _heard(_connection: Any, _process: int, channel: str, payload: object) -> None:
    _BELLS[channel].ring(int(str(payload)))
