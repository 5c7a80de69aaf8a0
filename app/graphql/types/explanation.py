"""Why a contact is in a filter or not, and until when."""

from collections.abc import Mapping

import strawberry

from app.compile import Scope
from app.filters.catalog import Catalog
from app.filters.checked import Condition, Filter, PinnedIn, PinnedOut
from app.filters.problems import Code, Refused
from app.filters.sight.grounds import parts_told, pin_held, reason, turning
from app.filters.sight.nodes import Node, NodeKind, conditions_of, node_of, walk
from app.filters.sight.seen import told, value_of
from app.filters.sight.tally import ONE_CONTACT, sets
from app.filters.sight.turning import next_turn
from app.graphql.context import Context
from app.graphql.scalars import DateTime, Json, moment
from app.graphql.types.breakdown import FilterNode, node_fields
from app.graphql.types.pins import Pin, pin_of
from app.queries.pins import find_pin
from app.queries.sight.explaining import Answered, see_contact


@strawberry.type(description="A node of a filter as one contact meets it.")
class ExplanationNode(FilterNode):
    """A node of a filter as one contact meets it."""

    holds: bool = strawberry.field(description="Whether the contact satisfies it.")
    value: Json | None = strawberry.field(
        description="What a condition looks at, as entered: a value, a status, the names of all labels; else null."
    )
    reason: str = strawberry.field(description="What is so of the contact: `City is Bandung`.")


@strawberry.type(description="Why a contact is in a filter or not, and until when.")
class Explanation:
    """Why a contact is in a filter or not, and until when."""

    is_in: bool = strawberry.field(description="Whether the contact is in.")
    reason: str = strawberry.field(description="Why, in a sentence: the conditions that decide it.")
    changes_at: DateTime | None = strawberry.field(
        description="When it will leave, or enter, if nothing but time changes; null where that is not within "
        "5 years or too far to see."
    )
    outlook: str = strawberry.field(description="The same in a sentence.")
    pin: Pin | None = strawberry.field(
        description="How the contact is pinned to the segment, whatever its filter says; null where it is not."
    )
    nodes: list[ExplanationNode] = strawberry.field(description="All groups and conditions, in reading order.")


async def explanation(tree: Filter, contact_id: int, scope: Scope, context: Context) -> Explanation:
    """Explains a contact; raises Refused where there is none of this id."""
    root = node_of(tree)
    found = await see_contact(contact_id, conditions_of([root]), scope, context.catalog)
    if found is None:
        raise Refused.because(Code.NOT_FOUND, "there is no such contact", "contactId")
    holds = sets(root, found.answers, ONE_CONTACT)
    words = {each: _told(each, found, scope) for each in found.answers}
    turn = next_turn(root, found.answers, found.seen.times, scope.clock)
    is_in, is_pinned = bool(holds[root.path]), pin_held(root, holds) is not None
    return Explanation(
        is_in=is_in,
        reason=reason(root, holds, words),
        changes_at=moment(turn.at),
        outlook=turning(turn, scope.clock, is_in=is_in, is_pinned=is_pinned),
        pin=await _pin(root, holds, contact_id, context),
        nodes=[_node(node, holds, words, found, context.catalog) for node in walk(root)],
    )


async def _pin(root: Node, holds: Mapping[str, int], contact_id: int, context: Context) -> Pin | None:
    pin = pin_held(root, holds)
    if pin is None or not isinstance(pin.tree, PinnedIn | PinnedOut):
        return None
    row = await find_pin(context.workspace_id, pin.tree.segment.id, contact_id)
    return None if row is None else pin_of(row, context)


def _told(condition: Condition, found: Answered, scope: Scope) -> str:
    return told(condition, found.seen, scope.clock, holds=bool(found.answers[condition]))


def _node(
    node: Node, holds: dict[str, int], words: dict[Condition, str], found: Answered, catalog: Catalog
) -> ExplanationNode:
    is_condition = node.kind is NodeKind.CONDITION
    return ExplanationNode(
        **node_fields(node, catalog),
        holds=bool(holds[node.path]),
        value=value_of(node.condition, found.seen) if is_condition else None,
        reason=words[node.condition] if is_condition else parts_told(node, holds),
    )
