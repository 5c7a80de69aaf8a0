"""What becomes of an audience when its filter is another: who enters, who leaves, who stays."""

from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry.types.info import Info

from app.compile import Scope, condition
from app.filters import catalog
from app.filters.check import check, segment_filter
from app.filters.checked import SENDABLE, Filter
from app.filters.pins import with_pins
from app.filters.sight.nodes import conditions_of, node_of
from app.filters.sight.tally import Tally
from app.filters.sight.uses import uses
from app.filters.tree import And, Not
from app.graphql.context import Context
from app.graphql.errors import told
from app.graphql.filter_input import FilterInput, document_of
from app.graphql.lookahead import selected
from app.graphql.types.contact import Contact, contact_columns, contacts_from
from app.queries.contacts import contacts_page, order_by
from app.queries.keyset import Window
from app.queries.sight.tallies import tally_contacts

if TYPE_CHECKING:
    from app.graphql.types.segment import Segment

MOST_SAMPLES = 10


@strawberry.type(description="The contacts to whom a change of a filter does the same.")
class ComparedContacts:
    """The contacts to whom a change of a filter does the same."""

    tree: strawberry.Private[Filter]
    scope: strawberry.Private[Scope]
    count: int = strawberry.field(description="How many they are.")
    sendable_count: int = strawberry.field(description="How many of them may be mailed.")

    @strawberry.field(description=f"Up to {MOST_SAMPLES} of them, the newest.")
    async def samples(self, info: Info[Context, None]) -> list[Contact]:
        """Up to MOST_SAMPLES of them, the newest."""
        if not self.count:
            return []
        wanted, holds = selected(info), condition(self.tree, self.scope)
        columns, order = contact_columns(wanted.below), order_by(None, descending=True)
        page = await contacts_page(self.scope.workspace_id, columns, [holds], order, Window(MOST_SAMPLES))
        return await contacts_from(page.rows, wanted, info)


@strawberry.interface(description="What becomes of an audience when its filter is another.")
class Comparison:
    """What becomes of an audience when its filter is another."""

    entering: ComparedContacts = strawberry.field(description="Who is in by the new filter alone.")
    leaving: ComparedContacts = strawberry.field(description="Who is in by the old filter alone.")
    staying: ComparedContacts = strawberry.field(description="Who is in by both.")


@strawberry.type(description="The difference between two filters.")
class FilterComparison(Comparison):
    """The difference between two filters."""


@strawberry.type(description="A segment that refers to another.")
class SegmentUse:
    """A segment that refers to another."""

    segment: Annotated["Segment", strawberry.lazy("app.graphql.types.segment")] = strawberry.field(
        description="The segment whose contacts depend on the other."
    )
    is_direct: bool = strawberry.field(description="Whether its own filter names the other, not only through more.")


@strawberry.type(description="What another filter would do to a segment.")
class SegmentWhatIf(Comparison):
    """What another filter would do to a segment."""

    used_by: list[SegmentUse] = strawberry.field(
        description="The segments that refer to it, themselves or through others: they would change with it."
    )


@strawberry.type
class Editable:
    """What an edit of a segment would do."""

    kept: strawberry.Private[catalog.Segment]

    @strawberry.field(description="What would become of the segment with this filter, without changing it.")
    @told
    async def what_if(self, info: Info[Context, None], filter: FilterInput) -> SegmentWhatIf:
        """What would become of the segment with this filter."""
        known = info.context.catalog
        after = with_pins(check(document_of(filter), known, within=self.kept.id), self.kept)
        found = await compared(segment_filter(self.kept, known), after, info.context.scope())
        return SegmentWhatIf(**found, used_by=_used_by(self.kept, known))


async def compared(before: Filter, after: Filter, scope: Scope) -> dict[str, ComparedContacts]:
    """What a Comparison tells, counted in one pass over the contacts; raises Refused."""
    roots = node_of(before), node_of(after)
    conditions = dict.fromkeys([*conditions_of(roots), SENDABLE])
    tally = await tally_contacts(list(conditions), scope)
    old, new = (tally.sets(root)[root.path] for root in roots)
    apart: dict[str, tuple[Filter, int]] = {
        "entering": (And((after, Not(before))), new & tally.without(old)),
        "leaving": (And((before, Not(after))), old & tally.without(new)),
        "staying": (And((before, after)), old & new),
    }
    return {name: _compared(tree, groups, tally, scope) for name, (tree, groups) in apart.items()}


def _compared(tree: Filter, groups: int, tally: Tally, scope: Scope) -> ComparedContacts:
    sendable = tally.count(groups & tally.answers[SENDABLE])
    return ComparedContacts(tree=tree, scope=scope, count=tally.count(groups), sendable_count=sendable)


def _used_by(segment: catalog.Segment, known: catalog.Catalog) -> list[SegmentUse]:
    from app.graphql.types.segment import segment_type

    return [
        SegmentUse(segment=segment_type(use.segment, known), is_direct=use.is_direct)
        for use in uses(segment.id, known)
    ]
