"""Parts of a filter that keep those out who can't be mailed, which are needed although nobody is such today."""

from collections.abc import Iterator

from app.filters.checked import Condition, Filter, StatusIs
from app.filters.sight.nodes import Node, NodeKind
from app.filters.tree import And, Not, Or, leaves
from app.filters.vocabulary import Status


def safeguards(node: Node, *, holds: bool = True) -> Iterator[str]:
    """The paths of such parts of groups, where the node is to hold, or isn't."""
    below = holds is not (node.kind is NodeKind.NOT)
    for part in node.parts:
        if _narrows(node, holds=holds) and _guards(part, holds=holds):
            yield part.path
        yield from safeguards(part, holds=below)


def lets_sendable_through(tree: Filter, *, holds: bool = True) -> bool:
    """Whether it asks of the status alone, and all have it, or lack it, who may be mailed."""
    asked: Iterator[Condition] = leaves(tree)
    return all(isinstance(one, StatusIs) for one in asked) and _have(tree) is holds


def _narrows(node: Node, *, holds: bool) -> bool:
    """Whether it takes all of its parts to let a contact through."""
    return node.kind is (NodeKind.AND if holds else NodeKind.OR)


def _guards(node: Node, *, holds: bool) -> bool:
    if lets_sendable_through(node.tree, holds=holds):
        return True
    if node.kind is NodeKind.NOT:
        return _guards(node.parts[0], holds=not holds)
    return _narrows(node, holds=holds) and any(_guards(part, holds=holds) for part in node.parts)


def _have(tree: Filter) -> bool:
    match tree:
        case StatusIs(statuses):
            return Status.ACTIVE in statuses
        case Not(part):
            return not _have(part)
        case And(parts):
            return all(map(_have, parts))
        case Or(parts):
            return any(map(_have, parts))
        case _:
            return False
