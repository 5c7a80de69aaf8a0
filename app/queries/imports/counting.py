"""What an import has counted: rows, contacts, reasons; while it runs, and for good."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

import orjson
from asyncpg import QueryCanceledError

from app.queries.connections import Connection, connection, transaction

MOST_REASONS_KEPT = 200
MOST_LOOKED_AT = 20_000
LAST_SECONDS = 120
NUMBERS = ("rows", "staged", "merged", "created", "changed", "unchanged", "refused")

# What is kept spares the counting.
_COUNTS = (
    "SELECT asked.id, counts, live.*, CASE WHEN counts IS NULL THEN (SELECT count(*) FROM refused_row "
    "WHERE refused_row.workspace_id = $1 AND refused_row.import_id = asked.id) END AS refused, "
    "(SELECT jsonb_object_agg(status, contacts) FROM (SELECT key AS status, sum(value::bigint) AS contacts "
    "FROM file_import_part AS part, jsonb_each_text(part.statuses) WHERE counts IS NULL AND part.workspace_id = $1 "
    "AND part.import_id = asked.id GROUP BY 1) AS counted) AS statuses FROM unnest($2::bigint[]) AS asked (id) "
    "LEFT JOIN file_import ON file_import.workspace_id = $1 AND file_import.id = asked.id "
    "CROSS JOIN LATERAL (SELECT coalesce(sum(part.rows), 0) AS rows, "
    "coalesce(sum(part.rows) FILTER (WHERE is_staged), 0) AS staged, "
    "coalesce(sum(part.rows) FILTER (WHERE is_merged), 0) AS merged, coalesce(sum(created), 0) AS created, "
    "coalesce(sum(changed), 0) AS changed, coalesce(sum(unchanged), 0) AS unchanged FROM file_import_part AS part "
    "WHERE counts IS NULL AND part.workspace_id = $1 AND part.import_id = asked.id) AS live"
)
_REASONS = (
    "SELECT regexp_replace(regexp_replace(reason, '\"[^\"]*\"', '\"…\"', 'g'), '\\mline \\d+', 'line N') "
    "AS reason, count(*) AS rows FROM (SELECT reason FROM refused_row "
    "WHERE workspace_id = $1 AND import_id = $2 ORDER BY line LIMIT $4) AS looked_at "
    "GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $3"
)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows of the file there are, are staged and merged; what became of contacts; and rows refused.

    `statuses` counts what the contacts of the merged rows are now, by status.
    """

    rows: int = 0
    staged: int = 0
    merged: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    statuses: Mapping[str, int] = field(default_factory=dict)


class Reason(NamedTuple):
    """Why rows were refused, and how many."""

    reason: str
    rows: int


async def import_counts(workspace_id: int, import_ids: Sequence[int]) -> dict[int, Counts]:
    """How far each import has come; of one that is over, how far it came."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(_COUNTS, workspace_id, list(import_ids))
    return {row["id"]: _counts(dict(row)) for row in rows}


def _counts(row: dict[str, Any]) -> Counts:
    if row["counts"] is not None:
        return Counts(**orjson.loads(row["counts"])["contacts"])
    numbers = {name: int(row[name]) for name in NUMBERS}
    return Counts(**numbers, statuses=orjson.loads(row["statuses"] or "{}"))


async def count_reasons(workspace_id: int, import_id: int, most: int) -> list[Reason]:
    """The commonest reasons, and how many rows each refused; while it runs, of the first many."""
    async with connection() as borrowed:
        kept = await borrowed.fetchval(
            "SELECT counts -> 'reasons' FROM file_import WHERE workspace_id = $1 AND id = $2", workspace_id, import_id
        )
        if kept is not None:
            return [Reason(*one) for one in orjson.loads(kept)[:most]]
        return await _reasons(borrowed, workspace_id, import_id, most, MOST_LOOKED_AT)


async def _reasons(
    borrowed: Connection, workspace_id: int, import_id: int, most: int, looked_at: int | None
) -> list[Reason]:
    return [Reason(*row) for row in await borrowed.fetch(_REASONS, workspace_id, import_id, most, looked_at)]


async def last_counts(workspace_id: int, import_id: int) -> dict[str, Any] | None:
    """What is to be kept of an import's counting, for what it counted may go; None where it is kept already.

    Reasons that can't all be counted in time are those of its first rows.
    """
    async with transaction() as borrowed:
        await borrowed.execute(f"SET LOCAL statement_timeout = '{LAST_SECONDS}s'")
        (row,) = await borrowed.fetch(_COUNTS, workspace_id, [import_id])
        if row["counts"] is not None:
            return None
        try:
            async with borrowed.transaction():
                reasons = await _reasons(borrowed, workspace_id, import_id, MOST_REASONS_KEPT, None)
        except QueryCanceledError:
            reasons = await _reasons(borrowed, workspace_id, import_id, MOST_REASONS_KEPT, MOST_LOOKED_AT)
    return {"contacts": asdict(_counts(dict(row))), "reasons": [[*reason] for reason in reasons]}
