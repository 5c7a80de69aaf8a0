"""Segments: create those that follow a filter, delete, restore, list."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson

from app.compile.clause import Bound, Clause, both
from app.filters.catalog import Catalog
from app.filters.check import check
from app.filters.document import write as write_document
from app.filters.folding import fold
from app.filters.problems import Code, Refused
from app.filters.references import references
from app.filters.vocabulary import SegmentKind
from app.queries.acts import made
from app.queries.catalogs import announce_change, changing_catalog, read_catalog
from app.queries.connections import Connection, connection, transaction
from app.queries.keyset import Order, Page, Window, fetch_page
from app.queries.names import read_name
from app.queries.references import refuse_in_use
from app.queries.segment_versions import keep_version
from app.queries.statements import render, select
from app.tables.segment import Segment

RESTORABLE_DAYS = 90
MOST_SEGMENTS = 5_000

_NAME = "segment_name"  # the index that keeps names apart
_COUNT = "SELECT count(*) FROM segment WHERE workspace_id = $1 AND deleted_at IS NULL"

# The version of the catalog that this change makes: a later one is not announced by that.
ANNOUNCED = "CASE WHEN ${place}::boolean THEN (SELECT catalog_version FROM workspace WHERE id = $1) END"

Stored = tuple[str, list[str], list[int], list[int]]
"""A filter's document, and the keys of fields and the ids of labels and segments that it names."""

BY_NAME = Order("segment.id", Clause('(segment.folded_name COLLATE "C")'), "text")


async def segments_page(workspace_id: int, window: Window, search: str | None = None) -> Page:
    """A page of the ids of segments, by name; with `search`, of those whose name contains it."""
    query = select(Segment, ["segment.id"], workspace_id).where(_named(search))
    return await fetch_page(query, BY_NAME, window)


async def count_segments(workspace_id: int, search: str | None = None) -> int:
    """How many segments there are; with `search`, whose name contains it."""
    text, values = render(select(Segment, ["count(*)"], workspace_id).where(_named(search)))
    async with connection() as borrowed:
        return int(await borrowed.fetchval(text, *values))


def _named(search: str | None) -> Clause:
    named = Clause("strpos(segment.folded_name, ", Bound(fold(search or ""), "text"), ") > 0")
    return both([Clause("segment.deleted_at IS NULL"), *([named] if search else [])])


async def create_dynamic(workspace_id: int, name: str, document: Any, *, announces: bool = False) -> int:
    """A segment that follows its filter; webhooks are told of its first members where it `announces` them.

    Raises Refused with every problem.
    """
    async with editing(workspace_id, name) as (borrowed, catalog):
        stored = stored_filter(document, catalog)
        return await insert_segment(borrowed, workspace_id, name, SegmentKind.DYNAMIC, *stored, announces=announces)


async def delete_segment(workspace_id: int, segment_id: int) -> None:
    """It can be restored for 90 days; raises Refused while another segment refers to it."""
    async with transaction() as borrowed:
        await announce_change(borrowed, workspace_id)
        await refuse_in_use(borrowed, workspace_id, "segment_ids", segment_id, "this segment")
        deleted = await borrowed.fetchval(
            "UPDATE segment SET deleted_at = now() "
            "WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING id",
            workspace_id,
            segment_id,
        )
        if deleted is None:
            raise not_found()


async def restore_segment(workspace_id: int, segment_id: int) -> None:
    """A deleted segment is back; raises Refused where what it refers to is gone or its name is taken."""
    async with editing(workspace_id, None) as (borrowed, _):
        row = await borrowed.fetchrow(
            "UPDATE segment SET deleted_at = NULL WHERE workspace_id = $1 AND id = $2 "
            "AND deleted_at > now() - $3 * interval '1 day' RETURNING document",
            workspace_id,
            segment_id,
            RESTORABLE_DAYS,
        )
        if row is None:
            message = f"there is no segment to restore; deleted ones are kept for {RESTORABLE_DAYS} days"
            raise Refused.because(Code.NOT_FOUND, message, "input.id")
        if row["document"] is not None:
            # Among the segments that are there now, so that what it lacks is told.
            _, catalog = await read_catalog(borrowed, workspace_id)
            check(orjson.loads(row["document"]), catalog, path="filter", within=segment_id)


def not_found(path: str = "input.id") -> Refused:
    """There is no such segment in the workspace (or it is another's)."""
    return Refused.because(Code.NOT_FOUND, "there is no such segment", path)


@asynccontextmanager
async def editing(workspace_id: int, name: str | None) -> AsyncIterator[tuple[Connection, Catalog]]:
    """A transaction that changes segments, and the catalog in it; raises Refused where the name is taken."""
    try:
        async with transaction() as borrowed:
            yield borrowed, await changing_catalog(borrowed, workspace_id)
    except asyncpg.UniqueViolationError as violation:
        if violation.constraint_name != _NAME:
            raise
        named = f' "{name}"' if name else " of this name"
        message = f"there is a segment{named} already; give another name"
        raise Refused.because(Code.TAKEN, message, "input.name" if name else "input.id") from None


def stored_filter(document: Any, catalog: Catalog, within: int | None = None, path: str = "input.filter") -> Stored:
    """A filter as the segment `within` is to hold it; raises Refused with every problem."""
    tree = check(document, catalog, path=path, within=within)
    used = references(tree)
    stored = orjson.dumps(write_document(tree)).decode()
    return stored, sorted(used.fields), sorted(used.labels), sorted(used.segments)


async def insert_segment(
    borrowed: Connection,
    workspace_id: int,
    name: str,
    kind: SegmentKind,
    document: str | None = None,
    field_keys: Sequence[str] = (),
    label_ids: Sequence[int] = (),
    segment_ids: Sequence[int] = (),
    *,
    announces: bool = False,
) -> int:
    """The new segment's id, within a transaction that edits; raises Refused where there are too many."""
    named = read_name(name, "input.name")
    if await borrowed.fetchval(_COUNT, workspace_id) >= MOST_SEGMENTS:
        message = f"a workspace has at most {MOST_SEGMENTS:,} segments; delete some first"
        raise Refused.because(Code.NOT_ALLOWED, message, "input")
    segment_id: int = await borrowed.fetchval(
        "INSERT INTO segment (workspace_id, name, folded_name, kind, document, field_keys, label_ids, segment_ids, "
        "announced_version, created_at, updated_at, version) "
        f"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, {ANNOUNCED.format(place=9)}, now(), now(), 0) RETURNING id",
        workspace_id,
        named,
        fold(named),
        kind.value,
        document,
        list(field_keys),
        list(label_ids),
        list(segment_ids),
        announces,
    )
    made("Segment", segment_id)
    await keep_version(borrowed, workspace_id, segment_id)
    return segment_id
