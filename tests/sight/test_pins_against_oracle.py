"""What is told of segments to which contacts are pinned is what the oracle says of them."""

from app.compile import Scope
from app.filters.check import check, segment_filter
from app.filters.checked import Filter
from app.filters.clock import Clock
from app.filters.ids import to_global
from app.filters.pins import with_pins
from app.graphql.types.breakdown import breakdown_of
from app.graphql.types.comparison import ComparedContacts, compared
from app.graphql.types.explanation import explanation
from app.graphql.types.overlap import overlap_of, read_sets
from app.graphql.types.pins import PinKind
from app.queries.catalogs import current_catalog
from tests.compile.peopled import Peopled
from tests.oracle.meaning import everyone, held, members
from tests.oracle.world import Moment
from tests.sight.asking import asking
from tests.sight.parts import segment_parts
from tests.sight.test_against_oracle import hold

MOMENTS = 4


async def asked(there: Peopled, number: int) -> tuple[Filter, Scope, Moment]:
    """Who is in a segment, as of a random moment."""
    catalog, at = await current_catalog(there.workspace), there.random.choice(there.about)
    scope = Scope(there.workspace, Clock(at, catalog.zone))
    return segment_filter(catalog.segments[number], catalog), scope, Moment(there.world, at)


def test_pins_are_of_every_kind(there: Peopled) -> None:
    kinds = {(bool(included), bool(excluded)) for included, excluded in there.world.pins.values()}
    assert len(there.world.pins) > 3
    assert len(kinds) > 1


async def test_breakdown_counts_pins_as_the_oracle(there: Peopled) -> None:
    catalog = await current_catalog(there.workspace)
    for number in MOMENTS * [*there.world.pins]:
        tree, scope, moment = await asked(there, number)
        rows = await breakdown_of(tree, scope, catalog)
        hold(rows, list(segment_parts(number, moment)), f"{moment.at} {there.world.pins[number]}")


async def test_explanation_knows_pins_as_the_oracle(there: Peopled) -> None:
    catalog = await current_catalog(there.workspace)
    for number, (included, excluded) in there.world.pins.items():
        tree, scope, moment = await asked(there, number)
        pinned = there.random.sample(sorted(included | excluded), min(4, len(included | excluded)))
        for id in [*pinned, there.random.choice(there.world.people).id]:
            told = await explanation(tree, id, scope, asking(catalog))
            expected = {part.path: id in part.ids for part in segment_parts(number, moment)}
            assert {node.path: node.holds for node in told.nodes} == expected, f"{moment.at} {number} {id}"
            assert told.is_in == (id in held(number, moment))
            kind = None if told.pin is None else told.pin.kind
            assert (kind is PinKind.INCLUDED, kind is PinKind.EXCLUDED) == (id in included, id in excluded)
            if kind is not None:
                assert told.changes_at is None
                assert told.reason.split(":")[1].startswith(f" always {kind.value.lower()} by hand")


async def test_edits_keep_pins_as_the_oracle(there: Peopled) -> None:
    catalog = await current_catalog(there.workspace)
    for number, (included, excluded) in there.world.pins.items():
        before, scope, moment = await asked(there, number)
        document = there.filters.tree(4, 8)
        told = await compared(before, with_pins(check(document, catalog), catalog.segments[number]), scope)
        was, becomes = held(number, moment), (members(document, moment) | included) - excluded
        expected = {"entering": becomes - was, "leaving": was - becomes, "staying": was & becomes}
        for name, ids in expected.items():
            one: ComparedContacts = told[name]
            assert one.count == len(ids), f"{moment.at} {number} {name} {document}"


async def test_overlap_heeds_pins_as_the_oracle(there: Peopled) -> None:
    catalog, at = await current_catalog(there.workspace), there.about[0]
    numbers = there.random.sample([*there.world.pins], 3)
    trees = read_sets([to_global("Segment", number) for number in numbers], [], catalog)
    told = await overlap_of(trees, Scope(there.workspace, Clock(at, catalog.zone)), catalog)
    meant = [held(number, Moment(there.world, at)) for number in numbers]
    assert [one.count for one in told.sets] == [len(ids) for ids in meant]
    for region in told.regions or []:
        ids = everyone(there.world).intersection(*(meant[place] for place in region.inside))
        assert region.count == len(ids.difference(*(meant[place] for place in region.outside)))
