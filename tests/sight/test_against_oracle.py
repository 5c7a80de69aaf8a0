"""What is told of random filters is what the oracle says of each of their parts."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

from app.compile import Scope
from app.filters.check import check
from app.filters.checked import Filter
from app.filters.clock import Clock
from app.filters.document import write
from app.filters.sight.regions import Region, filter_of
from app.graphql.types.breakdown import BreakdownNode, breakdown_of
from app.graphql.types.comparison import ComparedContacts, compared
from app.graphql.types.explanation import explanation
from app.graphql.types.overlap import OverlapRegion, overlap_of
from app.queries.catalogs import current_catalog
from tests.compile.peopled import Peopled, found
from tests.oracle.meaning import Ids, everyone, members
from tests.oracle.world import Moment
from tests.sight.asking import asking
from tests.sight.parts import Part, is_in, parts

TREES = 50
FIVE_YEARS = timedelta(days=5 * 365)


async def _asked(there: Peopled, document: Any, at: datetime) -> tuple[Filter, Scope]:
    catalog = await current_catalog(there.workspace)
    return check(document, catalog), Scope(there.workspace, Clock(at, catalog.zone))


async def test_breakdown_counts_as_the_oracle(there: Peopled) -> None:
    catalog = await current_catalog(there.workspace)
    for _ in range(TREES):
        document, at = there.filters.tree(5, 12), there.random.choice(there.about)
        tree, scope = await _asked(there, document, at)
        rows = await breakdown_of(tree, scope, catalog)
        hold(rows, list(parts(document, Moment(there.world, at))), f"{at} {document}")


def hold(rows: list[BreakdownNode], meant: list[Part], failure: str) -> None:
    """Hold a breakdown against whom the oracle says each part means."""
    assert [row.path for row in rows] == [part.path for part in meant]
    for row, part in zip(rows, meant, strict=True):
        is_alternative = part.before is not None
        left, before = part.remaining, part.before or frozenset()
        assert (row.count, row.given, row.remaining) == (len(part.ids), len(part.given), len(left)), (
            f"{row.path} of {failure}"
        )
        assert row.removed == (0 if is_alternative else len(part.given - left))
        assert row.added == (len(left - before) if is_alternative else 0)
        assert row.empties == (bool(part.given) and not left and not is_alternative)
        assert row.removes_nobody == (bool(part.given) and left == part.given and not is_alternative)
        assert row.adds_nobody == (bool(part.given) and is_alternative and left == before)
    assert rows[0].remaining == rows[0].count


async def test_explanation_answers_as_the_oracle(there: Peopled) -> None:
    catalog = await current_catalog(there.workspace)
    for _ in range(TREES):
        document, at = there.filters.tree(5, 12), there.random.choice(there.about)
        person = there.random.choice(there.world.people)
        told = await explanation(*_with(person.id, await _asked(there, document, at)), asking(catalog))
        expected = {part.path: person.id in part.ids for part in parts(document, Moment(there.world, at))}
        assert {node.path: node.holds for node in told.nodes} == expected, f"{at} {person.id} {document}"
        assert told.is_in == expected["filter"]
        assert all(node.reason and node.summary for node in told.nodes)


def _with(contact_id: int, asked: tuple[Filter, Scope]) -> tuple[Filter, int, Scope]:
    return asked[0], contact_id, asked[1]


async def test_answers_turn_when_the_oracle_says(there: Peopled) -> None:
    catalog = await current_catalog(there.workspace)
    turns = 0
    for _ in range(2 * TREES):
        document, at = _of_time(there), there.random.choice(there.about)
        person = there.random.choice(there.world.people)
        told = await explanation(*_with(person.id, await _asked(there, document, at)), asking(catalog))
        changes = told.changes_at
        failure = f"{at} {person.id} {changes} {document}"
        until = at + FIVE_YEARS if changes is None else _moment(changes) - timedelta(microseconds=1)
        for instant in (until, *(at + there.random.random() * (until - at) for _ in range(8))):
            assert is_in(document, person, there, instant) == told.is_in, f"{instant} {failure}"
        if changes is not None:
            turns += 1
            assert is_in(document, person, there, _moment(changes)) != told.is_in, failure
    assert turns > TREES / 8


def _of_time(there: Peopled) -> dict[str, Any]:
    keys = [key for key, type in there.world.types.items() if type in ("DATE", "DATETIME")]
    leaves = [there.filters.field(there.random.choice(keys)) for _ in range(there.random.randint(1, 4))]
    turned = [{"not": leaf} if there.random.random() < 0.3 else leaf for leaf in leaves]
    return {there.random.choice(("and", "or")): turned}


def _moment(value: object) -> datetime:
    assert isinstance(value, datetime)
    return value.astimezone(UTC)


async def test_comparison_parts_as_the_oracle(there: Peopled) -> None:
    active = members({"status": ["ACTIVE"]}, Moment(there.world, there.about[0]))
    for _ in range(TREES):
        old, new, at = there.filters.tree(4, 8), there.filters.tree(4, 8), there.random.choice(there.about)
        (before, scope), (after, _) = await _asked(there, old, at), await _asked(there, new, at)
        told = await compared(before, after, scope)
        was, becomes = members(old, Moment(there.world, at)), members(new, Moment(there.world, at))
        expected = {"entering": becomes - was, "leaving": was - becomes, "staying": was & becomes}
        for name, ids in expected.items():
            one: ComparedContacts = told[name]
            assert (one.count, one.sendable_count) == (len(ids), len(ids & active)), f"{at} {name} {old} {new}"
            assert await found(there, write(one.tree), at) == ids


async def test_overlap_parts_as_the_oracle(there: Peopled) -> None:
    catalog = await current_catalog(there.workspace)
    for _ in range(TREES // 2):
        at, number = there.random.choice(there.about), there.random.randint(2, 5)
        documents = [there.filters.tree(3, 5) for _ in range(number)]
        asked = [await _asked(there, document, at) for document in documents]
        moment = Moment(there.world, at)
        meant = [members(document, moment) for document in documents]
        told = await overlap_of([tree for tree, _ in asked], asked[0][1], catalog)
        union: Ids = frozenset().union(*meant)
        assert [one.count for one in told.sets] == [len(ids) for ids in meant]
        assert told.count == len(union)
        assert [(pair.first, pair.second, pair.count) for pair in told.pairs] == [
            (one, other, len(meant[one] & meant[other])) for one, other in combinations(range(number), 2)
        ]
        assert told.regions is not None
        assert len(told.regions) == 2**number - 1
        assert sum(region.count for region in told.regions) == len(union)
        for region in told.regions:
            ids = _within(region, meant, there)
            assert region.count == len(ids), f"{at} {region.inside} {documents}"


async def test_region_filters_mean_their_regions(there: Peopled) -> None:
    at = there.about[0]
    documents = [there.filters.tree(3, 5) for _ in range(3)]
    trees = [(await _asked(there, document, at))[0] for document in documents]
    meant = [members(document, Moment(there.world, at)) for document in documents]
    told = await overlap_of(trees, (await _asked(there, documents[0], at))[1], await current_catalog(there.workspace))
    for region in told.regions or []:
        tree = filter_of(Region(tuple(region.inside), tuple(region.outside), 0), trees)
        assert members(write(tree), Moment(there.world, at)) == _within(region, meant, there)


def _within(region: OverlapRegion, meant: list[Ids], there: Peopled) -> Ids:
    inside = everyone(there.world).intersection(*(meant[place] for place in region.inside))
    return inside.difference(*(meant[place] for place in region.outside))
