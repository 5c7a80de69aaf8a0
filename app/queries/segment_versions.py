"""What a segment was after each of its edits, and who made that."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from asyncpg import Record

from app.compile.clause import Bound, Clause
from app.filters.catalog import Segment
from app.filters.problems import Code, Refused
from app.queries.acts import acting
from app.queries.connections import Connection, connection
from app.queries.keyset import Order, Page, Window, fetch_page
from app.queries.statements import render, select
from app.queries.tokens import OPERATOR
from app.tables.segment_version import SegmentVersion

MOST_KEPT: Final = 1_000
NEWEST_FIRST: Final = Order("segment_version.number", descending=True)

_KEEP = (
    "WITH edited AS (UPDATE segment SET version = version + 1 WHERE workspace_id = $1 AND id = $2 "
    "RETURNING workspace_id, id, version, name, document), "
    f"gone AS (DELETE FROM segment_version WHERE workspace_id = $1 AND segment_id = $2 "
    f"AND number <= (SELECT version FROM edited) - {MOST_KEPT}) "
    "INSERT INTO segment_version (workspace_id, segment_id, number, name, document, returned_to, actor_kind, "
    "token_id, subject, made_at) "
    "SELECT workspace_id, id, version, name, document, $3, $4, $5, $6, clock_timestamp() FROM edited"
)
_ACTOR_NAME = (
    "(SELECT name FROM token WHERE token.workspace_id = segment_version.workspace_id "
    "AND token.id = segment_version.token_id) AS token_name"
)
_EARLIER = (
    "(SELECT {column} FROM segment_version AS earlier WHERE earlier.workspace_id = segment_version.workspace_id "
    "AND earlier.segment_id = segment_version.segment_id AND earlier.number = segment_version.number - 1) "
    "AS {column}_before"
)
_OWN = ("number", "name", "document", "returned_to", "actor_kind", "token_id", "subject", "made_at")
_COLUMNS = (
    "segment_version.number AS id",
    *(f"segment_version.{column}" for column in _OWN),
    _ACTOR_NAME,
    *(_EARLIER.format(column=column) for column in ("name", "document")),
)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A segment as it was after an edit, and what it was before; None where there was, or is kept, nothing.

    `document` is the stored filter, None of a fixed list; `actor_kind` is None where nobody noted who made it.
    """

    number: int
    name: str
    document: Any | None
    returned_to: int | None
    actor_kind: str | None
    token_id: int | None
    subject: str | None
    made_at: datetime
    token_name: str | None
    name_before: str | None
    document_before: Any | None

    @property
    def actor(self) -> str | None:
        """What the actor is called: a token's name, a subject, or the operator."""
        return OPERATOR if self.actor_kind == "OPERATOR" else self.token_name or self.subject


async def keep_version(
    borrowed: Connection, workspace_id: int, segment_id: int, returned_to: int | None = None
) -> None:
    """What the segment is now becomes its next version, by the act under way; the oldest goes beyond MOST_KEPT."""
    act = acting.get()
    kind, token_id, subject = (
        (None,) * 3 if act is None else (act.actor.kind.value, act.actor.token_id, act.actor.subject)
    )
    await borrowed.execute(_KEEP, workspace_id, segment_id, returned_to, kind, token_id, subject)


async def versions_page(workspace_id: int, segment_id: int, window: Window) -> Page:
    """A page of a segment's versions, newest first; `version_row` reads its rows."""
    query = select(SegmentVersion, _COLUMNS, workspace_id).where(_of(segment_id))
    return await fetch_page(query, NEWEST_FIRST, window)


async def find_versions(workspace_id: int, segment_id: int, numbers: list[int]) -> dict[int, VersionRow]:
    """Those of a segment's versions that have these numbers and are kept, by number."""
    async with connection() as borrowed:
        return await read_versions(borrowed, workspace_id, segment_id, numbers)


async def read_versions(
    borrowed: Connection, workspace_id: int, segment_id: int, numbers: list[int]
) -> dict[int, VersionRow]:
    """The same within a transaction."""
    numbered = Clause("segment_version.number = ANY(", Bound(numbers, "bigint[]"), ")")
    text, values = render(select(SegmentVersion, _COLUMNS, workspace_id).where(_of(segment_id)).where(numbered))
    rows = await borrowed.fetch(text, *values)
    return {row["number"]: version_row(row) for row in rows}


def version_row(row: Record) -> VersionRow:
    """A version out of a row of a page."""
    found = {name: row[name] for name in VersionRow.__dataclass_fields__}
    documents = {name: found[name] and orjson.loads(found[name]) for name in ("document", "document_before")}
    return VersionRow(**{**found, **documents})


async def refuse_overtaken(borrowed: Connection, workspace_id: int, segment: Segment, expected: int | None) -> None:
    """Raises Refused CONFLICT, naming who edited, where the segment is not at the version that its editor saw."""
    if expected is None or expected == segment.version:
        return
    latest = (await read_versions(borrowed, workspace_id, segment.id, [segment.version])).get(segment.version)
    by = f" by {latest.actor}" if latest is not None and latest.actor else ""
    message = (
        f'"{segment.name}" is at version {segment.version}{by}, not at version {expected} as you saw it; '
        "look at what changed and edit again"
    )
    raise Refused.because(Code.CONFLICT, message, "input.expectedVersion")


def _of(segment_id: int) -> Clause:
    return Clause("segment_version.segment_id = ", Bound(segment_id, "bigint"))
