"""Nodes of a filter that are to hold of a contact, or not to hold, with their Nots moved down to the conditions."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from app.filters import checked
from app.filters.advice.logic.effort import Effort
from app.filters.advice.logic.literals import Literal, Subject, literal
from app.filters.checked import Condition, Filter
from app.filters.clock import Clock
from app.filters.sight.nodes import Node, NodeKind
from app.filters.tree import And, Not, Or, Tree, leaves

STEPS_EACH = 10

Formula = Tree[Literal]


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """A formula that is to hold of a contact, and what it is about."""

    formula: Formula
    subjects: frozenset[Subject]


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims that nodes hold or don't as of the clock, each made once. To make one may raise TooMuchError."""

    clock: Clock
    effort: Effort
    made: dict[tuple[str, bool], Claim] = field(default_factory=dict)

    def of(self, node: Node, *, holds: bool) -> Claim:
        """That the node holds or doesn't, with the filters of the segments below it."""
        if (node.path, holds) not in self.made:
            self.made[node.path, holds] = self._make(node, holds=holds)
        return self.made[node.path, holds]

    def _make(self, node: Node, *, holds: bool) -> Claim:
        match node.kind:
            case NodeKind.NOT:
                return self.of(node.parts[0], holds=not holds)
            case NodeKind.AND | NodeKind.OR:
                parts = [self.of(part, holds=holds) for part in node.parts]
                formula = _group((part.formula for part in parts), is_and=(node.kind is NodeKind.AND) is holds)
                return Claim(formula, frozenset().union(*(part.subjects for part in parts)))
            case NodeKind.CONDITION | NodeKind.SEGMENT | NodeKind.PINS:
                formula = self._formula(node.tree, holds=holds)
                return Claim(formula, frozenset(leaf.subject for leaf in leaves(formula)))

    def _formula(self, tree: Filter, *, holds: bool) -> Formula:
        match tree:
            case Not(part):
                return self._formula(part, holds=not holds)
            case And(parts) | Or(parts):
                found = (self._formula(part, holds=holds) for part in parts)
                return _group(found, is_and=isinstance(tree, And) is holds)
            case checked.InAnySegment(segments) if any(one.filter is not None for one in segments):
                opened = (one.filter or checked.InAnySegment((one,)) for one in segments)
                return self._formula(Or(tuple(opened)), holds=holds)
            case _:
                self.effort.spend(STEPS_EACH + _named(tree))
                return literal(tree, self.clock, holds=holds)


def _group(parts: Iterable[Formula], *, is_and: bool) -> Formula:
    return And(tuple(parts)) if is_and else Or(tuple(parts))


def _named(condition: Condition) -> int:
    """How many texts or labels a condition lists; fragments of texts take longer."""
    match condition:
        case checked.FieldPasses(_, checked.Matches(values)):
            return len(values)
        case checked.FieldPasses(_, checked.Contains(values)):
            return 2 * len(values)
        case checked.HasAnyLabel(labels) | checked.HasAllLabels(labels) | checked.LabelsEmpty(_, labels):
            return len(labels)
        case _:
            return 0
