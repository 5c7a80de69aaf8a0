"""A filter that is to hold of a contact, or not to hold, with its Nots moved down to its conditions."""

from dataclasses import dataclass

from app.filters import checked
from app.filters.advice.logic.literals import Literal, Subject, literal
from app.filters.checked import Filter
from app.filters.clock import Clock
from app.filters.tree import And, Not, Or, Tree, leaves

Formula = Tree[Literal]


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """A formula that is to hold of a contact, and what it is about."""

    formula: Formula
    subjects: frozenset[Subject]


def claim(tree: Filter, clock: Clock, *, holds: bool) -> Claim:
    """That the filter holds as of the clock, or doesn't, with the filters of the segments that it refers to."""
    formula = _formula(tree, clock, holds=holds)
    return Claim(formula, frozenset(leaf.subject for leaf in leaves(formula)))


def _formula(tree: Filter, clock: Clock, *, holds: bool) -> Formula:
    match tree:
        case Not(part):
            return _formula(part, clock, holds=not holds)
        case And(parts) | Or(parts):
            found = tuple(_formula(part, clock, holds=holds) for part in parts)
            return And(found) if isinstance(tree, And) is holds else Or(found)
        case checked.InAnySegment(segments) if any(one.filter is not None for one in segments):
            opened = (one.filter or checked.InAnySegment((one,)) for one in segments)
            return _formula(Or(tuple(opened)), clock, holds=holds)
        case _:
            return literal(tree, clock, holds=holds)
