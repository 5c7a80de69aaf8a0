"""When tokens were last used: remembered by the process at once, and kept by PostgreSQL a little later."""

import time
from contextlib import AbstractAsyncContextManager
from typing import Final

from app.queries.connections import connection
from app.queries.rounds import repeated

SECONDS_BETWEEN_NOTES: Final = 60.0
SECONDS_BETWEEN_WRITES: Final = 5.0

Key = tuple[int, int]

_noted: dict[Key, float] = {}
_waiting: set[Key] = set()


def note_use(workspace_id: int, token_id: int) -> None:
    """The token was used; of one that was noted within the last minute nothing is kept."""
    key, now = (workspace_id, token_id), time.monotonic()
    if now - _noted.get(key, -SECONDS_BETWEEN_NOTES) >= SECONDS_BETWEEN_NOTES:
        _noted[key] = now
        _waiting.add(key)


async def write_uses() -> None:
    """Keep what was noted. What could not be written is forgotten: the next use will tell."""
    waiting, now = sorted(_waiting), time.monotonic()
    _waiting.clear()
    for key in [key for key, seen in _noted.items() if now - seen >= SECONDS_BETWEEN_NOTES]:
        del _noted[key]
    for workspace_id, token_id in waiting:
        async with connection() as borrowed:
            await borrowed.execute(
                "UPDATE token SET last_used_at = now() WHERE workspace_id = $1 AND id = $2", workspace_id, token_id
            )


def uses_written() -> AbstractAsyncContextManager[None]:
    """What is noted is written every few seconds for as long as the context lasts, and at its end."""
    return repeated("token uses", write_uses, SECONDS_BETWEEN_WRITES)
