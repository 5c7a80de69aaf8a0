"""Fixed lists: segments whose members are chosen by hand, or are a filter's answer for good."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.compile import Scope, condition
from app.compile.clause import write
from app.filters.check import check
from app.filters.clock import Clock
from app.filters.problems import Code, Refused
from app.filters.vocabulary import SegmentKind
from app.queries.changes import Cause, change_of, noting
from app.queries.connections import Connection
from app.queries.segments import editing, insert_segment, not_found

_LISTED = f"{noting(change_of('listed', Cause.LISTED), list_id='$2')} SELECT"
_LIST = (
    "WITH listed AS (INSERT INTO segment_contact (workspace_id, segment_id, contact_id) "
    "SELECT $1, $2, unnest($3::bigint[]) ON CONFLICT DO NOTHING RETURNING contact_id AS id), " + _LISTED
)
_UNLIST = (
    "WITH unlisted AS (DELETE FROM segment_contact WHERE workspace_id = $1 AND segment_id = $2 "
    "AND contact_id = ANY($3::bigint[]) RETURNING contact_id AS id), "
    f"{noting(change_of('unlisted', Cause.UNLISTED), list_id='$2')} SELECT"
)


async def create_static(workspace_id: int, name: str, contact_ids: Sequence[int]) -> int:
    """A list kept by hand; raises Refused where an id is no contact of the workspace."""
    async with editing(workspace_id, name) as (borrowed, _):
        segment_id = await insert_segment(borrowed, workspace_id, name, SegmentKind.STATIC)
        await _add_members(borrowed, workspace_id, segment_id, contact_ids, "input.contactIds")
        return segment_id


async def create_snapshot(workspace_id: int, name: str, document: Any, at: datetime) -> int:
    """The contacts that a filter means now, for good; raises Refused with every problem."""
    async with editing(workspace_id, name) as (borrowed, catalog):
        tree = check(document, catalog, path="input.filter")
        segment_id = await insert_segment(borrowed, workspace_id, name, SegmentKind.SNAPSHOT)
        values: list[Any] = [workspace_id, segment_id]
        holds = write(condition(tree, Scope(workspace_id, Clock(at, catalog.zone))), values)
        await borrowed.execute(
            "WITH listed AS (INSERT INTO segment_contact (workspace_id, segment_id, contact_id) "
            f"SELECT workspace_id, $2, id FROM contact WHERE contact.workspace_id = $1 AND {holds} FOR KEY SHARE "
            f"RETURNING contact_id AS id), {_LISTED}",
            *values,
        )
        return segment_id


async def change_members(workspace_id: int, segment_id: int, add: Sequence[int], remove: Sequence[int]) -> None:
    """Put contacts on a static list and take others off; raises Refused with every unknown contact."""
    async with editing(workspace_id, None) as (borrowed, catalog):
        found = catalog.segments.get(segment_id)
        if found is None:
            raise not_found()
        if found.kind is not SegmentKind.STATIC:
            raise Refused.because(Code.NOT_ALLOWED, "only a static segment's members are chosen by hand", "input.id")
        await borrowed.execute(_UNLIST, workspace_id, segment_id, list(remove))
        await _add_members(borrowed, workspace_id, segment_id, add, "input.add")


async def _add_members(
    borrowed: Connection, workspace_id: int, segment_id: int, contact_ids: Sequence[int], path: str
) -> None:
    known = await borrowed.fetch(
        "SELECT id FROM contact WHERE workspace_id = $1 AND id = ANY($2::bigint[]) ORDER BY id FOR KEY SHARE",
        workspace_id,
        list(contact_ids),
    )
    unknown = set(contact_ids) - {row[0] for row in known}
    if unknown:
        raise Refused.because(Code.NOT_FOUND, f"{len(unknown)} of these are no contacts", path)
    await borrowed.execute(_LIST, workspace_id, segment_id, list(contact_ids))
