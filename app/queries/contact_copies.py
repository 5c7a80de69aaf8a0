"""Contacts of a workspace that has none yet, copied straight into their table."""

from collections.abc import Iterable

from app.queries.changes import Cause, change_of, noting
from app.queries.connections import connection, transaction

COPIED = (
    "email",
    "email_folded",
    "name",
    "source",
    "external_id",
    "status",
    "label_ids",
    "fields",
    "folded",
    "created_at",
    "updated_at",
    "subscribed_at",
    "last_sent_at",
    "last_opened_at",
    "last_clicked_at",
)


_BEGIN_HISTORIES = (
    "WITH begun AS (INSERT INTO status_change (workspace_id, contact_id, previous, status, cause, changed_at) "
    "SELECT workspace_id, id, NULL, status, 'CREATED', created_at FROM contact WHERE workspace_id = $1 ORDER BY id "
    "RETURNING contact_id AS id, status), "
    f"{noting(change_of('begun', Cause.CREATED, status='status', by='status'), is_bulk=True)} SELECT"
)


async def copy_contacts(workspace_id: int, rows: Iterable[tuple[object, ...]]) -> bool:
    """Copy rows of COPIED's columns, all or none, with the start of their histories.

    False, and nothing is done, where the workspace has contacts already.
    """
    async with transaction() as borrowed:
        await borrowed.execute("SET LOCAL statement_timeout = 0")
        await borrowed.execute("SET LOCAL maintenance_work_mem = '256MB'")
        await borrowed.execute("SET LOCAL gin_pending_list_limit = '128MB'")
        # Else the foreign key is looked up by any index of a workspace that PostgreSQL takes for an empty one.
        await borrowed.execute("SET LOCAL plan_cache_mode = 'force_generic_plan'")
        await borrowed.execute("SELECT pg_advisory_xact_lock(hashint8extended($1, 0))", workspace_id)
        if await borrowed.fetchval("SELECT EXISTS (SELECT FROM contact WHERE workspace_id = $1)", workspace_id):
            return False
        await borrowed.copy_records_to_table(
            "contact", records=((workspace_id, *row) for row in rows), columns=("workspace_id", *COPIED)
        )
        await borrowed.execute(_BEGIN_HISTORIES, workspace_id)
    return True


async def tidy_contacts() -> None:
    """Bring the planner's figures and the indexes' pending entries up to date, after many contacts have come."""
    async with connection() as borrowed:
        await borrowed.execute("SET statement_timeout = 0")
        try:
            await borrowed.execute("VACUUM (ANALYZE) contact")
        finally:
            await borrowed.execute("RESET statement_timeout")
