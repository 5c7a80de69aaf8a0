"""The breakdown of a filter: which of its conditions counts for how much."""

from collections.abc import Iterable
from typing import Any

import strawberry

from app.compile import Scope
from app.filters.catalog import Catalog
from app.filters.checked import Filter
from app.filters.sight.breakdown import Counted, breakdown
from app.filters.sight.nodes import Node, conditions_of, node_of
from app.filters.summary import summarize
from app.graphql.enums import FilterNodeKind
from app.queries.sight.tallies import tally_contacts


@strawberry.interface(description="A group or a condition of a filter.")
class FilterNode:
    """A group or a condition of a filter."""

    path: str = strawberry.field(
        description="Its place, as errors name it: `filter.and[1]`. The filter of a segment is below `.segment`, and "
        "pinned contacts are at `pins`."
    )
    parent_path: str | None = strawberry.field(description="The path of the node above; null for the whole filter.")
    depth: int = strawberry.field(description="How many nodes are above it.")
    kind: FilterNodeKind = strawberry.field(description="What stands there.")
    summary: str = strawberry.field(description="It in plain words.")


@strawberry.type(description="A node of a filter with how many contacts it leaves.")
class BreakdownNode(FilterNode):
    """A node of a filter with how many contacts it leaves."""

    count: int = strawberry.field(description="How many contacts satisfy it alone.")
    given: int = strawberry.field(
        description="How many come to it: to a part of an `and` those who satisfy the parts before, to any other "
        "those who come to the node above, to the whole filter all contacts."
    )
    remaining: int = strawberry.field(
        description="How many of those given satisfy it; in an `or`, it or a part before it. Of a `not`'s part these "
        "are the ones that the `not` takes away. After `pins.excluded`, those who are not excluded."
    )
    removed: int = strawberry.field(description="How many of those given do not satisfy it; 0 in an `or`.")
    added: int = strawberry.field(description="How many it adds to the parts before it in an `or`; 0 elsewhere.")
    removes_nobody: bool = strawberry.field(description="Whether all who come to it satisfy it, and some come.")
    adds_nobody: bool = strawberry.field(description="Whether, in an `or`, it adds nobody though some come to it.")
    empties: bool = strawberry.field(description="Whether nobody who comes to it satisfies it, though some come.")


async def breakdown_of(tree: Filter, scope: Scope, catalog: Catalog) -> list[BreakdownNode]:
    """The nodes of a filter, all counted in one pass over the contacts; raises Refused."""
    root = node_of(tree)
    tally = await tally_contacts(conditions_of([root]), scope)
    return list(_shown(breakdown(root, tally), catalog))


def node_fields(node: Node, catalog: Catalog) -> dict[str, Any]:
    """What any FilterNode tells of a node."""
    return {
        "path": node.path,
        "parent_path": node.parent,
        "depth": node.depth,
        "kind": node.kind,
        "summary": summarize(node.tree, catalog.zone),
    }


def _shown(rows: Iterable[Counted], catalog: Catalog) -> Iterable[BreakdownNode]:
    names = ("count", "given", "remaining", "removed", "added", "removes_nobody", "adds_nobody", "empties")
    for row in rows:
        yield BreakdownNode(**node_fields(row.node, catalog), **{name: getattr(row, name) for name in names})
