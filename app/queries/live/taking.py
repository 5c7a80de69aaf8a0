"""What an engine is to look at: contacts that somebody changed, and those whose time has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asyncpg import Record

from app.filters.vocabulary import Status
from app.queries.changes import Cause, Change
from app.queries.live.claims import Held

_TOLD = "cause, field_keys, label_ids, previous, status, import_id, list_id, noted_at"
_CHANGE = f"contact_ids, {_TOLD}"

# A row stands for up to a thousand contacts; of the last one only as many are taken as there is room for.
_TAKE = f"""
WITH first AS (
    SELECT * FROM noted_change WHERE workspace_id = $1 ORDER BY id LIMIT $2
), chosen AS MATERIALIZED (
    SELECT id, is_judged, {_TOLD}, contact_ids[:room] AS contact_ids, contact_ids[room + 1:] AS others
    FROM (SELECT *, ($2 - sum(cardinality(contact_ids)) OVER (ORDER BY id) + cardinality(contact_ids))::int AS room
        FROM first) AS counted WHERE room > 0
), gone AS (
    DELETE FROM noted_change AS noted USING chosen
    WHERE noted.workspace_id = $1 AND noted.id = chosen.id AND chosen.others = '{{}}'
), cut AS (
    UPDATE noted_change AS noted SET contact_ids = chosen.others FROM chosen
    WHERE noted.workspace_id = $1 AND noted.id = chosen.id AND chosen.others <> '{{}}'
), told AS (
    INSERT INTO contact_change (workspace_id, {_CHANGE}) SELECT $1, {_CHANGE} FROM chosen ORDER BY id
)
SELECT is_judged, {_CHANGE} FROM chosen ORDER BY id
"""

# Somebody waits for these, and not for what came in bulk before them. That they are told in order is left to _TAKE.
_TAKE_AHEAD = (
    "UPDATE noted_change SET is_judged = TRUE WHERE workspace_id = $1 AND id = ANY(ARRAY("
    "SELECT id FROM (SELECT id, sum(cardinality(contact_ids)) OVER (ORDER BY id) - cardinality(contact_ids) "
    "AS before FROM (SELECT id, contact_ids FROM noted_change WHERE workspace_id = $1 AND NOT is_bulk "
    "AND NOT is_judged ORDER BY id LIMIT $2) AS first) AS counted WHERE before < $2)) "
    f"RETURNING FALSE AS is_judged, {_CHANGE}"
)
_WAITING = (
    f"SELECT FALSE AS is_judged, {_CHANGE} FROM noted_change "
    "WHERE workspace_id = $1 AND contact_ids && $2::bigint[] ORDER BY id"
)
_DUE = (
    "DELETE FROM contact_due WHERE workspace_id = $1 AND contact_id = ANY(ARRAY("
    "SELECT contact_id FROM contact_due WHERE workspace_id = $1 AND due_at <= $2 ORDER BY due_at LIMIT $3)) "
    "RETURNING contact_id, due_at"
)


@dataclass(frozen=True, slots=True)
class Noted:
    """A change of some contacts, and when it was noted; `is_judged` where they have been looked at since."""

    contact_ids: Sequence[int]
    change: Change
    noted_at: datetime
    is_judged: bool = False


async def take_changes(held: Held, most: int) -> list[Noted]:
    """The next noted changes, of so many contacts at most, in the order in which they happened to each contact.

    From now on they count as seen to.
    """
    return list(map(_noted, await held.borrowed.fetch(_TAKE, held.workspace_id, most)))


async def take_ahead(held: Held, most: int) -> list[Noted]:
    """Single changes behind those, until they are of so many contacts; they are looked at before they are told.

    That is when all before them has been.
    """
    return list(map(_noted, await held.borrowed.fetch(_TAKE_AHEAD, held.workspace_id, most)))


async def waiting_changes(held: Held, contact_ids: Sequence[int]) -> list[Noted]:
    """What else is noted of these contacts, and still waits."""
    return list(map(_noted, await held.borrowed.fetch(_WAITING, held.workspace_id, list(contact_ids))))


async def take_due(held: Held, at: datetime, most: int) -> dict[int, datetime]:
    """So many of the contacts whose time has come by a moment, and when that was."""
    rows = await held.borrowed.fetch(_DUE, held.workspace_id, at, most)
    return {row["contact_id"]: row["due_at"] for row in rows}


def _noted(row: Record) -> Noted:
    change = Change(
        Cause(row["cause"]),
        row["field_keys"],
        row["label_ids"],
        row["previous"] and Status(row["previous"]),
        row["status"] and Status(row["status"]),
        row["import_id"],
        row["list_id"],
    )
    return Noted(row["contact_ids"], change, row["noted_at"], row["is_judged"])
