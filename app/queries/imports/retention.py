"""What is left of imports that are over: for how long it is kept, and what a killed process never removed."""

from app.queries.connections import connection
from app.queries.imports.ledger import UNDOABLE_DAYS

_OLD = (
    "SELECT workspace_id, id FROM file_import WHERE finished_at IS NOT NULL "
    f"AND created_at < now() - interval '{UNDOABLE_DAYS} days'"
)


async def forget_old_imports() -> None:
    """Remove what an import kept for undoing and mending, once it can't be undone any more; its counts stay."""
    async with connection() as borrowed:
        for table in ("imported_change", "refused_row", "kept_by_undo"):
            await borrowed.execute(
                f"DELETE FROM {table} USING ({_OLD}) AS old WHERE {table}.workspace_id = old.workspace_id "
                f"AND {table}.import_id = old.id"
            )
        await borrowed.execute(
            f"UPDATE file_import SET samples = NULL WHERE (workspace_id, id) IN ({_OLD}) AND samples IS NOT NULL"
        )


async def wanted_files() -> set[str]:
    """The stored files of imports that are waiting, at work, or shown by a dry run that may still be started."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "SELECT stored FROM file_import WHERE finished_at IS NULL "
            f"OR (state = 'CHECKED' AND created_at > now() - interval '{UNDOABLE_DAYS} days')"
        )
    return {name for (stored,) in rows for name in (stored, f"{stored}.utf8")}


async def drop_left_stages() -> None:
    """Drop the tables of imports that are over."""
    async with connection() as borrowed:
        left = await borrowed.fetch(
            "SELECT relname FROM pg_class JOIN file_import ON relname = 'import_stage_' || file_import.id "
            "WHERE relnamespace = current_schema::regnamespace AND finished_at IS NOT NULL "
            "AND finished_at < now() - interval '10 minutes'"
        )
        for (name,) in left:
            await borrowed.execute(f"DROP TABLE IF EXISTS {name}")
