"""Parts of a filter that could go: an And's part that removes nobody, an Or's part that adds nobody.

A part decides about a contact only where the parts beside it leave that open: in an And if all of them hold, in an Or
if none does. One that never decides against the others could go.

    And(A, B, C)    nobody fails B alone    =>  B removes nobody
    Or(A, B, C)     nobody has B alone      =>  B adds nobody

Of a few contacts that says nothing; then, and of what keeps those out who can't be mailed, reasoning alone tells.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.filters.advice.weighed import Weighed
from app.filters.sight.nodes import Node, NodeKind

FEWEST_COMING: Final = 100


@dataclass(frozen=True, slots=True)
class Known:
    """What reasoning has found, by paths: parts that are `said` already by those that are `saying` it.

    What is `told` of otherwise is left alone with all below it. Parts that are `needed` go only if they are said.
    """

    said: Collection[str] = ()
    saying: Collection[str] = ()
    told: Collection[str] = ()
    needed: Collection[str] = ()

    @property
    def kept(self) -> frozenset[str]:
        """What may not go by counts alone."""
        return frozenset((*self.saying, *self.told, *self.needed))


@dataclass(frozen=True, slots=True)
class Superfluous:
    """A part of an And, or `is_alternative`, of an Or; `open` are the groups that the parts beside it leave to it."""

    node: Node
    is_alternative: bool
    open: int


def superfluous(weighed: Weighed, known: Known) -> Iterator[Superfluous]:
    """The parts that could go, those of one group even all together; of parts of which either could, the later one.

    A group that lets nobody through keeps its parts, but for those that are said already.
    """
    yield from _Search(weighed, known).below(weighed.root, weighed.deciding)


@dataclass(frozen=True, slots=True)
class _Search:
    weighed: Weighed
    known: Known

    def below(self, node: Node, deciding: int) -> Iterator[Superfluous]:
        if node.kind in (NodeKind.AND, NodeKind.OR):
            yield from self.group(node, deciding)
        elif node.kind is NodeKind.NOT:
            yield from self.below(node.parts[0], deciding)

    def group(self, node: Node, deciding: int) -> Iterator[Superfluous]:
        everyone, is_or = self.weighed.tally.everyone, node.kind is NodeKind.OR
        swayed = {part.path: deciding & (self.held(part) ^ (0 if is_or else everyone)) for part in node.parts}
        some, alone = _some_and_alone(swayed.values())
        left = deciding & ~some
        counts_tell = bool(some or not is_or) and self.are_enough(deciding if is_or else left)
        for part in self.in_turn(node.parts):
            if len(swayed) == 1 or swayed[part.path] & alone or not (counts_tell or part.path in self.known.said):
                continue
            del swayed[part.path]
            some, alone = _some_and_alone(swayed.values())
            yield Superfluous(part, is_or, left)
        for part in node.parts:
            if part.path in swayed and part.path not in self.known.told:
                yield from self.below(part, deciding & (~some | swayed[part.path] & alone))

    def are_enough(self, coming: int) -> bool:
        return self.weighed.tally.count(coming) >= FEWEST_COMING

    def held(self, node: Node) -> int:
        return self.weighed.sets[node.path]

    def in_turn(self, parts: Sequence[Node]) -> list[Node]:
        """Those that may go: the said ones first, then the later ones."""
        said, kept = self.known.said, self.known.kept
        may_go = [part for part in reversed(parts) if part.path in said or part.path not in kept]
        return sorted(may_go, key=lambda part: part.path not in said)


def _some_and_alone(sets: Iterable[int]) -> tuple[int, int]:
    """The groups that are in any of the sets, and those that are in just one."""
    some = several = 0
    for each in sets:
        several |= some & each
        some |= each
    return some, some & ~several
