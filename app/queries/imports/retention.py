"""What is left of imports that are over: for how long it is kept, and what a killed process never removed."""

import asyncpg

from app.queries.connections import Connection, connection
from app.queries.imports.ledger import UNDOABLE_DAYS

FORGOTTEN_AT_ONCE = 10_000

KEPT = {"imported_change": "contact_id", "refused_row": "line", "kept_by_undo": "contact_id"}

_LEFT = " OR ".join(
    f"EXISTS (SELECT FROM {table} AS kept WHERE kept.workspace_id = old.workspace_id AND kept.import_id = old.id)"
    for table in KEPT
)
_OLD = (
    "SELECT workspace_id, id FROM file_import AS old WHERE finished_at IS NOT NULL "
    f"AND created_at < now() - interval '{UNDOABLE_DAYS} days' AND (samples IS NOT NULL OR {_LEFT})"
)
_FORGET = (
    "WITH gone AS (DELETE FROM {table} WHERE workspace_id = $1 AND import_id = $2 AND {key} = ANY(ARRAY("
    "SELECT {key} FROM {table} WHERE workspace_id = $1 AND import_id = $2 AND {key} > $3 ORDER BY {key} LIMIT $4)) "
    "RETURNING {key}) SELECT max({key}) FROM gone"
)


async def forget_old_imports() -> None:
    """Remove what an import kept for undoing and mending, once it can't be undone any more; its counts stay."""
    async with connection() as borrowed:
        for workspace_id, import_id in await borrowed.fetch(_OLD):
            for table, key in KEPT.items():
                await _forget(borrowed, _FORGET.format(table=table, key=key), workspace_id, import_id)
            await borrowed.execute(
                "UPDATE file_import SET samples = NULL WHERE workspace_id = $1 AND id = $2", workspace_id, import_id
            )


async def _forget(borrowed: Connection, text: str, workspace_id: int, import_id: int) -> None:
    """A few thousand rows a transaction, for each is written to the log and holds its locks until the end."""
    after: int | None = 0
    while after is not None:
        after = await borrowed.fetchval(text, workspace_id, import_id, after, FORGOTTEN_AT_ONCE)


async def wanted_files() -> set[str]:
    """The stored files of imports that are waiting, at work, or shown by a dry run that may still be started."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "SELECT stored FROM file_import WHERE finished_at IS NULL "
            f"OR (state = 'CHECKED' AND created_at > now() - interval '{UNDOABLE_DAYS} days')"
        )
    return {name for (stored,) in rows for name in (stored, f"{stored}.utf8")}


async def drop_left_stages() -> None:
    """Drop the tables of imports that are over; one that somebody holds is left to the next time."""
    async with connection() as borrowed:
        left = await borrowed.fetch(
            "SELECT relname FROM pg_class JOIN file_import ON relname = 'import_stage_' || file_import.id "
            "WHERE relnamespace = current_schema::regnamespace AND finished_at IS NOT NULL "
            "AND finished_at < now() - interval '10 minutes'"
        )
    for (name,) in left:
        await _drop(name)


async def _drop(name: str) -> None:
    try:
        async with connection() as borrowed, borrowed.transaction():
            await borrowed.execute("SET LOCAL lock_timeout = '2s'")
            await borrowed.execute(f"DROP TABLE IF EXISTS {name}")
    except asyncpg.LockNotAvailableError:
        return
