"""Contacts counted by how they answer conditions, from which the size of any And, Or and Not of these follows.

Contacts that answer all conditions alike make a group. A set of groups is an integer with a bit for each that is in
it, so intersection, union and complement are `&`, `|` and `^`. One contact is a single group.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Protocol, assert_never

from app.filters.checked import Condition, Filter, PinnedOut
from app.filters.sight.nodes import Node, NodeKind

ONE_CONTACT = 1


class Answers(Protocol):
    """The groups for which conditions hold."""

    def __getitem__(self, condition: Condition, /) -> int: ...


@dataclass(frozen=True, slots=True)
class Tally:
    """The groups for which each condition holds, or a filter as a whole; all groups, and how many contacts they have.

    Those counts are kept by binary digit, the lowest first: of each the groups that have it.
    """

    answers: Mapping[Filter, int]
    everyone: int
    digits: tuple[int, ...]

    def count(self, groups: int) -> int:
        """How many contacts are in the groups."""
        return sum((groups & digit).bit_count() << place for place, digit in enumerate(self.digits))

    def sets(self, root: Node) -> dict[str, int]:
        """For the root and each node below it, by path, the groups for which it holds."""
        return sets(root, self.answers, self.everyone)

    def without(self, groups: int) -> int:
        """All groups but these."""
        return self.everyone ^ groups


def tally(asked: Sequence[Filter], answers: str, counts: Sequence[int]) -> Tally:
    """Out of the answers of each group to all that is asked, `0` or `1` one behind the other, and its size."""
    width = max(counts, default=0).bit_length()
    sizes = "".join(f"{count:0{width}b}" for count in counts)
    return Tally(
        dict(zip(asked, _columns(answers, len(asked)), strict=True)),
        (1 << len(counts)) - 1,
        tuple(_columns(sizes, width))[::-1],
    )


def sets(root: Node, answers: Answers, everyone: int) -> dict[str, int]:
    """For the root and each node below it, by path, the groups out of `everyone` for which it holds."""
    found: dict[str, int] = {}

    def look(node: Node) -> int:
        found[node.path] = _held(node, [look(part) for part in node.parts], answers, everyone)
        return found[node.path]

    look(root)
    return found


def _held(node: Node, parts: list[int], answers: Answers, everyone: int) -> int:
    match node.kind:
        case NodeKind.AND:
            return reduce(and_, parts, everyone)
        case NodeKind.OR:
            return reduce(or_, parts, 0)
        case NodeKind.NOT:
            return everyone ^ parts[0]
        case NodeKind.SEGMENT:
            return parts[0]
        case NodeKind.PINS:
            return _pinned(node, parts)
        case NodeKind.CONDITION:
            return answers[node.condition]
        case _:
            assert_never(node.kind)


def _pinned(node: Node, parts: list[int]) -> int:
    held = parts[0]
    for pin, groups in zip(node.parts[1:], parts[1:], strict=True):
        held = held & ~groups if isinstance(pin.tree, PinnedOut) else held | groups
    return held


def _columns(rows: str, width: int) -> Iterable[int]:
    return (int(rows[place::width] or "0", 2) for place in range(width))
