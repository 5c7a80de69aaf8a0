"""How an import stands at a glance, in one statement that can be sent again and again."""

from dataclasses import dataclass
from datetime import datetime

from app.queries.connections import connection
from app.queries.imports.ledger import not_found


@dataclass(frozen=True, slots=True)
class Glimpse:
    """What of an import changes while it is worked on: two that are equal tell the same of it."""

    state: str
    started_at: datetime | None
    finished_at: datetime | None
    parts: int
    staged: int
    merged: int


async def glimpse(workspace_id: int, import_id: int) -> Glimpse:
    """How an import stands now; raises Refused NOT_FOUND."""
    async with connection() as borrowed:
        row = await borrowed.fetchrow(
            "SELECT state, started_at, finished_at, parts, staged, merged FROM file_import, LATERAL ("
            "SELECT count(*) AS parts, count(*) FILTER (WHERE is_staged) AS staged, "
            "count(*) FILTER (WHERE is_merged) AS merged FROM file_import_part AS part "
            "WHERE part.workspace_id = $1 AND part.import_id = $2) AS progress "
            "WHERE file_import.workspace_id = $1 AND file_import.id = $2",
            workspace_id,
            import_id,
        )
    if row is None:
        raise not_found()
    return Glimpse(**dict(row))
