"""What changed of contacts, noted by whoever writes them, in the same transaction: the live engine's only news."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from app.filters.vocabulary import Status

# Whoever listens on it gets the id of a workspace in which something waits, or 0 where it may be in any.
NOTED_CHANNEL = "pilah_noted"
MOST_TOGETHER = 1_000


class Cause(Enum):
    """What happened to contacts."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    STATUS_CHANGED = "STATUS_CHANGED"
    IMPORTED = "IMPORTED"
    IMPORT_UNDONE = "IMPORT_UNDONE"
    LISTED = "LISTED"
    UNLISTED = "UNLISTED"
    PINNED = "PINNED"
    UNPINNED = "UNPINNED"
    DELETED = "DELETED"


PINNING = frozenset({Cause.PINNED, Cause.UNPINNED})


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to some contacts, alike to all of them.

    `fields` are the keys of the values written, the system's own too, `labels` the ids of those added or removed;
    `previous` and `status` are there where the status changed, `import_id` where an import did it, `list_id` where it
    was a fixed list that they were put on or taken off, or a segment that they were pinned to or unpinned from.
    """

    cause: Cause
    fields: Sequence[str] = ()
    labels: Sequence[int] = ()
    previous: Status | None = None
    status: Status | None = None
    import_id: int | None = None
    list_id: int | None = None


_COLUMNS = "workspace_id, contact_ids, cause, field_keys, label_ids, previous, status, import_id, list_id, is_bulk"
_ALIKE = "cause, field_keys, label_ids, previous, status"


def change_of(
    source: str,
    cause: Cause,
    *,
    fields: str = "'{}'",
    labels: str = "'{}'",
    previous: str = "NULL",
    status: str = "NULL",
    by: str = "",
) -> str:
    """SQL for what happened to each `id` of a source, which is what may follow a FROM; the others are SQL, too.

    `by` are the source's columns that they are made of, where it happened to contacts in several ways.
    """
    grouped = f"GROUP BY {by}" if by else ""
    return (
        f"SELECT array_agg(id) AS ids, '{cause.value}' AS cause, {fields}::text[] AS field_keys, "
        f"{labels}::bigint[] AS label_ids, {previous}::text AS previous, {status}::text AS status "
        f"FROM {source} {grouped}"
    )


def noting(*changes: str, import_id: str = "NULL", list_id: str = "NULL", is_bulk: bool | None = None) -> str:
    """SQL of the expression `noted_changes`, by which a statement notes for workspace $1 what it does to contacts.

    The changes are by `change_of`. More contacts than go together come in bulk, where the caller doesn't say.
    """
    bulk = f"sum(cardinality(ids)) OVER () > {MOST_TOGETHER}" if is_bulk is None else str(is_bulk).upper()
    return (
        f"noted_changes AS (INSERT INTO noted_change ({_COLUMNS}) "
        f"SELECT $1::bigint, ids[first:first + {MOST_TOGETHER - 1}], {_ALIKE}, {import_id}::bigint, "
        f"{list_id}::bigint, is_bulk "
        f"FROM (SELECT *, {bulk} AS is_bulk FROM ({' UNION ALL '.join(changes)}) AS change) AS happened "
        f"CROSS JOIN generate_series(1, cardinality(ids), {MOST_TOGETHER}) AS first)"
    )


def labels_moved(added: str, removed: str) -> str:
    """SQL for those of the labels to add and to remove, which are SQL too, that `label_ids` has not yet, or has."""
    return (
        f"ARRAY((SELECT unnest({added}::bigint[]) EXCEPT SELECT unnest(label_ids)) "
        f"UNION (SELECT unnest({removed}::bigint[]) INTERSECT SELECT unnest(label_ids)))"
    )
