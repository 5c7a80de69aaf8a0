"""What all extents can do, and the one that lists what is possible."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol, Self


class Extent(Protocol):
    """What is possible in one respect: `&` is what two of one kind both allow, and it is false where nothing is.

    It may allow what can't be, but never leaves out what can.
    """

    def steps(self, other: Any, /) -> int:
        """About how many steps `&` takes."""
        ...

    def __and__(self, other: Any, /) -> Self: ...

    def __bool__(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Values:
    """One of few values, such as a status; None among them is having no value."""

    possible: frozenset[object]

    def steps(self, _other: "Values") -> int:
        """A few."""
        return 1

    def __and__(self, other: "Values") -> "Values":
        return Values(self.possible & other.possible)

    def __bool__(self) -> bool:
        return bool(self.possible)


def one_of(chosen: Iterable[object], known: Iterable[object], *, holds: bool) -> Values:
    """One of the chosen values or, where that doesn't hold, one of the others that are known."""
    picked = frozenset(chosen)
    return Values(picked if holds else frozenset(known) - picked)
