"""What this process hears of writes, of what was seen to and of waiting messages, by one connection that listens."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from typing import Any, Final

import asyncpg

from app.queries.changes import NOTED_CHANNEL
from app.queries.faults import note_own_fault
from app.queries.live.moving import LIVE_CHANNEL
from app.queries.rounds import beside
from app.queries.stirring import stirred
from app.queries.webhooks.queue import WEBHOOK_CHANNEL

SECONDS_AFTER_FAULT = 1.0
SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_BETWEEN_CALLS = 0.02
_CALL = f"SELECT pg_notify('{NOTED_CHANNEL}', '0')"


ANY: Final = 0


class Bell:
    """Rung for workspaces, or for ANY; whoever waits learns for which, or only that it was for one of theirs."""

    def __init__(self) -> None:
        self._rung: set[int] = set()
        self._any = asyncio.Event()
        self._waiting: defaultdict[int, set[asyncio.Event]] = defaultdict(set)

    def ring(self, workspace_id: int) -> None:
        """Something happened in the workspace, or may have happened in any."""
        self._rung.add(workspace_id)
        self._any.set()
        for event in self._waiting.get(workspace_id, ()):
            event.set()

    def ring_all(self) -> None:
        """Something may have happened anywhere: what was said meanwhile was not heard."""
        for workspace_id in (ANY, *self._waiting):
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
    """The bells are rung for as long as the context lasts, but for moments in which PostgreSQL is away.

    What this process commits rings here at once, and elsewhere soon after.
    """
    calls = asyncio.Event()

    def hear() -> None:
        noted.ring(ANY)
        calls.set()

    with stirred(hear):
        async with beside(_keep_listening(dsn, calls)):
            yield


async def _keep_listening(dsn: str, calls: asyncio.Event) -> None:
    while True:
        try:
            await _listen(dsn, calls)
        except Exception as error:
            note_own_fault("listening_fault", error)
        await asyncio.sleep(SECONDS_AFTER_FAULT)


async def _listen(dsn: str, calls: asyncio.Event) -> None:
    """Listen until the connection is lost, and call others."""
    connection = await asyncpg.connect(dsn, server_settings={"application_name": "pilah listening"}, timeout=10)
    try:
        for channel in _BELLS:
            await connection.add_listener(channel, partial(_heard, connection.get_server_pid()))
        for bell in _BELLS.values():
            bell.ring_all()
        while not connection.is_closed():
            with suppress(TimeoutError):
                await asyncio.wait_for(calls.wait(), SECONDS_BETWEEN_LOOKS)
            if calls.is_set():
                calls.clear()
                # Apart from what was written: it keeps no writer waiting, and many are called for once.
                await connection.execute(_CALL)
                await asyncio.sleep(SECONDS_BETWEEN_CALLS)
    finally:
        connection.terminate()


def _heard(own: int, _connection: Any, process: int, channel: str, payload: object) -> None:
    if process != own:
        _BELLS[channel].ring(int(str(payload)))
