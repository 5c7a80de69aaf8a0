"""What filters of the past name that is archived or deleted by now."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import orjson
from asyncpg import Record

from app.filters.catalog import Catalog, Field, Label, Segment
from app.filters.check import MOST_INLINED
from app.filters.references import References
from app.filters.vocabulary import FieldType, SegmentKind
from app.queries.connections import Connection, connection

MOST_BYTES: Final = 2_000_000

# A filter goes into no more segments than MOST_INLINED.
_SEGMENTS: Final = (
    "WITH RECURSIVE gone AS (SELECT id, segment_ids FROM segment "
    "WHERE workspace_id = $1 AND id = ANY($2::bigint[]) AND deleted_at IS NOT NULL "
    "UNION SELECT segment.id, segment.segment_ids FROM segment JOIN gone ON segment.id = ANY(gone.segment_ids) "
    "WHERE segment.workspace_id = $1 AND segment.deleted_at IS NOT NULL) "
    "SELECT id, name, kind, field_keys, label_ids, segment_ids, created_at, updated_at, version, "
    "CASE WHEN sum(octet_length(document::text)) OVER (ORDER BY id) <= $3 THEN document END AS document "
    f"FROM segment WHERE workspace_id = $1 AND id = ANY(ARRAY(SELECT id FROM gone LIMIT {MOST_INLINED}))"
)
_FIELDS: Final = "SELECT id, key, name, type, options FROM field WHERE workspace_id = $1 AND key = ANY($2::text[])"
_LABELS: Final = "SELECT id, name FROM label WHERE workspace_id = $1 AND id = ANY($2::bigint[])"


async def past_catalog(catalog: Catalog, named: References) -> Catalog:
    """The catalog with what filters name that is gone from it, and what deleted segments among that name.

    Of deleted segments beyond MOST_BYTES the filters are left out, so that nothing can be told of those.
    """
    if not lacks(catalog, named):
        return catalog
    async with connection() as borrowed:
        return await read_past(borrowed, catalog, named)


async def read_past(borrowed: Connection, catalog: Catalog, named: References) -> Catalog:
    """The same within a transaction."""
    if not lacks(catalog, named):
        return catalog
    wanted = list(named.segments - catalog.segments.keys())
    rows = await borrowed.fetch(_SEGMENTS, catalog.workspace_id, wanted, MOST_BYTES)
    keys = named.fields.union(*(row["field_keys"] for row in rows)) - catalog.fields.keys()
    ids = named.labels.union(*(row["label_ids"] for row in rows)) - catalog.labels.keys()
    return replace(
        catalog,
        fields={**catalog.fields, **await _fields(borrowed, catalog.workspace_id, keys)},
        labels={**catalog.labels, **await _labels(borrowed, catalog.workspace_id, ids)},
        segments={**catalog.segments, **{row["id"]: _segment(row) for row in rows}},
        checked={},
        meanings={},
    )


def lacks(catalog: Catalog, named: References) -> bool:
    """Whether something that filters name is gone from the catalog."""
    return not (
        named.fields <= catalog.fields.keys()
        and named.labels <= catalog.labels.keys()
        and named.segments <= catalog.segments.keys()
    )


async def _fields(borrowed: Connection, workspace_id: int, keys: frozenset[str]) -> Mapping[str, Field]:
    rows = await borrowed.fetch(_FIELDS, workspace_id, list(keys)) if keys else ()
    return {
        row["key"]: Field(row["key"], row["name"], FieldType(row["type"]), tuple(row["options"]), row["id"])
        for row in rows
    }


async def _labels(borrowed: Connection, workspace_id: int, ids: frozenset[int]) -> Mapping[int, Label]:
    rows = await borrowed.fetch(_LABELS, workspace_id, list(ids)) if ids else ()
    return {row["id"]: Label(row["id"], row["name"]) for row in rows}


def _segment(row: Record) -> Segment:
    document = None if row["document"] is None else orjson.loads(row["document"])
    return Segment(
        row["id"],
        row["name"],
        SegmentKind(row["kind"]),
        document,
        row["created_at"],
        row["updated_at"],
        version=row["version"],
    )
