"""What a workspace has waiting and stored, beside what it may."""

from dataclasses import dataclass

from app.queries.connections import connection
from app.queries.imports.ledger import UNDOABLE_DAYS


@dataclass(frozen=True, slots=True)
class Used:
    """How many imports a workspace has whose files are kept, and how many bytes all of its files have."""

    imports: int
    bytes: int


async def used(workspace_id: int) -> Used:
    """The imports that wait, are worked on, or are shown by a dry run; their files, and those of exports."""
    async with connection() as borrowed:
        row = await borrowed.fetch(
            "SELECT count(*) AS imports, coalesce(sum(size), 0)::bigint + (SELECT coalesce(sum(bytes), 0) "
            "FROM export WHERE export.workspace_id = $1)::bigint AS bytes FROM file_import WHERE workspace_id = $1 "
            "AND (finished_at IS NULL AND state <> 'UNDOING' "
            f"OR state = 'CHECKED' AND created_at > now() - interval '{UNDOABLE_DAYS} days')",
            workspace_id,
        )
    return Used(**dict(row[0]))
