"""What the parts of a filter say of each other: what no contact can satisfy, what all do, and what is said twice.

Found by reasoning on the tree alone, as of a moment. What it says is certain; there may be more to say.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import assert_never

from app.filters.advice.logic.claims import Claim, Claims
from app.filters.advice.logic.clashes import clash, clash_with
from app.filters.advice.logic.effort import Effort, TooMuchError
from app.filters.advice.logic.search import can_hold
from app.filters.clock import Clock
from app.filters.sight.nodes import Node, NodeKind


class VerdictKind(Enum):
    """What is said of a node. CONTRADICTORY: no contact can satisfy it. ALWAYS_TRUE: every contact does.

    IMPLIED: whoever satisfies the parts beside it in an And satisfies it too. COVERED: whoever satisfies it
    satisfies one of the parts beside it in an Or too.
    """

    CONTRADICTORY = "CONTRADICTORY"
    ALWAYS_TRUE = "ALWAYS_TRUE"
    IMPLIED = "IMPLIED"
    COVERED = "COVERED"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is certain of a node, and the nodes that make it so: of these none can be left out.

    For CONTRADICTORY and ALWAYS_TRUE they are parts of the node, two if two are enough, or the node itself; for
    IMPLIED and COVERED they are beside it.
    """

    node: Node
    kind: VerdictKind
    because: tuple[Node, ...]


def verdicts(root: Node, clock: Clock) -> list[Verdict]:
    """What is certain of the filter's nodes as of the clock, in no order; nothing of what is within other segments.

    Only the smallest nodes are told of: none that is as it is because of one of its parts. All that are IMPLIED or
    COVERED can be left out together. Where it would take too long, what has been found by then.
    """
    found: list[Verdict] = []
    effort = Effort()
    with suppress(TooMuchError):
        for verdict in _Reasoning(Claims(clock, effort), effort).look(root):
            found.append(verdict)  # noqa: PERF402 - what has been found stays when the rest takes too long
    return found


@dataclass(frozen=True, slots=True)
class _Reasoning:
    """`decided` are the nodes that every contact satisfies (True) or none (False), by path."""

    claims: Claims
    effort: Effort
    decided: dict[str, bool] = field(default_factory=dict)

    def look(self, root: Node) -> Iterator[Verdict]:
        yield from self.decide(root)
        for group in _largest_groups(root):
            if group.path not in self.decided:
                yield from self.said_twice(group)

    def decide(self, node: Node) -> Iterator[Verdict]:
        for part in _own_parts(node):
            yield from self.decide(part)
        match node.kind:
            case NodeKind.CONDITION | NodeKind.SEGMENT:
                yield from self.alone(node)
            case NodeKind.AND | NodeKind.OR:
                yield from self.group(node, is_and=node.kind is NodeKind.AND)
            case NodeKind.NOT:
                if (part := node.parts[0]).path in self.decided:
                    self.decided[node.path] = not self.decided[part.path]
            case NodeKind.PINS:
                pass
            case _:
                assert_never(node.kind)

    def alone(self, node: Node) -> Iterator[Verdict]:
        for holds, kind in ((True, VerdictKind.CONTRADICTORY), (False, VerdictKind.ALWAYS_TRUE)):
            if not can_hold([self.claims.of(node, holds=holds)], self.effort):
                self.decided[node.path] = not holds
                yield Verdict(node, kind, (node,))

    def group(self, node: Node, *, is_and: bool) -> Iterator[Verdict]:
        answers = [self.decided.get(part.path) for part in node.parts]
        if (not is_and) in answers:
            self.decided[node.path] = not is_and
        elif all(answer is is_and for answer in answers):
            self.decided[node.path] = is_and
        else:
            yield from self.together(node, is_and=is_and)

    def together(self, node: Node, *, is_and: bool) -> Iterator[Verdict]:
        """Whether there are parts of an And that can't all hold, or of an Or that can't all fail."""
        members = self.claims_of(self.open_members(node), holds=is_and)
        if because := clash(list(members), self.effort):
            self.decided[node.path] = not is_and
            kind = VerdictKind.CONTRADICTORY if is_and else VerdictKind.ALWAYS_TRUE
            yield Verdict(node, kind, tuple(members[each] for each in because))

    def said_twice(self, node: Node) -> Iterator[Verdict]:
        """Parts that can't fail where those beside them hold in an And, or hold where those fail in an Or."""
        is_and = node.kind is NodeKind.AND
        kind = VerdictKind.IMPLIED if is_and else VerdictKind.COVERED
        members = self.claims_of(self.open_members(node), holds=is_and)
        kept = dict(members)
        for own, member in reversed(members.items()):
            others = [each for each in kept if each is not own]
            if because := clash_with(self.claims.of(member, holds=not is_and), others, self.effort):
                del kept[own]
                yield Verdict(member, kind, tuple(members[each] for each in because))

    def open_members(self, node: Node) -> list[Node]:
        return [each for each in _members(node) if each.path not in self.decided]

    def claims_of(self, nodes: Iterable[Node], *, holds: bool) -> dict[Claim, Node]:
        return {self.claims.of(each, holds=holds): each for each in nodes}


def _own_parts(node: Node) -> tuple[Node, ...]:
    """The parts that are the filter's own; of what pins stand around, that alone."""
    match node.kind:
        case NodeKind.SEGMENT | NodeKind.CONDITION:
            return ()
        case NodeKind.PINS:
            return node.parts[:1]
        case NodeKind.AND | NodeKind.OR | NodeKind.NOT:
            return node.parts
        case _:
            assert_never(node.kind)


def _largest_groups(node: Node, above: NodeKind | None = None) -> Iterator[Node]:
    """The Ands and Ors that are no part of their like."""
    if node.kind in (NodeKind.AND, NodeKind.OR) and node.kind is not above:
        yield node
    for part in _own_parts(node):
        yield from _largest_groups(part, node.kind)


def _members(node: Node) -> Iterator[Node]:
    """The parts of an And or an Or; where a part is of the same kind, its parts instead."""
    for part in node.parts:
        if part.kind is node.kind:
            yield from _members(part)
        else:
            yield part
