"""A filter broken down: how many contacts satisfy each node alone, and how many are left after it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from app.filters.checked import PinnedOut
from app.filters.sight.nodes import Node, NodeKind
from app.filters.sight.tally import Tally


@dataclass(frozen=True, slots=True)
class Counted:
    """A node's contacts: `count` alone; `given` come to it, and `remaining` are left after it.

    To the parts of an And come those who satisfy the parts before, and all of `remaining` satisfy this one too. To
    the parts of an Or come all who come to the Or; left are those who satisfy this part or one before it, of whom it
    has `added` so many. What comes to the part of a Not or to a segment's filter is what came to that.

    Of PINS the filter gets what comes to them; to those who are always included comes the same, as to a part of an Or
    behind the filter; to those who are always excluded come all who are in by then, and left are the others.
    """

    node: Node
    count: int
    given: int
    remaining: int
    removed: int
    added: int
    is_alternative: bool

    @property
    def removes_nobody(self) -> bool:
        """Whether it could be left out: there is somebody to remove, and nobody is removed."""
        return not self.is_alternative and self.given > 0 and not self.removed

    @property
    def adds_nobody(self) -> bool:
        """Whether it could be left out of its Or: there is somebody to add, and nobody is added."""
        return self.is_alternative and self.given > 0 and not self.added

    @property
    def empties(self) -> bool:
        """Whether somebody comes to it and nobody is left."""
        return not self.is_alternative and self.given > 0 and not self.remaining


@dataclass(frozen=True, slots=True)
class _Coming:
    """The groups that come to a node, and of an Or's part those that the parts before it have; else None.

    Where it `takes_away`, those are left for whom it doesn't hold.
    """

    node: Node
    given: int
    before: int | None = None
    takes_away: bool = False


def breakdown(root: Node, tally: Tally) -> list[Counted]:
    """The root and each node below it, in reading order. The tally has the conditions of all."""
    return list(_rows(_Coming(root, tally.everyone), tally.sets(root), tally))


def _rows(coming: _Coming, sets: dict[str, int], tally: Tally) -> Iterator[Counted]:
    yield _counted(coming, sets, tally)
    for part in _parts(coming, sets):
        yield from _rows(part, sets, tally)


def _counted(coming: _Coming, sets: dict[str, int], tally: Tally) -> Counted:
    own = sets[coming.node.path]
    before = coming.before or 0
    left = coming.given & ~own if coming.takes_away else before | (coming.given & own)
    given, remaining = tally.count(coming.given), tally.count(left)
    is_alternative = coming.before is not None
    return Counted(
        node=coming.node,
        count=tally.count(own),
        given=given,
        remaining=remaining,
        removed=0 if is_alternative else given - remaining,
        added=remaining - tally.count(before) if is_alternative else 0,
        is_alternative=is_alternative,
    )


def _parts(coming: _Coming, sets: dict[str, int]) -> Iterator[_Coming]:
    node, given, before = coming.node, coming.given, 0
    match node.kind:
        case NodeKind.AND:
            for part in node.parts:
                yield _Coming(part, given)
                given &= sets[part.path]
        case NodeKind.OR:
            for part in node.parts:
                yield _Coming(part, given, before)
                before |= given & sets[part.path]
        case NodeKind.NOT | NodeKind.SEGMENT | NodeKind.CONDITION:
            yield from (_Coming(part, given) for part in node.parts)
        case NodeKind.PINS:
            yield from _pinned(coming, sets)
        case _:
            assert_never(node.kind)


def _pinned(coming: _Coming, sets: dict[str, int]) -> Iterator[_Coming]:
    own, *pins = coming.node.parts
    yield _Coming(own, coming.given)
    held = coming.given & sets[own.path]
    for pin in pins:
        if isinstance(pin.tree, PinnedOut):
            yield _Coming(pin, held, takes_away=True)
        else:
            yield _Coming(pin, coming.given, held)
            held |= coming.given & sets[pin.path]
