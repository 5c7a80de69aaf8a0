"""A filter as nodes that have a path, with the segments that it refers to opened: what can be told of each place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from app.filters.catalog import Segment
from app.filters.checked import Condition, Filter, InAnySegment, Inlined, PinnedIn
from app.filters.pins import parted
from app.filters.tree import And, Not, Or


class NodeKind(Enum):
    """What stands at a node."""

    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    SEGMENT = "SEGMENT"
    PINS = "PINS"
    CONDITION = "CONDITION"


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A place of a filter: its path, that of the node above, and the nodes below in reading order.

    A SEGMENT refers to the dynamic `segment`, whose filter is its one part. Where contacts are pinned there, PINS
    stands above that: its parts are the filter, and then the pins as they decide. A CONDITION has no part.
    """

    kind: NodeKind
    path: str
    parent: str | None
    depth: int
    tree: Filter
    parts: tuple["Node", ...] = ()
    segment: Segment | None = None

    @property
    def condition(self) -> Condition:
        """What a CONDITION asks; raises TypeError at a node of another kind."""
        if isinstance(self.tree, And | Or | Not):
            raise TypeError("a group asks nothing by itself")
        return self.tree


@dataclass(frozen=True, slots=True)
class _Place:
    path: str
    parent: str | None = None
    depth: int = 0

    def below(self, step: str) -> "_Place":
        return _Place(f"{self.path}.{step}", self.path, self.depth + 1)

    def beside(self, step: str) -> "_Place":
        above, dot, _ = self.path.rpartition(".")
        return _Place(f"{above}{dot}{step}", self.parent, self.depth)


def node_of(tree: Filter, path: str = "filter") -> Node:
    """The root of a filter's nodes. Paths are those of errors; what a segment holds is below `.segment`.

    Pins don't change the paths within a filter: of a whole segment they are at `pins`, above `filter`.
    """
    return _with_pins(tree, _Place(path))


def walk(node: Node) -> Iterator[Node]:
    """The node and all below it, in reading order."""
    yield node
    for part in node.parts:
        yield from walk(part)


def conditions_of(nodes: Iterable[Node]) -> list[Condition]:
    """The conditions at these nodes and below them, in reading order, equal ones once."""
    found = (each.condition for node in nodes for each in walk(node) if each.kind is NodeKind.CONDITION)
    return list(dict.fromkeys(found))


def _with_pins(tree: Filter, place: _Place) -> Node:
    own, pins = parted(tree)
    if not pins:
        return _node(own, place)
    above = place.beside("pins")
    parts = [_node(own, _Place(place.path, above.path, above.depth + 1))]
    for pin in pins:
        step = "included" if isinstance(pin, PinnedIn) else "excluded"
        parts.append(_group(NodeKind.CONDITION, pin, above.below(step), ()))
    return _group(NodeKind.PINS, tree, above, parts)


def _node(tree: Filter, place: _Place) -> Node:
    match tree:
        case And(parts):
            return _group(NodeKind.AND, tree, place, _numbered(parts, place, "and"))
        case Or(parts):
            return _group(NodeKind.OR, tree, place, _numbered(parts, place, "or"))
        case Not(part):
            return _group(NodeKind.NOT, tree, place, [_node(part, place.below("not"))])
        case InAnySegment((inlined,)) if inlined.filter is not None:
            return _segment(inlined, inlined.filter, place)
        case InAnySegment(segments) if any(inlined.filter is not None for inlined in segments):
            each = [InAnySegment((inlined,)) for inlined in segments]
            return _group(NodeKind.OR, tree, place, _numbered(each, place, "segment.inAny"))
        case _:
            return _group(NodeKind.CONDITION, tree, place, ())


def _group(kind: NodeKind, tree: Filter, place: _Place, parts: Iterable[Node]) -> Node:
    return Node(kind, place.path, place.parent, place.depth, tree, tuple(parts))


def _numbered(parts: Iterable[Filter], place: _Place, step: str) -> Iterator[Node]:
    return (_node(part, place.below(f"{step}[{number}]")) for number, part in enumerate(parts))


def _segment(inlined: Inlined, held: Filter, place: _Place) -> Node:
    part = _with_pins(held, place.below("segment"))
    tree = InAnySegment((inlined,))
    return Node(NodeKind.SEGMENT, place.path, place.parent, place.depth, tree, (part,), inlined.segment)
