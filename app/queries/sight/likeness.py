"""The segments whose contacts are much the same as a filter's, or all of its and more.

Which may be is seen from some of the filter's contacts and the segments that they are kept in; those few are then
counted beside the filter.
"""

from collections.abc import Sequence
from typing import Final

from app.compile import Scope, condition
from app.compile.clause import Bound, Clause, write
from app.filters.advice.compared import Compared
from app.filters.advice.likeness import GUESSED_NEARLY, Likeness, likeliest
from app.filters.catalog import Segment
from app.filters.meaning import meaning
from app.filters.pins import parted
from app.filters.vocabulary import SegmentKind
from app.queries.connections import connection
from app.queries.insight.census import census
from app.queries.insight.sampling import SEED, sampled, sampled_share
from app.queries.lookups import WITHIN
from app.queries.sight.side_by_side import side_by_side

MOST_LOOKED_AT: Final = 1_000
FEWEST_LOOKED_AT: Final = 200
MOST_GUESSED: Final = 50
MOST_LISTS: Final = 20

# Of segments that have them all, the smaller ones are more like.
_MEMBERSHIPS = (
    "SELECT held.segment_id, count(*)::float8 / (SELECT count(*) FROM looked) AS share, "
    "live.members FROM looked "
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
    if pins:
        return []
    catalog, meant = compared.catalog, meaning(own, compared.catalog)
    async with connection() as borrowed:
        rows = await borrowed.fetch(_OF_MEANING, catalog.workspace_id, meant)
    found = [catalog.segments[id] for (id,) in rows if id in catalog.segments]
    return [each for each in found if compared.is_of_rule(each, meant)]


async def likenesses(compared: Compared, count: int, scope: Scope, most_around: float) -> list[Likeness]:
    """The segments that may be worth telling of, a few at most, each counted beside the filter.

    The filter matches about `count` contacts, as of now. A segment that has all of them and more is not worth it
    where it has more than `most_around`.
    """
    guessed = await _guessed(compared, count, scope)
    return await side_by_side(compared, likeliest(guessed, most_around), scope)


async def _guessed(compared: Compared, count: int, scope: Scope) -> list[Likeness]:
    """The segments that have nearly all of some of the filter's contacts, as if they had so of all."""
    segments = compared.catalog.segments
    held = await _held(compared, count, scope)
    lists = [id for id in held if segments[id].kind is not SegmentKind.DYNAMIC]
    sizes = await _list_sizes(scope.workspace_id, lists, round(count / GUESSED_NEARLY) + 1)
    return [
        Likeness(segments[id], count, sizes.get(id, members or 0), round(share * count))
        for id, (share, members) in held.items()
    ]


async def _held(compared: Compared, count: int, scope: Scope) -> dict[int, tuple[float, int | None]]:
    """By segment, the share of some of the filter's contacts that it has, and how many are kept in it in all."""
    values: list[object] = [scope.workspace_id, GUESSED_NEARLY]
    looked = write(await _looked_at(condition(compared.tree, scope), count, scope), values)
    async with connection() as borrowed:
        rows = await borrowed.fetch(f"WITH looked AS MATERIALIZED ({looked}) {_MEMBERSHIPS}", *values)
    segments = compared.catalog.segments
    known = [row for row in rows if row["segment_id"] in segments]
    dynamic = [row for row in known if row["members"] is not None][:MOST_GUESSED]
    lists = [row for row in known if row["members"] is None][:MOST_LISTS]
    return {id: (share, size) for id, share, size in (*dynamic, *lists) if compared.takes(segments[id])}


async def _looked_at(holds: Clause, count: int, scope: Scope) -> Clause:
    """The filter's contacts up to MOST_LOOKED_AT, always the same ones; out of the sample, where that has enough."""
    known = await census(scope.workspace_id)
    within = Clause("contact.workspace_id = ", Bound(scope.workspace_id, "bigint"))
    enough = count * sampled_share(known) >= FEWEST_LOOKED_AT
    source = sampled(scope.workspace_id, known) if enough else Clause("contact")
    hashed = Clause("hashint8extended(contact.id, ", Bound(SEED, "bigint"), ")")
    chosen = Clause(" ORDER BY ", hashed, f" LIMIT {MOST_LOOKED_AT:d}")
    return Clause("SELECT contact.id FROM ", source, " WHERE ", within, " AND ", holds, chosen)


async def _list_sizes(workspace_id: int, ids: Sequence[int], most: int) -> dict[int, int]:
    if not ids:
        return {}
    async with connection() as borrowed:
        rows = await borrowed.fetch(_LIST_SIZES, workspace_id, list(ids), most)
    return {row[0]: row[1] for row in rows}
