"""What reasoning on a filter concludes, where the counts agree: nodes that nobody satisfies, or everyone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.filters.advice.edits import without
from app.filters.advice.pieces import AdviceCode, Edit, Piece
from app.filters.advice.reasoning import Verdict, VerdictKind
from app.filters.advice.sentences import always_true, contradictory
from app.filters.advice.weighed import Weighed
from app.filters.sight.nodes import Node, NodeKind, walk

DECISIVE = (VerdictKind.CONTRADICTORY, VerdictKind.ALWAYS_TRUE)


@dataclass(frozen=True, slots=True)
class Decided:
    """A node that is the same for everyone."""

    node: Node
    holds: bool


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A verdict on a node, and all that is decided by it: that node, and those above it up to the last."""

    verdict: Verdict
    decided: tuple[Decided, ...]

    @property
    def top(self) -> Node:
        """The last of them: the root, where the whole filter is decided, or what could go."""
        return self.decided[-1].node

    @property
    def told(self) -> Decided:
        """The one to tell of, which is decided as the last is."""
        turned = [each for each in self.decided if each.node.kind is NodeKind.NOT]
        return turned[-1] if turned else self.decided[0]


def disagreeing(weighed: Weighed, verdicts: Iterable[Verdict]) -> list[Verdict]:
    """The verdicts that the counts belie, which is a fault of the reasoning."""
    return [each.verdict for each in _concluded(weighed.root, verdicts) if not all(_agreements(weighed, each))]


def conclusions(weighed: Weighed, verdicts: Iterable[Verdict]) -> list[Conclusion]:
    """What is concluded, once for all that could go together."""
    by_top: dict[str, Conclusion] = {}
    for found in _concluded(weighed.root, verdicts):
        agreements = _agreements(weighed, found)
        if agreements and all(agreements):
            by_top.setdefault(found.top.path, found)
    return list(by_top.values())


def conclusion_pieces(weighed: Weighed, found: Iterable[Conclusion]) -> Iterator[Piece]:
    """A piece of advice for each conclusion, with the filter without what could go."""
    for each in found:
        node, edit = each.told.node, _edit(weighed, each)
        if each.told.holds:
            yield Piece(AdviceCode.ALWAYS_TRUE, always_true(node, weighed.zone), node.path, edit)
        else:
            because = each.verdict.because if node is each.verdict.node else ()
            by_hand = sum(weighed.by_hand.values()) if each.top is weighed.root else 0
            message = contradictory(node, because, by_hand, weighed.zone)
            yield Piece(AdviceCode.CONTRADICTORY, message, node.path, edit)


def _concluded(root: Node, verdicts: Iterable[Verdict]) -> Iterator[Conclusion]:
    above = {part.path: node for node in walk(root) for part in node.parts}
    return (Conclusion(each, tuple(_decided(each, above))) for each in verdicts if each.kind in DECISIVE)


def _agreements(weighed: Weighed, found: Conclusion) -> list[bool]:
    """Whether the counts of what is decided agree, as far as there are any."""
    known = [each for each in found.decided if each.node.path in weighed.sets]
    everyone = weighed.tally.everyone
    return [weighed.sets[each.node.path] == (everyone if each.holds else 0) for each in known]


def _decided(verdict: Verdict, above: Mapping[str, Node]) -> Iterator[Decided]:
    node, holds = verdict.node, verdict.kind is VerdictKind.ALWAYS_TRUE
    yield Decided(node, holds)
    while (parent := above.get(node.path)) is not None:
        if parent.kind is NodeKind.NOT:
            holds = not holds
        elif len(parent.parts) > 1 and parent.kind is (NodeKind.AND if holds else NodeKind.OR):
            return
        yield Decided(parent, holds)
        node = parent


def _edit(weighed: Weighed, found: Conclusion) -> Edit | None:
    """Without what could go; where the whole filter can't be satisfied, without one of the nodes that collide."""
    if found.top.parent is not None:
        return weighed.edit(without(weighed.root.tree, found.top.path))
    if found.told.holds:
        return None
    edits = (weighed.edit(without(weighed.root.tree, node.path)) for node in reversed(found.verdict.because))
    offered = [edit for edit in edits if edit is not None]
    return next((edit for edit in offered if edit.count > weighed.count), next(iter(offered), None))
