"""The catalog of a workspace, kept in memory under the version it was read at."""

from collections import OrderedDict
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import orjson

from app.filters.catalog import SYSTEM_FIELDS, Catalog, Field, Label, Segment
from app.filters.problems import Code, Refused
from app.filters.vocabulary import FieldType, SegmentKind
from app.queries.changes import NOTED_CHANNEL
from app.queries.connections import Connection, connection, transaction

MOST_KEPT = 256
FEW_PINS = 1_000

# What segments mean may be other now.
_ANNOUNCE = (
    "WITH announced AS (UPDATE workspace SET catalog_version = catalog_version + 1 WHERE id = $1 RETURNING id) "
    f"SELECT pg_notify('{NOTED_CHANNEL}', id::text) FROM announced"
)

_PINNED = (
    "EXISTS (SELECT FROM segment_pin AS pin WHERE pin.workspace_id = $1 AND pin.segment_id = segment.id AND {how})"
)
_PINS = ", ".join(
    _PINNED.format(how=how) for how in ("is_included", "NOT is_included", f"is_included OFFSET {FEW_PINS}")
)

# Whether contact $2 of workspace $1 is the only one that is pinned to a segment in its way.
LAST_PIN = (
    "EXISTS (SELECT FROM segment_pin AS pin WHERE workspace_id = $1 AND contact_id = $2 AND NOT EXISTS ("
    "SELECT FROM segment_pin AS other WHERE other.workspace_id = $1 AND other.segment_id = pin.segment_id "
    "AND other.is_included = pin.is_included AND other.contact_id <> $2))"
)

_kept: OrderedDict[int, tuple[int, Catalog]] = OrderedDict()


async def catalog_at(workspace_id: int, version: int) -> Catalog:
    """The workspace's catalog, at least as new as `version`."""
    kept = _kept.get(workspace_id)
    if kept is not None and kept[0] >= version:
        _kept.move_to_end(workspace_id)
        return kept[1]
    async with transaction(snapshot=True) as borrowed:
        return await _load(borrowed, workspace_id)


async def current_catalog(workspace_id: int) -> Catalog:
    """The workspace's catalog as it is now; raises Refused where there is no such workspace."""
    async with connection() as borrowed:
        version = await borrowed.fetchval("SELECT catalog_version FROM workspace WHERE id = $1", workspace_id)
    return await catalog_at(workspace_id, version or 1)


async def catalog_version(borrowed: Connection, workspace_id: int) -> int:
    """The version that the catalog has now."""
    version: int = await borrowed.fetchval("SELECT catalog_version FROM workspace WHERE id = $1", workspace_id)
    return version


async def changing_catalog(borrowed: Connection, workspace_id: int) -> Catalog:
    """The catalog, within a transaction that has announced a change of it."""
    await announce_change(borrowed, workspace_id)
    return (await read_catalog(borrowed, workspace_id))[1]


async def announce_change(borrowed: Connection, workspace_id: int) -> None:
    """Hold off other changes of the catalog until the transaction's end, and give it a new version."""
    await borrowed.execute(_ANNOUNCE, workspace_id)


async def announce_lost_pins(workspace_id: int) -> None:
    """Tell that segments may have no pins any more, once their contacts are gone.

    Apart from that: who edits segments holds the catalog and waits for contacts.
    """
    async with transaction() as borrowed:
        await announce_change(borrowed, workspace_id)


async def labels_by_id(catalog: Catalog, ids: Iterable[int]) -> dict[int, Label]:
    """Those of the ids that are labels now; answered from the catalog, which is as new as the request."""
    return {id: catalog.labels[id] for id in ids if id in catalog.labels}


async def fields_by_key(catalog: Catalog, keys: Iterable[str]) -> dict[str, Field]:
    """Those of the keys that are fields now; answered from the catalog, which is as new as the request."""
    return {key: catalog.fields[key] for key in keys if key in catalog.fields}


async def _load(borrowed: Connection, workspace_id: int) -> Catalog:
    version, catalog = await read_catalog(borrowed, workspace_id)
    _kept[workspace_id] = (version, catalog)
    _kept.move_to_end(workspace_id)
    if len(_kept) > MOST_KEPT:
        _kept.popitem(last=False)
    return catalog


async def read_catalog(borrowed: Connection, workspace_id: int) -> tuple[int, Catalog]:
    """The catalog as the transaction sees it, and its version; raises Refused where there is no such workspace."""
    workspace = await borrowed.fetchrow(
        "SELECT catalog_version, time_zone FROM workspace WHERE id = $1", workspace_id
    )
    if workspace is None:
        raise Refused.because(Code.NOT_FOUND, "there is no such workspace", "workspace")
    fields = await borrowed.fetch(
        "SELECT id, key, name, type, options FROM field WHERE workspace_id = $1 AND archived_at IS NULL ORDER BY id",
        workspace_id,
    )
    labels = await borrowed.fetch(
        "SELECT id, name, archived_at IS NULL AS is_there FROM label WHERE workspace_id = $1 ORDER BY id",
        workspace_id,
    )
    segments = await borrowed.fetch(
        f"SELECT id, name, kind, document, created_at, updated_at, {_PINS}, version FROM segment "
        "WHERE workspace_id = $1 AND deleted_at IS NULL ORDER BY id",
        workspace_id,
    )
    custom = [
        Field(row["key"], row["name"], FieldType(row["type"]), tuple(row["options"]), row["id"]) for row in fields
    ]
    return workspace["catalog_version"], Catalog(
        workspace_id,
        ZoneInfo(workspace["time_zone"]),
        {field.key: field for field in (*SYSTEM_FIELDS, *custom)},
        {row["id"]: Label(row["id"], row["name"]) for row in labels if row["is_there"]},
        {
            row["id"]: Segment(
                row["id"],
                row["name"],
                SegmentKind(row["kind"]),
                row["document"] and orjson.loads(row["document"]),
                *tuple(row)[4:],
            )
            for row in segments
        },
        archived_labels=frozenset(row["id"] for row in labels if not row["is_there"]),
    )
