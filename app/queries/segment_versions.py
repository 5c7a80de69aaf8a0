"""What a segment was after each of its edits, and who made that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from asyncpg import Record

from app.compile.clause import Bound, Clause
from app.filters.catalog import Segment
from app.filters.problems import Code, Refused
from app.queries.actors import Author, actor_kept, author_columns, author_of
from app.queries.connections import Connection, connection
from app.queries.keyset import Order, Page, Window, fetch_page
from app.queries.statements import render, select
from app.tables.segment_version import SegmentVersion

MOST_KEPT: Final = 1_000

VersionKey = tuple[int, int]
"""A segment's id, and the number of one of its versions."""

NEWEST_FIRST: Final = Order("segment_version.number", descending=True)

_KEEP = (
    "WITH edited AS (UPDATE segment SET version = version + 1 WHERE workspace_id = $1 AND id = $2 "
    "RETURNING workspace_id, id, version, name, document, field_keys, label_ids, segment_ids), "
    f"gone AS (DELETE FROM segment_version WHERE workspace_id = $1 AND segment_id = $2 "
    f"AND number <= (SELECT version FROM edited) - {MOST_KEPT}) "
    "INSERT INTO segment_version (workspace_id, segment_id, number, name, document, document_bytes, field_keys, "
    "label_ids, segment_ids, returned_to, actor_kind, token_id, subject, made_at) "
    "SELECT workspace_id, id, version, name, document, coalesce(octet_length(document::text), 0), field_keys, "
    "label_ids, segment_ids, $3, $4, $5, $6, clock_timestamp() FROM edited"
)
_OWN = ("segment_id", "number", "name", "returned_to", "made_at")
_COLUMNS = (
    "segment_version.number AS id",
    *(f"segment_version.{column}" for column in _OWN),
    *author_columns("segment_version"),
)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A segment as it was after an edit and who made that, without its filter."""

    segment_id: int
    number: int
    name: str
    returned_to: int | None
    made_at: datetime
    author: Author


async def keep_version(
    borrowed: Connection, workspace_id: int, segment_id: int, returned_to: int | None = None
) -> None:
    """What the segment is now becomes its next version, by the act under way; the oldest goes beyond MOST_KEPT."""
    await borrowed.execute(_KEEP, workspace_id, segment_id, returned_to, *actor_kept())


async def versions_page(workspace_id: int, segment_id: int, window: Window) -> Page:
    """A page of a segment's versions, newest first; `version_row` reads its rows."""
    own = Clause("segment_version.segment_id = ", Bound(segment_id, "bigint"))
    query = select(SegmentVersion, _COLUMNS, workspace_id).where(own)
    return await fetch_page(query, NEWEST_FIRST, window)


async def find_versions(workspace_id: int, keys: Sequence[VersionKey]) -> dict[VersionKey, VersionRow]:
    """Those of these versions that are kept."""
    async with connection() as borrowed:
        return await _read(borrowed, workspace_id, keys)


async def _read(borrowed: Connection, workspace_id: int, keys: Sequence[VersionKey]) -> dict[VersionKey, VersionRow]:
    ids, numbers = Bound([id for id, _ in keys], "bigint[]"), Bound([number for _, number in keys], "int[]")
    own = "segment_version.segment_id, segment_version.number"
    named = Clause(f"({own}) IN (SELECT * FROM unnest(", ids, ", ", numbers, "))")
    text, values = render(select(SegmentVersion, _COLUMNS, workspace_id).where(named))
    rows = map(version_row, await borrowed.fetch(text, *values))
    return {(row.segment_id, row.number): row for row in rows}


def version_row(row: Record) -> VersionRow:
    """A version out of a row of a page."""
    return VersionRow(**{name: row[name] for name in _OWN}, author=author_of(row))


async def refuse_overtaken(borrowed: Connection, workspace_id: int, segment: Segment, expected: int | None) -> None:
    """Raises Refused CONFLICT, naming the token that edited, where the segment is not at the version expected."""
    if expected is None or expected == segment.version:
        return
    key = segment.id, segment.version
    latest = (await _read(borrowed, workspace_id, [key])).get(key)
    name = None if latest is None else latest.author.public_name
    by = f" by {name}" if name else ""
    message = (
        f'"{segment.name}" is at version {segment.version}{by}, not at version {expected} as you saw it; '
        "look at what changed and edit again"
    )
    raise Refused.because(Code.CONFLICT, message, "input.expectedVersion")
