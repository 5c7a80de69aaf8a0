"""Segments counted beside a filter, all as of one moment.

How many are kept in a segment is how many there are only if nothing waits for the live engine in the same snapshot.
Where something does, all contacts are asked.
"""

from collections.abc import Mapping, Sequence

from app.compile import Scope, condition
from app.compile.clause import write
from app.filters.advice.compared import Compared
from app.filters.advice.likeness import Likeness
from app.filters.catalog import Catalog, Segment
from app.filters.check import segment_filter
from app.filters.meaning import segment_meaning
from app.filters.vocabulary import SegmentKind
from app.queries.connections import Connection, transaction
from app.queries.sight.tallies import tally_contacts

_KEPT = (
    "SELECT live.segment_id, live.meaning, live.members FROM live_segment AS live "
    "JOIN live_workspace AS state ON state.workspace_id = $1 "
    "WHERE live.workspace_id = $1 AND live.segment_id = ANY($2::bigint[]) AND live.ready_at IS NOT NULL "
    "AND (state.next_due_at IS NULL OR state.next_due_at > $3::timestamptz) "
    "AND NOT EXISTS (SELECT FROM noted_change WHERE workspace_id = $1)"
)
_LISTED = (
    "SELECT segment_id, count(*) FROM segment_contact WHERE workspace_id = $1 AND segment_id = ANY($2::bigint[]) "
    "GROUP BY segment_id"
)


async def side_by_side(compared: Compared, segments: Sequence[Segment], scope: Scope) -> list[Likeness]:
    """Each segment beside the filter, as of now."""
    if not segments:
        return []
    async with transaction(snapshot=True) as borrowed:
        sizes = await _sizes(borrowed, segments, compared.catalog, scope)
        if all(each.id in sizes for each in segments):
            return await _in_both(borrowed, compared, segments, sizes, scope)
    return await _all_asked(compared, segments, scope)


async def _sizes(
    borrowed: Connection, segments: Sequence[Segment], catalog: Catalog, scope: Scope
) -> Mapping[int, int]:
    """How many contacts the segments have, by id: those that are certain in the snapshot."""
    ids = [each.id for each in segments]
    listed = [each.id for each in segments if each.kind is not SegmentKind.DYNAMIC]
    kept = await borrowed.fetch(_KEPT, scope.workspace_id, ids, scope.clock.at)
    counted = await borrowed.fetch(_LISTED, scope.workspace_id, listed)
    meant = {each.id: segment_meaning(each, catalog) for each in segments if each.id not in listed}
    certain = {id: members for id, meaning, members in kept if meaning == meant[id]}
    return certain | {row["segment_id"]: row["count"] for row in counted}


async def _in_both(
    borrowed: Connection,
    compared: Compared,
    segments: Sequence[Segment],
    sizes: Mapping[int, int],
    scope: Scope,
) -> list[Likeness]:
    """By asking the filter's contacts alone."""
    values: list[object] = [scope.workspace_id]
    asked = [condition(segment_filter(each, compared.catalog), scope) for each in segments]
    columns = ["count(*)", *(f"count(*) FILTER (WHERE {write(clause, values)})" for clause in asked)]
    holds = write(condition(compared.tree, scope), values)
    text = f"SELECT {', '.join(columns)} FROM contact WHERE contact.workspace_id = $1 AND {holds}"
    [(count, *both)] = await borrowed.fetch(text, *values)
    return [Likeness(each, count, sizes[each.id], found) for each, found in zip(segments, both, strict=True)]


async def _all_asked(compared: Compared, segments: Sequence[Segment], scope: Scope) -> list[Likeness]:
    trees = [segment_filter(each, compared.catalog) for each in segments]
    tally = await tally_contacts(list(dict.fromkeys([compared.tree, *trees])), scope)
    own = tally.answers[compared.tree]
    count, held = tally.count(own), [tally.answers[tree] for tree in trees]
    return [
        Likeness(each, count, tally.count(groups), tally.count(own & groups))
        for each, groups in zip(segments, held, strict=True)
    ]
