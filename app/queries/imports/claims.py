"""Whose turn it is: an import is worked on by one caller at a time, for as long as the caller's connection lasts."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from types import TracebackType

import asyncpg

from app.queries.connections import Connection, connection
from app.queries.imports.ledger import ImportState
from app.queries.imports.progress import conclude

MOST_ATTEMPTS = 20
PATIENCE = timedelta(minutes=15)

HasFile = Callable[[str], bool]


class ClaimLost(ConnectionError):
    """The connection that a claim hangs on is gone, and the import may be another's by now."""


@asynccontextmanager
async def claimed_import(
    has_file: HasFile = lambda _: True, only: tuple[int, int] | None = None
) -> AsyncIterator[tuple[int, int] | None]:
    """The workspace and the id of an import that nobody works on, for this caller alone while the context lasts.

    With `only`, these two, no other import is taken.

    Of a workspace's imports one is worked on at a time, the oldest first, and the next turn is that of the workspace
    that has waited longest. One that was begun too often without getting any further has failed, and is only to be
    cleared away. One whose stored file the caller lacks is left to others, until they have had time enough.

    The claim ends with its connection, so what a killed process worked on is there for the next at once; a block that
    loses it is cancelled and raises ClaimLost.
    """
    async with connection() as borrowed:
        for workspace_id in [only[0]] if only else await _waiting(borrowed):
            async with _locked(borrowed, workspace_id) as is_locked:
                wanted = only and only[1]
                import_id = await _begun(borrowed, workspace_id, wanted, has_file) if is_locked else None
                if import_id is not None:
                    async with _called_off(borrowed, workspace_id, import_id):
                        yield workspace_id, import_id
                    return
        yield None


_LOCK = "hashtextextended('pilah import ' || $1::bigint, 0)"


@asynccontextmanager
async def _locked(borrowed: Connection, workspace_id: int) -> AsyncIterator[bool]:
    """Whether the workspace is this caller's until the context ends."""
    if not await _ask(borrowed, f"SELECT pg_try_advisory_lock({_LOCK})", workspace_id):
        yield False
        return
    lasting = _Lasting(borrowed)
    try:
        with lasting:
            yield True
    finally:
        if not lasting.is_over:
            with suppress(Exception):
                await _ask(borrowed, f"SELECT pg_advisory_unlock({_LOCK})", workspace_id)


async def _ask(borrowed: Connection, text: str, workspace_id: int) -> bool:
    """What is asked of the lock; where that fails the connection goes, for the pool must not get it with a lock."""
    try:
        return bool(await borrowed.fetchval(text, workspace_id))
    except BaseException:
        with suppress(asyncpg.InterfaceError):
            borrowed.terminate()
        raise


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


@asynccontextmanager
async def _called_off(borrowed: Connection, workspace_id: int, import_id: int) -> AsyncIterator[None]:
    """A block that is no attempt where it is cancelled in peace, as by a server that is stopped."""
    try:
        yield
    except asyncio.CancelledError:
        with suppress(Exception):
            await borrowed.execute(
                "UPDATE file_import SET attempts = attempts - 1 WHERE workspace_id = $1 AND id = $2 AND attempts > 0",
                workspace_id,
                import_id,
            )
        raise


async def _waiting(borrowed: Connection) -> list[int]:
    """The workspaces that have something to do, by how long they have waited since their last import, or at all."""
    rows = await borrowed.fetch(
        "SELECT workspace_id FROM file_import AS waiting WHERE finished_at IS NULL GROUP BY 1 "
        "ORDER BY greatest(min(created_at), (SELECT max(finished_at) FROM file_import AS done "
        "WHERE done.workspace_id = waiting.workspace_id)), min(id)"
    )
    return [row[0] for row in rows]


# What is over but for the clearing away needs no file, and is no new attempt; nor does undoing need it.
_OLDEST = (
    "SELECT id, stored, state, missed_at < now() - $2::interval AS is_given_up, "
    "ending IS NULL AND state <> 'CANCELLED' AS is_work FROM file_import "
    "WHERE workspace_id = $1 AND finished_at IS NULL AND ($3::bigint IS NULL OR id = $3) ORDER BY id LIMIT 1"
)
_REACHED = (
    "(SELECT concat_ws(' ', file_import.state, count(*) FILTER (WHERE is_staged), "
    "count(*) FILTER (WHERE is_merged)) FROM file_import_part AS part "
    "WHERE part.workspace_id = $1 AND part.import_id = $2) || CASE state WHEN 'UNDOING' THEN "
    "(SELECT ' ' || count(*) FROM status_change WHERE workspace_id = $1 AND import_id = $2) || "
    "(SELECT ' ' || count(*) FROM imported_change WHERE workspace_id = $1 AND import_id = $2) ELSE '' END"
)
_BEGIN = (
    "UPDATE file_import SET started_at = coalesce(started_at, now()), missed_at = NULL, "
    f"attempts = CASE WHEN reached = {_REACHED} THEN attempts + 1 ELSE 1 END, reached = {_REACHED} "
    "WHERE workspace_id = $1 AND id = $2 RETURNING attempts"
)


async def _begun(borrowed: Connection, workspace_id: int, wanted: int | None, has_file: HasFile) -> int | None:
    """The wanted or the oldest import, asked for once the lock is had, since another may have finished it before."""
    oldest = await borrowed.fetchrow(_OLDEST, workspace_id, PATIENCE, wanted)
    if oldest is None:
        return None
    import_id: int = oldest["id"]
    if not oldest["is_work"]:
        return import_id
    needs_file = oldest["state"] != ImportState.UNDOING.value
    if needs_file and not oldest["is_given_up"] and not await asyncio.to_thread(has_file, oldest["stored"]):
        await borrowed.execute(
            "UPDATE file_import SET missed_at = coalesce(missed_at, now()) WHERE workspace_id = $1 AND id = $2",
            workspace_id,
            import_id,
        )
        return None
    if await borrowed.fetchval(_BEGIN, workspace_id, import_id) > MOST_ATTEMPTS:
        await _give_up(borrowed, workspace_id, import_id)
    return import_id


async def _give_up(borrowed: Connection, workspace_id: int, import_id: int) -> None:
    message = f"this was begun {MOST_ATTEMPTS} times and got no further; split the file, or ask who runs the server"
    await conclude(workspace_id, import_id, ImportState.FAILED, message)
    # Else its undoing would be given up at once.
    await borrowed.execute(
        "UPDATE file_import SET reached = NULL WHERE workspace_id = $1 AND id = $2", workspace_id, import_id
    )
