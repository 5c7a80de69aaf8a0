"""The filters that segments had, of as many versions as one answer may read."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from asyncpg import Record

from app.filters.problems import Code, Refused
from app.filters.references import References
from app.queries.connections import Connection, connection
from app.queries.segment_versions import VersionKey

# Enough for two of the longest. To check so much takes a second, and some thirty times the memory.
MOST_BYTES: Final = 2_500_000

_FILTERS: Final = (
    "SELECT segment_id, number, name, CASE WHEN $4::bigint IS NULL OR bytes <= $4 THEN document END AS document, "
    "document_bytes, field_keys, label_ids, segment_ids, bytes FROM ("
    "SELECT version.*, sum(document_bytes) OVER () AS bytes FROM segment_version AS version "
    "JOIN unnest($2::bigint[], $3::int[]) AS asked (segment_id, number) USING (segment_id, number) "
    "WHERE version.workspace_id = $1) AS found"
)


@dataclass(frozen=True, slots=True)
class VersionFilter:
    """A version's name and its stored filter, None of a fixed list; its length as text, and what it refers to."""

    name: str
    document: Any | None
    bytes: int
    named: References


async def find_filters(
    workspace_id: int, keys: Sequence[VersionKey], most_bytes: int
) -> dict[VersionKey, VersionFilter]:
    """The filters of those of these versions that are kept.

    Raises Refused TOO_LARGE, before it reads any, where they have more than so many bytes in all.
    """
    async with connection() as borrowed:
        return await _read(borrowed, workspace_id, keys, most_bytes)


async def read_filter(borrowed: Connection, workspace_id: int, key: VersionKey) -> VersionFilter | None:
    """The filter of a version, within a transaction; None where that isn't kept."""
    return (await _read(borrowed, workspace_id, [key], None)).get(key)


async def _read(
    borrowed: Connection, workspace_id: int, keys: Sequence[VersionKey], most_bytes: int | None
) -> dict[VersionKey, VersionFilter]:
    ids, numbers = [id for id, _ in keys], [number for _, number in keys]
    rows = await borrowed.fetch(_FILTERS, workspace_id, ids, numbers, most_bytes)
    if rows and most_bytes is not None and rows[0]["bytes"] > most_bytes:
        message = (
            f"the filters of these versions have more than the {MOST_BYTES:,} bytes that one answer may read; "
            "ask for fewer versions"
        )
        raise Refused.because(Code.TOO_LARGE, message, "versions")
    return {(row["segment_id"], row["number"]): _filter(row) for row in rows}


def _filter(row: Record) -> VersionFilter:
    named = References(*(frozenset(row[column]) for column in ("field_keys", "label_ids", "segment_ids")))
    document = None if row["document"] is None else orjson.loads(row["document"])
    return VersionFilter(row["name"], document, row["document_bytes"], named)
