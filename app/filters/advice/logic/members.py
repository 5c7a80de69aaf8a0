"""Being in sets that are known by their ids: having labels, standing in fixed lists."""

from collections.abc import Iterable
from dataclasses import dataclass

Ids = frozenset[int]


@dataclass(frozen=True, slots=True)
class Members:
    """In at least one of each of `some`, in none of `none_of`, and not in all of any of `not_all`."""

    some: tuple[Ids, ...] = ()
    none_of: Ids = frozenset()
    not_all: tuple[Ids, ...] = ()

    @property
    def number(self) -> int:
        """How many ids are named."""
        return sum(map(len, self.some)) + len(self.none_of) + sum(map(len, self.not_all))

    def steps(self, other: "Members") -> int:
        """As many as ids are named, a few at a step."""
        return (self.number + other.number) // 8

    def __and__(self, other: "Members") -> "Members":
        return Members((*self.some, *other.some), self.none_of | other.none_of, (*self.not_all, *other.not_all))

    def __bool__(self) -> bool:
        """Whether nothing speaks against it, once all is followed that has one way left."""
        out = self.none_of
        while True:
            ways = [ids - out for ids in self.some]
            certain = _only_ones(ways)
            unlike = [ids - certain for ids in self.not_all]
            if not all(ways) or not all(unlike):
                return False
            more = _only_ones(unlike)
            if more <= out:
                return True
            out |= more


def _only_ones(sets: Iterable[Ids]) -> Ids:
    return frozenset().union(*(ids for ids in sets if len(ids) == 1))
