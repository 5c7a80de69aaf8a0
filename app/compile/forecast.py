"""A filter as of many moments at once: what of a contact decides, and at which of the moments it then matches.

Time makes a difference to relative tests alone, and to them a value is no more than its place among the ends of
their spans. So contacts that answer everything else alike, and whose values have the same places, match at the same
moments: they are counted together, and the moments are the bits of a number.

    And(status ACTIVE, last_visit withinLast 30 days)      two moments: ends at a, b, c and d
    WHERE status = 'ACTIVE' GROUP BY width_bucket(last_visit, {a, b, c, d})
    place 0: 0b00   1: 0b01   2: 0b11   3: 0b10   4: 0b00
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import assert_never

from app.compile.clause import EVERYONE, Clause
from app.compile.conditions import Scope, condition
from app.compile.places import Axis, Place, place, places
from app.filters.checked import FieldPasses, Filter, InAnySegment
from app.filters.flips import relative_tests
from app.filters.tree import And, Not, Or, Tree, leaves


@dataclass(frozen=True, slots=True)
class Seen:
    """At which moments a condition holds, as bits, by what is seen in a column; at none where that isn't there."""

    column: int
    bits: Mapping[object, int]


@dataclass(frozen=True, slots=True)
class Forecast:
    """How contacts are to be counted: those for which `kept` holds, together where all columns are alike."""

    kept: Clause
    columns: tuple[Clause, ...]
    tree: Tree[Seen]
    moments: int

    def matched(self, row: Sequence[object]) -> int:
        """At which moments contacts with these columns match, as bits: the first moment is the lowest."""
        return _matched(self.tree, row, (1 << self.moments) - 1)


def forecast(tree: Filter, scopes: Sequence[Scope]) -> Forecast:
    """How a filter is counted as of the moments of these scopes, which are of one workspace."""
    plain, varying = _parted(_inlined(tree))
    split = _Split(scopes)
    kept = EVERYONE if plain is None else condition(plain, scopes[0])
    seen: Tree[Seen] = And(()) if varying is None else split.seen(varying)
    return Forecast(kept, tuple(split.columns), seen, len(scopes))


def _matched(tree: Tree[Seen], row: Sequence[object], all_bits: int) -> int:
    match tree:
        case And(parts):
            return reduce(and_, (_matched(part, row, all_bits) for part in parts), all_bits)
        case Or(parts):
            return reduce(or_, (_matched(part, row, all_bits) for part in parts), 0)
        case Not(part):
            return all_bits & ~_matched(part, row, all_bits)
        case Seen(column, bits):
            return bits.get(row[column], 0)
        case _:
            assert_never(tree)


def _varies(tree: Filter) -> bool:
    return bool(relative_tests([tree]))


def _parted(tree: Filter) -> tuple[Filter | None, Filter | None]:
    """What of a filter time makes no difference to, and the rest; contacts match who are in both."""
    if not _varies(tree):
        return tree, None
    if not isinstance(tree, And):
        return None, tree
    steady = tuple(part for part in tree.parts if not _varies(part))
    return And(steady) if steady else None, And(tuple(filter(_varies, tree.parts)))


def _inlined(tree: Filter) -> Filter:
    """The filter with those segments' filters in their place to which time makes a difference."""
    match tree:
        case And(parts):
            return And(tuple(map(_inlined, parts)))
        case Or(parts):
            return Or(tuple(map(_inlined, parts)))
        case Not(part):
            return Not(_inlined(part))
        case InAnySegment(segments) if _varies(tree):
            return Or(
                tuple(InAnySegment((each,)) if each.filter is None else _inlined(each.filter) for each in segments)
            )
        case _:
            return tree


class _Split:
    """Gathers the columns while it walks the tree."""

    def __init__(self, scopes: Sequence[Scope]) -> None:
        self.columns: list[Clause] = []
        self._scopes = scopes
        self._all = (1 << len(scopes)) - 1
        self._places: dict[Axis, tuple[int, Mapping[Place, int]]] = {}

    def seen(self, tree: Filter) -> Tree[Seen]:
        self._lay(tree)
        return self._seen(tree)

    def _lay(self, tree: Filter) -> None:
        """A column for each value that relative tests ask of, whose places all of them share."""
        clock = self._scopes[0].clock
        asked: dict[Axis, list[Place | None]] = {}
        for leaf in leaves(tree):
            if isinstance(leaf, FieldPasses) and _varies(leaf):
                axis, spans = places(leaf, [scope.clock for scope in self._scopes])
                asked.setdefault(axis, []).extend(end for each in spans for span in each for end in span)
        for axis, ends in asked.items():
            known = sorted({end for end in ends if end is not None})
            self._places[axis] = len(self.columns), {end: number for number, end in enumerate(known, 1)}
            self.columns.append(place(axis, known, clock))

    def _seen(self, tree: Filter) -> Tree[Seen]:
        match tree:
            case And(parts):
                return And(self._parts(parts, And))
            case Or(parts):
                return Or(self._parts(parts, Or))
            case Not(part):
                return Not(self._seen(part))
            case FieldPasses() if _varies(tree):
                return self._placed(tree)
            case _:
                return self._steady(tree)

    def _parts(
        self, parts: tuple[Filter, ...], joined: Callable[[tuple[Filter, ...]], Filter]
    ) -> tuple[Tree[Seen], ...]:
        steady = tuple(part for part in parts if not _varies(part))
        seen = [self._seen(part) for part in parts if _varies(part)]
        return (self._steady(joined(steady)), *seen) if steady else tuple(seen)

    def _steady(self, tree: Filter) -> Seen:
        self.columns.append(condition(tree, self._scopes[0]))
        return Seen(len(self.columns) - 1, {True: self._all})

    def _placed(self, leaf: FieldPasses) -> Seen:
        axis, spans = places(leaf, [scope.clock for scope in self._scopes])
        column, numbers = self._places[axis]
        bits: dict[object, int] = dict.fromkeys(range(len(numbers) + 1), 0)
        for moment, each in enumerate(spans):
            for start, end in each:
                first = 0 if start is None else numbers[start]
                last = len(numbers) if end is None else numbers[end] - 1
                for number in range(first, last + 1):
                    bits[number] |= 1 << moment
        return Seen(column, bits)
