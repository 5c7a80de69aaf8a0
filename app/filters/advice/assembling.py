"""All that a filter's own nodes and numbers call for, as pieces of advice."""

from collections.abc import Iterator, Mapping, Sequence

from app.filters.advice.audience import broad_pieces, empty_pieces, not_sendable_pieces
from app.filters.advice.conclusions import Conclusion, conclusion_pieces, conclusions
from app.filters.advice.edits import without
from app.filters.advice.pieces import AdviceCode, Piece
from app.filters.advice.reasoning import Verdict, VerdictKind
from app.filters.advice.safeguards import safeguards
from app.filters.advice.sentences import adds_nobody, removes_nobody
from app.filters.advice.superfluous import Known, Superfluous, superfluous
from app.filters.advice.weighed import Weighed

REDUNDANT = (VerdictKind.IMPLIED, VerdictKind.COVERED)


def assembled(weighed: Weighed, verdicts: Sequence[Verdict], broad_share: float) -> Iterator[Piece]:
    """What there is to consider, in no order; more than `broad_share` of all contacts are too many."""
    found = conclusions(weighed, verdicts)
    yield from conclusion_pieces(weighed, found)
    is_decided = any(each.top is weighed.root for each in found)
    yield from not_sendable_pieces(weighed)
    if not is_decided:
        yield from broad_pieces(weighed, broad_share)
        yield from empty_pieces(weighed)
    if not is_decided and weighed.knows_parts:
        yield from _superfluous_pieces(weighed, verdicts, found)


def _superfluous_pieces(
    weighed: Weighed, verdicts: Sequence[Verdict], found: Sequence[Conclusion]
) -> Iterator[Piece]:
    told = {one.node.path for each in found for one in each.decided}
    said = {each.node.path: each for each in verdicts if each.kind in REDUNDANT}
    saying = {node.path for each in said.values() for node in each.because}
    needed = set(safeguards(weighed.root))
    for part in superfluous(weighed, Known(said.keys() - told, saying, told, needed)):
        yield from _piece(weighed, part, said)


def _piece(weighed: Weighed, part: Superfluous, said: Mapping[str, Verdict]) -> Iterator[Piece]:
    node, count, zone = part.node, weighed.tally.count, weighed.zone
    edit = weighed.edit(without(weighed.root.tree, node.path))
    if edit is None or edit.count != weighed.count:
        return
    because = said[node.path].because if node.path in said else ()
    if part.is_alternative:
        message = adds_nobody(node, because, count(weighed.sets[node.path]), zone)
        yield Piece(AdviceCode.ADDS_NOBODY, message, node.path, edit)
    else:
        message = removes_nobody(node, because, count(part.open), zone)
        yield Piece(AdviceCode.REMOVES_NOBODY, message, node.path, edit)
