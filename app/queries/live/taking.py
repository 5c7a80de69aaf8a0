"""What an engine is to look at: contacts that somebody changed, and those whose time has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.filters.vocabulary import Status
from app.queries.changes import Cause, Change
from app.queries.live.claims import Held

_COLUMNS = "contact_ids, cause, field_keys, label_ids, previous, status, import_id, noted_at"

# A row stands for up to a thousand contacts. What somebody waits for goes before what came in bulk.
_TAKE = (
    "WITH first AS (SELECT id, sum(cardinality(contact_ids)) OVER (ORDER BY is_bulk, id) "
    "- cardinality(contact_ids) AS before FROM noted_change WHERE workspace_id = $1 ORDER BY is_bulk, id LIMIT $2), "
    "taken AS (DELETE FROM noted_change WHERE workspace_id = $1 AND id = ANY(ARRAY("
    f"SELECT id FROM first WHERE before < $2)) RETURNING id, {_COLUMNS}) "
    f"INSERT INTO contact_change (workspace_id, {_COLUMNS}) SELECT $1, {_COLUMNS} FROM taken ORDER BY id "
    f"RETURNING {_COLUMNS}"
)
_DUE = (
    "DELETE FROM contact_due WHERE workspace_id = $1 AND contact_id = ANY(ARRAY("
    "SELECT contact_id FROM contact_due WHERE workspace_id = $1 AND due_at <= $2 ORDER BY due_at LIMIT $3)) "
    "RETURNING contact_id, due_at"
)


@dataclass(frozen=True, slots=True)
class Noted:
    """A change of some contacts, and when its transaction noted it."""

    contact_ids: Sequence[int]
    change: Change
    noted_at: datetime


async def take_changes(held: Held, most: int) -> list[Noted]:
    """The next noted changes, of about so many contacts, which from now on count as seen to."""
    return [
        Noted(
            row["contact_ids"],
            Change(
                Cause(row["cause"]),
                row["field_keys"],
                row["label_ids"],
                row["previous"] and Status(row["previous"]),
                row["status"] and Status(row["status"]),
                row["import_id"],
            ),
            row["noted_at"],
        )
        for row in await held.borrowed.fetch(_TAKE, held.workspace_id, most)
    ]


async def take_due(held: Held, at: datetime, most: int) -> dict[int, datetime]:
    """So many of the contacts whose time has come by a moment, and when that was."""
    rows = await held.borrowed.fetch(_DUE, held.workspace_id, at, most)
    return {row["contact_id"]: row["due_at"] for row in rows}
