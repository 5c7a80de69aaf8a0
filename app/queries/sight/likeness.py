"""The segments whose contacts are much the same as a filter's, or all of its and more.

Which may be is seen from some of the filter's contacts and the segments that they are kept in; those few are then
asked of all of the filter's contacts.
"""

from collections.abc import Sequence
from typing import Final

from app.compile import Scope, condition
from app.compile.clause import Bound, Clause, write
from app.filters.advice.compared import Compared
from app.filters.advice.likeness import Likeness
from app.filters.catalog import Catalog, Segment
from app.filters.check import segment_filter
from app.filters.meaning import meaning, segment_meaning
from app.filters.pins import parted
from app.filters.vocabulary import SegmentKind
from app.queries.connections import connection
from app.queries.insight.census import census
from app.queries.insight.sampling import SEED, sampled, sampled_share
from app.queries.live.reading_states import settled_states
from app.queries.lookups import WITHIN

MOST_LOOKED_AT: Final = 1_000
FEWEST_LOOKED_AT: Final = 200
MOST_GUESSED: Final = 50
MOST_LISTS: Final = 20
MOST_LIKE: Final = 3
MOST_CONFIRMED: Final = 5
# Of some contacts; less than what is nearly the same, for they may not be quite like all.
SHARE_LOOKED_FOR: Final = 0.85

# Of segments that have them all, the smaller ones are more like.
_MEMBERSHIPS = (
    "SELECT held.segment_id, count(*)::float8 / (SELECT count(*) FROM looked) AS share, "
    "live.members IS NULL AS is_list FROM looked "
    f"CROSS JOIN LATERAL (SELECT segment_id FROM segment_member WHERE {WITHIN} AND contact_id = looked.id "
    f"UNION ALL SELECT segment_id FROM segment_contact WHERE {WITHIN} AND contact_id = looked.id OFFSET 0) AS held "
    "LEFT JOIN live_segment AS live ON live.workspace_id = $1 AND live.segment_id = held.segment_id "
    "GROUP BY held.segment_id, live.members HAVING count(*) >= $2::float8 * (SELECT count(*) FROM looked) "
    "ORDER BY live.members, held.segment_id DESC"
)
_OF_MEANING = "SELECT segment_id FROM live_segment WHERE workspace_id = $1 AND meaning = $2 ORDER BY segment_id"
# A list that is larger is not much the same, and how much larger is of no interest.
_LIST_SIZES = (
    "SELECT asked.id, (SELECT count(*) FROM (SELECT FROM segment_contact WHERE workspace_id = $1 "
    "AND segment_id = asked.id LIMIT $3::bigint) AS held) FROM unnest($2::bigint[]) AS asked (id)"
)


async def of_same_rule(compared: Compared) -> list[Segment]:
    """The segments that mean the same contacts whoever these are, if the live engine knows them; none beside pins."""
    own, pins = parted(compared.tree)
    catalog, meant = compared.catalog, meaning(own, compared.catalog)
    async with connection() as borrowed:
        rows = await borrowed.fetch(_OF_MEANING, catalog.workspace_id, meant)
    found = [] if pins else [catalog.segments[id] for (id,) in rows if id in catalog.segments]
    return [each for each in found if compared.is_of_rule(each, meant)]


async def likenesses(compared: Compared, count: int, scope: Scope, most_around: float) -> list[Likeness]:
    """The segments that may be worth telling of, at most MOST_CONFIRMED, each counted over all contacts.

    The filter matches about `count` contacts, as of now. A segment that has all of them and more is not worth it
    where it has more than `most_around`.
    """
    shares = await _shares(compared, count, scope)
    sizes = await _sizes([compared.catalog.segments[id] for id in shares], count, compared.catalog)
    guessed = [
        Likeness(compared.catalog.segments[id], count, size, round(shares[id] * count)) for id, size in sizes.items()
    ]
    return await _confirmed(compared, _likeliest(guessed, most_around), scope)


