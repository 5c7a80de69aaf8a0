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
class Conclusion:
    """A verdict on a node, and the nodes that are the same for everyone by it: from that node up to the last."""

    verdict: Verdict
    decided: tuple[Node, ...]

    @property
    def top(self) -> Node:
        """The last of them: the root, where the whole filter is decided, or what could go."""
        return self.decided[-1]


def disagreeing(weighed: Weighed, verdicts: Iterable[Verdict]) -> list[Verdict]:
    """The verdicts that the counts belie, which is a fault of the reasoning."""
    return [each for each in verdicts if each.kind in DECISIVE and not _agrees(weighed, each)]


def conclusions(weighed: Weighed, verdicts: Iterable[Verdict]) -> list[Conclusion]:
    """What is concluded, once for all that could go together."""
    above = {part.path: node for node in walk(weighed.root) for part in node.parts}
    by_top: dict[str, Conclusion] = {}
    for verdict in verdicts:
        if verdict.kind in DECISIVE and _agrees(weighed, verdict):
            found = Conclusion(verdict, tuple(_decided(verdict, above)))
            by_top.setdefault(found.top.path, found)
    return list(by_top.values())


def conclusion_pieces(weighed: Weighed, found: Iterable[Conclusion]) -> Iterator[Piece]:
    """A piece of advice for each conclusion, with the filter without what could go."""
    for each in found:
        node, because = each.verdict.node, each.verdict.because
        if each.verdict.kind is VerdictKind.CONTRADICTORY:
            message = contradictory(node, because, weighed.zone)
            yield Piece(AdviceCode.CONTRADICTORY, message, node.path, _edit(weighed, each))
        else:
            yield Piece(AdviceCode.ALWAYS_TRUE, always_true(node, weighed.zone), node.path, _edit(weighed, each))


def _agrees(weighed: Weighed, verdict: Verdict) -> bool:
    expected = 0 if verdict.kind is VerdictKind.CONTRADICTORY else weighed.tally.everyone
    return weighed.sets[verdict.node.path] == expected


def _decided(verdict: Verdict, above: Mapping[str, Node]) -> Iterator[Node]:
    """The node, and those above it for as long as they are decided by what is below."""
    node, holds = verdict.node, verdict.kind is VerdictKind.ALWAYS_TRUE
    yield node
    while (parent := above.get(node.path)) is not None:
        if parent.kind is NodeKind.NOT:
            holds = not holds
        elif len(parent.parts) > 1 and parent.kind is (NodeKind.AND if holds else NodeKind.OR):
            return
        yield parent
        node = parent


def _edit(weighed: Weighed, found: Conclusion) -> Edit | None:
    """Without what could go; where the whole filter can't be satisfied, without one of the nodes that collide."""
    if found.top.parent is not None:
        return weighed.edit(without(weighed.root.tree, found.top.path))
    if weighed.sets[weighed.root.path]:
        return None
    edits = (weighed.edit(without(weighed.root.tree, node.path)) for node in reversed(found.verdict.because))
    offered = [edit for edit in edits if edit is not None]
    return next((edit for edit in offered if edit.count), next(iter(offered), None))
