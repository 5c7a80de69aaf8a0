"""What happened to contacts, read in the order in which it was seen to; it is kept for some days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.queries.connections import connection

KEPT: Final = timedelta(days=3)
FORGOTTEN_AT_ONCE: Final = 10_000
READ_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class ContactNews:
    """What happened to some contacts, alike to all of them; `labels` are ids, `fields` keys.

    `at` is when it was noted, `seen_at` when it was seen to.
    """

    id: int
    contact_ids: Sequence[int]
    cause: str
    fields: Sequence[str]
    labels: Sequence[int]
    previous: str | None
    status: str | None
    import_id: int | None
    at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class ContactStretch:
    """What is new in a stretch of changes, the id behind which to go on, and whether there is more behind that."""

    news: Sequence[ContactNews]
    behind: int
    is_more: bool


# Whether it is asked for is looked up for each contact of a stretch; where that ends is told even if none is.
_NEWS = (
    "WITH stretch AS MATERIALIZED (SELECT id, CASE WHEN $3::bigint[] IS NULL THEN contact_ids ELSE ARRAY("
    "SELECT DISTINCT one FROM unnest(contact_ids) AS one WHERE one = ANY($3) ORDER BY 1) END AS contact_ids, "
    "cause, field_keys, label_ids, previous, status, import_id, noted_at, seen_at FROM contact_change "
    "WHERE workspace_id = $1 AND id > $2 ORDER BY id LIMIT $4), "
    "read AS (SELECT coalesce((SELECT max(id) FROM stretch), $2) AS upto, "
    "coalesce((SELECT max(id) FROM contact_change WHERE workspace_id = $1), 0) AS newest) "
    "SELECT read.*, news.* FROM read LEFT JOIN LATERAL (SELECT * FROM stretch WHERE cardinality(contact_ids) > 0 "
    "ORDER BY id LIMIT $5) AS news ON TRUE ORDER BY news.id"
)
# The ids of a workspace are in the order in which they were seen to: the oldest are the first.
_FORGET = (
    "WITH gone AS (DELETE FROM contact_change WHERE workspace_id = $1 AND seen_at < now() - $2::interval "
    "AND id = ANY(ARRAY(SELECT id FROM contact_change WHERE workspace_id = $1 ORDER BY id LIMIT $3)) RETURNING id) "
    "SELECT count(*) FROM gone"
)


async def last_contact_change(workspace_id: int) -> int:
    """The id of the newest change of a workspace's contacts; 0 where there is none."""
    async with connection() as borrowed:
        found = await borrowed.fetchval("SELECT max(id) FROM contact_change WHERE workspace_id = $1", workspace_id)
    return found or 0


async def contact_news(
    workspace_id: int, contact_ids: Sequence[int] | None, after: int, most: int, read: int = READ_AT_ONCE
) -> ContactStretch:
    """So many of the next changes after one, among so many that are read; of these contacts, or of all."""
    chosen = None if contact_ids is None else list(contact_ids)
    looked = most if chosen is None else read
    async with connection() as borrowed:
        rows = await borrowed.fetch(_NEWS, workspace_id, after, chosen, looked, most)
    news = [ContactNews(*tuple(row)[2:]) for row in rows if row["id"] is not None]
    upto = news[-1].id if len(news) == most else rows[0]["upto"]
    return ContactStretch(news, upto, is_more=upto < rows[0]["newest"])


async def forget_contact_changes() -> None:
    """Remove the changes of all workspaces that were seen to longer ago than they are kept."""
    async with connection() as borrowed:
        for (workspace_id,) in await borrowed.fetch("SELECT id FROM workspace"):
            while await borrowed.fetchval(_FORGET, workspace_id, KEPT, FORGOTTEN_AT_ONCE) == FORGOTTEN_AT_ONCE:
                pass
