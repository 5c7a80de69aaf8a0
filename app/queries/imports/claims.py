"""Whose turn it is: an import is worked on by one caller at a time, for as long as the caller's connection lasts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from types import TracebackType

import asyncpg

from app.queries.connections import Connection, connection


class ClaimLost(ConnectionError):
    """The connection that a claim hangs on is gone, and the import may be another's by now."""


@asynccontextmanager
async def claimed_import() -> AsyncIterator[tuple[int, int] | None]:
    """The workspace and the id of an import that nobody works on, for this caller alone while the context lasts.

    Of a workspace's imports one is worked on at a time, the oldest first. The claim ends with its connection, so what
    a killed process worked on is there for the next at once; a block that loses it is cancelled and raises ClaimLost.
    """
    async with connection() as borrowed:
        for workspace_id in await _waiting(borrowed):
            async with _locked(borrowed, workspace_id) as is_locked:
                # Asked again, for another may have finished it before the lock was had.
                import_id = await _oldest(borrowed, workspace_id) if is_locked else None
                if import_id is not None:
                    yield workspace_id, import_id
                    return
        yield None


_LOCK = "hashtextextended('pilah import ' || $1::bigint, 0)"


@asynccontextmanager
async def _locked(borrowed: Connection, workspace_id: int) -> AsyncIterator[bool]:
    """Whether the workspace is this caller's until the context ends."""
    if not await borrowed.fetchval(f"SELECT pg_try_advisory_lock({_LOCK})", workspace_id):
        yield False
        return
    lasting = _Lasting(borrowed)
    try:
        with lasting:
            yield True
    finally:
        if not lasting.is_over:
            await _unlock(borrowed, workspace_id)


async def _unlock(borrowed: Connection, workspace_id: int) -> None:
    """Let the workspace go, if need be with the connection, as where that is just being lost."""
    try:
        await borrowed.execute(f"SELECT pg_advisory_unlock({_LOCK})", workspace_id)
    except Exception:
        with suppress(asyncpg.InterfaceError):
            borrowed.terminate()


class _Lasting:
    """A block that is cancelled once its connection is gone, and then raises ClaimLost."""

    def __init__(self, borrowed: Connection) -> None:
        self.is_over = False
        self._borrowed = borrowed
        self._task: asyncio.Task[object] | None = None

    def __enter__(self) -> None:
        self._task = asyncio.current_task()
        self._borrowed.add_termination_listener(self._end)

    def _end(self, _: object) -> None:
        if self._task is not None:
            self.is_over = True
            self._task.cancel()

    def __exit__(self, _kind: object, _error: BaseException | None, _trace: TracebackType | None) -> None:
        task, self._task = self._task, None
        if not self.is_over:
            self._borrowed.remove_termination_listener(self._end)
        elif task is not None and not task.uncancel():
            raise ClaimLost from None


async def _waiting(borrowed: Connection) -> list[int]:
    rows = await borrowed.fetch(
        "SELECT workspace_id FROM file_import WHERE finished_at IS NULL GROUP BY 1 ORDER BY min(id)"
    )
    return [row[0] for row in rows]


async def _oldest(borrowed: Connection, workspace_id: int) -> int | None:
    found: int | None = await borrowed.fetchval(
        "UPDATE file_import SET started_at = coalesce(started_at, now()) WHERE workspace_id = $1 AND id = ("
        "SELECT min(id) FROM file_import WHERE workspace_id = $1 AND finished_at IS NULL) RETURNING id",
        workspace_id,
    )
    return found
