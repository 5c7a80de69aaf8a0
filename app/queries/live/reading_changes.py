"""What happened to contacts, read in the order in which it was seen to; it is kept for some days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from asyncpg import Record

from app.queries.connections import connection

KEPT: Final = timedelta(days=3)
FORGOTTEN_AT_ONCE: Final = 10_000


@dataclass(frozen=True, slots=True)
class ContactNews:
    """What happened to some contacts, alike to all of them; `labels` are ids, `fields` keys."""

    id: int
    contact_ids: Sequence[int]
    cause: str
    fields: Sequence[str]
    labels: Sequence[int]
    previous: str | None
    status: str | None
    import_id: int | None
    at: datetime


# The last row is told even where nothing is asked for, so that nothing is looked through twice.
_NEWS = (
    "WITH last AS (SELECT coalesce(max(id), $2) AS last FROM contact_change WHERE workspace_id = $1 AND id > $2) "
    "SELECT last.last, news.* FROM last LEFT JOIN LATERAL (SELECT id, CASE WHEN $3::bigint[] IS NULL "
    "THEN contact_ids ELSE ARRAY(SELECT unnest(contact_ids) INTERSECT SELECT unnest($3) ORDER BY 1) END "
    "AS contact_ids, cause, field_keys, label_ids, previous, status, import_id, noted_at FROM contact_change "
    "WHERE workspace_id = $1 AND id > $2 AND ($3::bigint[] IS NULL OR contact_ids && $3) ORDER BY id LIMIT $4"
    ") AS news ON TRUE ORDER BY news.id"
)
_FORGET = (
    "WITH gone AS (DELETE FROM contact_change WHERE ctid = ANY(ARRAY("
    "SELECT ctid FROM contact_change WHERE noted_at < now() - $1::interval LIMIT $2)) RETURNING id) "
    "SELECT count(*) FROM gone"
)


async def last_contact_change(workspace_id: int) -> int:
    """The id of the newest change of a workspace's contacts; 0 where there is none."""
    async with connection() as borrowed:
        found = await borrowed.fetchval("SELECT max(id) FROM contact_change WHERE workspace_id = $1", workspace_id)
    return found or 0


async def contact_news(
    workspace_id: int, contact_ids: Sequence[int] | None, after: int, most: int
) -> tuple[list[ContactNews], int]:
    """The next so many changes after one, and the id behind which to go on; of these contacts, or of all."""
    chosen = None if contact_ids is None else list(contact_ids)
    async with connection() as borrowed:
        rows = await borrowed.fetch(_NEWS, workspace_id, after, chosen, most)
    news = [_news(row) for row in rows if row["id"] is not None]
    return news, news[-1].id if len(news) == most else rows[0]["last"]


async def forget_contact_changes() -> None:
    """Remove the changes of all workspaces that are older than they are kept."""
    async with connection() as borrowed:
        while await borrowed.fetchval(_FORGET, KEPT, FORGOTTEN_AT_ONCE) == FORGOTTEN_AT_ONCE:
            pass


def _news(row: Record) -> ContactNews:
    return ContactNews(*tuple(row)[1:])
