"""The boolean shape of a filter, the same before and after it is checked.

    And((City contains "Jakarta", Not(Label VIP)))        And
                                                         /   \\
                                        City contains "Ja…"   Not
                                                               |
                                                           Label VIP
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar, Union

Leaf = TypeVar("Leaf")


@dataclass(frozen=True, slots=True)
class And(Generic[Leaf]):
    """Everyone who is in all of the parts; with no part, everyone."""

    parts: "tuple[Tree[Leaf], ...]"


@dataclass(frozen=True, slots=True)
class Or(Generic[Leaf]):
    """Everyone who is in at least one of the parts; with no part, no one."""

    parts: "tuple[Tree[Leaf], ...]"


@dataclass(frozen=True, slots=True)
class Not(Generic[Leaf]):
    """Everyone of the workspace who is not in the part."""

    part: "Tree[Leaf]"


Tree = Union[And[Leaf], Or[Leaf], Not[Leaf], Leaf]  # noqa: UP007 - a generic alias of its own parts


def leaves(tree: Tree[Leaf]) -> Iterator[Leaf]:
    """The conditions of a tree, from left to right."""
    match tree:
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield tree
