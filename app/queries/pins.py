"""Contacts that are pinned to a dynamic segment: always in it, or never, whatever its filter says."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from asyncpg import Record

from app.compile.clause import Bound, Clause
from app.filters.catalog import Segment
from app.filters.problems import Code, Refused
from app.filters.vocabulary import SegmentKind
from app.queries.actors import Author, actor_kept, author_columns, author_of
from app.queries.catalogs import changing_catalog
from app.queries.changes import Cause, change_of, noting
from app.queries.connections import Connection, connection, transaction
from app.queries.keyset import Order, Page, Window, fetch_page
from app.queries.segments import not_found
from app.queries.statements import render, select
from app.tables.segment import SegmentPin

MOST_PINS: Final = 10_000
NEWEST_FIRST: Final = Order("segment_pin.contact_id", Clause("segment_pin.pinned_at"), "timestamptz", descending=True)

_PIN = (
    "WITH pinned AS (INSERT INTO segment_pin AS pin "
    "(workspace_id, segment_id, contact_id, is_included, actor_kind, token_id, subject, pinned_at) "
    "SELECT $1, $2, contact_id, is_included, $5::text, $6::bigint, $7::text, now() "
    "FROM unnest($3::bigint[], $4::boolean[]) AS given (contact_id, is_included) "
    "ON CONFLICT (workspace_id, segment_id, contact_id) DO UPDATE SET is_included = excluded.is_included, "
    "actor_kind = excluded.actor_kind, token_id = excluded.token_id, subject = excluded.subject, "
    "pinned_at = excluded.pinned_at "
    "WHERE pin.is_included <> excluded.is_included RETURNING contact_id AS id), "
    f"{noting(change_of('pinned', Cause.PINNED), list_id='$2', is_bulk=False)} SELECT"
)
_UNPIN = (
    "WITH unpinned AS (DELETE FROM segment_pin WHERE workspace_id = $1 AND segment_id = $2 "
    "AND contact_id = ANY($3::bigint[]) RETURNING contact_id AS id), "
    f"{noting(change_of('unpinned', Cause.UNPINNED), list_id='$2', is_bulk=False)} SELECT"
)
_COUNT = "SELECT count(*) FROM segment_pin WHERE workspace_id = $1 AND segment_id = $2"
_COUNTS = (
    "SELECT segment_id, count(*) FILTER (WHERE is_included), count(*) FILTER (WHERE NOT is_included) "
    "FROM segment_pin WHERE workspace_id = $1 AND segment_id = ANY($2::bigint[]) GROUP BY 1"
)
_COLUMNS = (
    *(f"segment_pin.{name}" for name in ("contact_id", "is_included", "pinned_at")),
    "segment_pin.contact_id AS id",
    *author_columns("segment_pin"),
)


@dataclass(frozen=True, slots=True)
class PinRow:
    """A contact that is always in a segment or, unless `is_included`, never; since when, and by whom."""

    contact_id: int
    is_included: bool
    pinned_at: datetime
    author: Author


@dataclass(frozen=True, slots=True)
class Pinning:
    """The ids of contacts to pin into a segment, to pin out of it, and to leave to its filter again."""

    include: Sequence[int] = ()
    exclude: Sequence[int] = ()
    unpin: Sequence[int] = ()

    @property
    def named(self) -> Iterator[tuple[str, int]]:
        """Each id, with its path in the input before it."""
        for name, ids in (("include", self.include), ("exclude", self.exclude), ("unpin", self.unpin)):
            yield from ((f"input.{name}[{place}]", id) for place, id in enumerate(ids))

    def refuse_unclear(self) -> None:
        """Raises Refused where nobody is named, or somebody twice."""
        named = set[int]()
        for path, id in self.named:
            if id in named:
                message = "this contact is named twice; say once what is to become of it"
                raise Refused.because(Code.NOT_ALLOWED, message, path)
            named.add(id)
        if not named:
            raise Refused.because(Code.REQUIRED, "name the contacts to pin or to unpin", "input")


async def pin_contacts(workspace_id: int, segment_id: int, pinning: Pinning) -> None:
    """Pin contacts to a dynamic segment and unpin others, all or nothing.

    Raises Refused for a fixed list, unknown contacts but to unpin, one named twice, none at all, and more than
    MOST_PINS in the end.
    """
    pinning.refuse_unclear()
    async with transaction() as borrowed:
        # Before the catalog is held: who has these contacts may have them for long.
        await _check_contacts(borrowed, workspace_id, pinning)
        catalog = await changing_catalog(borrowed, workspace_id)
        _check_pinnable(catalog.segments.get(segment_id))
        await borrowed.execute(_UNPIN, workspace_id, segment_id, list(pinning.unpin))
        await _pin(borrowed, workspace_id, segment_id, pinning)
        await _check_room(borrowed, workspace_id, segment_id)


async def _pin(borrowed: Connection, workspace_id: int, segment_id: int, pinning: Pinning) -> None:
    ids = [*pinning.include, *pinning.exclude]
    included = [place < len(pinning.include) for place in range(len(ids))]
    await borrowed.execute(_PIN, workspace_id, segment_id, ids, included, *actor_kept())


def _check_pinnable(segment: Segment | None) -> None:
    if segment is None:
        raise not_found()
    if segment.kind is not SegmentKind.DYNAMIC:
        message = "this segment is a fixed list: contacts are pinned only where a filter would decide"
        raise Refused.because(Code.NOT_ALLOWED, message, "input.id")


async def _check_contacts(borrowed: Connection, workspace_id: int, pinning: Pinning) -> None:
    """Locks them, in the order of all; who is gone has no pin, so that only those to pin have to be there."""
    locked = await borrowed.fetch(
        "SELECT id FROM contact WHERE workspace_id = $1 AND id = ANY($2::bigint[]) ORDER BY id FOR KEY SHARE",
        workspace_id,
        [id for _, id in pinning.named],
    )
    known = {row[0] for row in locked} | set(pinning.unpin)
    unknown = [path for path, id in pinning.named if id not in known]
    if unknown:
        message = f"{len(unknown):,} of these are no contacts; this is the first"
        raise Refused.because(Code.NOT_FOUND, message, unknown[0])


async def _check_room(borrowed: Connection, workspace_id: int, segment_id: int) -> None:
    count = await borrowed.fetchval(_COUNT, workspace_id, segment_id)
    if count > MOST_PINS:
        message = (
            f"a segment has at most {MOST_PINS:,} pinned contacts, and these would make {count:,}; "
            "put them on a list and name that in the filter"
        )
        raise Refused.because(Code.NOT_ALLOWED, message, "input")


async def pins_page(workspace_id: int, segment_id: int, window: Window, is_included: bool | None = None) -> Page:
    """A page of a segment's pins, the newest first; of those pinned in, or out, alone where that is said."""
    query = select(SegmentPin, _COLUMNS, workspace_id).where(_of(segment_id))
    if is_included is not None:
        query = query.where(Clause("segment_pin.is_included = ", Bound(is_included, "boolean")))
    return await fetch_page(query, NEWEST_FIRST, window)


async def find_pin(workspace_id: int, segment_id: int, contact_id: int) -> PinRow | None:
    """How a contact is pinned to a segment; None where it isn't."""
    here = Clause("segment_pin.contact_id = ", Bound(contact_id, "bigint"))
    text, values = render(select(SegmentPin, _COLUMNS, workspace_id).where(_of(segment_id)).where(here))
    async with connection() as borrowed:
        row = await borrowed.fetchrow(text, *values)
    return None if row is None else pin_row(row)


async def count_pins(workspace_id: int, segment_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """How many contacts are pinned into segments, and how many out of them, by the segment's id."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(_COUNTS, workspace_id, list(segment_ids))
    return {row[0]: (row[1], row[2]) for row in rows}


def pin_row(row: Record) -> PinRow:
    """A pin out of a row of a page."""
    return PinRow(row["contact_id"], row["is_included"], row["pinned_at"], author_of(row))


def _of(segment_id: int) -> Clause:
    return Clause("segment_pin.segment_id = ", Bound(segment_id, "bigint"))