async def _shares(compared: Compared, count: int, scope: Scope) -> dict[int, float]:
    """Of some of the filter's contacts, the share that is in a segment, for those that have nearly all of them."""
    values: list[object] = [scope.workspace_id, SHARE_LOOKED_FOR]
    looked = write(await _looked_at(condition(compared.tree, scope), count, scope), values)
    async with connection() as borrowed:
        rows = await borrowed.fetch(f"WITH looked AS MATERIALIZED ({looked}) {_MEMBERSHIPS}", *values)
    known = [row for row in rows if row["segment_id"] in compared.catalog.segments]
    dynamic = [row for row in known if not row["is_list"]][:MOST_GUESSED]
    lists = [row for row in known if row["is_list"]][:MOST_LISTS]
    shares = {row["segment_id"]: row["share"] for row in (*dynamic, *lists)}
    return {id: share for id, share in shares.items() if compared.takes(compared.catalog.segments[id])}


async def _looked_at(holds: Clause, count: int, scope: Scope) -> Clause:
    """The filter's contacts up to MOST_LOOKED_AT, always the same ones; out of the sample, where that has enough."""
    known = await census(scope.workspace_id)
    within = Clause("contact.workspace_id = ", Bound(scope.workspace_id, "bigint"))
    enough = count * sampled_share(known) >= FEWEST_LOOKED_AT
    source = sampled(scope.workspace_id, known) if enough else Clause("contact")
    hashed = Clause("hashint8extended(contact.id, ", Bound(SEED, "bigint"), ")")
    chosen = Clause(" ORDER BY ", hashed, f" LIMIT {MOST_LOOKED_AT:d}")
    return Clause("SELECT contact.id FROM ", source, " WHERE ", within, " AND ", holds, chosen)


async def _sizes(segments: Sequence[Segment], count: int, catalog: Catalog) -> dict[int, int]:
    """How many contacts the segments have, by id: as is kept, so without those that may be other than that."""
    dynamic = [segment for segment in segments if segment.kind is SegmentKind.DYNAMIC]
    states = await settled_states(catalog.workspace_id, [segment.id for segment in dynamic])
    current = {
        id: state.members
        for id, state in states.items()
        if state.is_current and state.meaning == segment_meaning(catalog.segments[id], catalog)
    }
    lists = [segment.id for segment in segments if segment.kind is not SegmentKind.DYNAMIC]
    return current | await _list_sizes(catalog.workspace_id, lists, round(count / SHARE_LOOKED_FOR) + 1)


async def _list_sizes(workspace_id: int, ids: Sequence[int], most: int | None = None) -> dict[int, int]:
    if not ids:
        return {}
    async with connection() as borrowed:
        rows = await borrowed.fetch(_LIST_SIZES, workspace_id, list(ids), most)
    return {row[0]: row[1] for row in rows}


def _likeliest(guessed: Sequence[Likeness], most_around: float) -> list[Likeness]:
    """Those that may be the same or nearly so, and the smallest that may be around."""
    like = sorted((each for each in guessed if each.jaccard >= SHARE_LOOKED_FOR), key=lambda one: -one.jaccard)
    around = [
        each for each in guessed if each.is_around and each.size <= most_around and each not in like[:MOST_LIKE]
    ]
    smallest = sorted(around, key=lambda one: (one.size, one.segment.id))
    return [*like[:MOST_LIKE], *smallest][:MOST_CONFIRMED]


async def _confirmed(compared: Compared, guessed: Sequence[Likeness], scope: Scope) -> list[Likeness]:
    """The same, counted: all of the filter's contacts are asked whether they are in each segment."""
    if not guessed:
        return []
    values: list[object] = [scope.workspace_id]
    asked = [condition(segment_filter(each.segment, compared.catalog), scope) for each in guessed]
    columns = ["count(*)", *(f"count(*) FILTER (WHERE {write(clause, values)})" for clause in asked)]
    holds = write(condition(compared.tree, scope), values)
    text = f"SELECT {', '.join(columns)} FROM contact WHERE contact.workspace_id = $1 AND {holds}"
    async with connection() as borrowed:
        [(count, *both)] = await borrowed.fetch(text, *values)
    lists = [each.segment.id for each in guessed if each.segment.kind is not SegmentKind.DYNAMIC]
    sizes = {each.segment.id: each.size for each in guessed} | await _list_sizes(scope.workspace_id, lists)
    return [
        Likeness(each.segment, count, sizes[each.segment.id], found)
        for each, found in zip(guessed, both, strict=True)
    ]
