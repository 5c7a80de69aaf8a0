"""What the numbers of a whole filter call for: it matches nobody, nearly everyone, or people who can't be mailed."""

from collections.abc import Iterator, Sequence

from app.filters.advice.edits import sendable, without
from app.filters.advice.pieces import AdviceCode, Edit, Piece
from app.filters.advice.sentences import empty, nobody, nobody_there, not_sendable, pinned_out, too_broad
from app.filters.advice.weighed import Weighed
from app.filters.sight.breakdown import Counted, breakdown
from app.filters.sight.nodes import Node, NodeKind
from app.filters.vocabulary import Status


def empty_pieces(weighed: Weighed) -> Iterator[Piece]:
    """Of a filter that matches nobody, or only who is pinned in: what empties it, and the filter without that."""
    if not weighed.count or not weighed.sets[weighed.root.path]:
        yield _empty_piece(weighed)


def _empty_piece(weighed: Weighed) -> Piece:
    by_hand = sum(weighed.by_hand.values())
    if not weighed.everyone:
        return Piece(AdviceCode.EMPTY, nobody_there())
    if weighed.sets[weighed.root.path]:
        return Piece(AdviceCode.EMPTY, pinned_out())
    if not weighed.knows_parts:
        return Piece(AdviceCode.EMPTY, nobody(by_hand), weighed.root.path)
    cause, edit = _cause(weighed)
    return Piece(AdviceCode.EMPTY, empty(cause, edit, by_hand, weighed.zone), cause.node.path, edit)


def broad_pieces(weighed: Weighed, broad_share: float) -> Iterator[Piece]:
    """Of a filter that matches more than a share of all contacts."""
    if weighed.count > broad_share * weighed.everyone:
        yield Piece(AdviceCode.TOO_BROAD, too_broad(weighed.count, weighed.everyone))


def not_sendable_pieces(weighed: Weighed) -> Iterator[Piece]:
    """Of a filter that matches contacts who can't be mailed, with one that has the others, if there are any."""
    by_status = weighed.by_status
    if by_status[Status.ACTIVE] < weighed.count:
        message = not_sendable(by_status, weighed.by_hand)
        yield Piece(AdviceCode.NOT_SENDABLE, message, edit=_sendable(weighed), by_status=by_status)


def _sendable(weighed: Weighed) -> Edit | None:
    """None where it would leave nobody out, or mean nobody but who is pinned in."""
    edit = weighed.edit(sendable(weighed.root.tree)) if weighed.by_filter[Status.ACTIVE] else None
    return None if edit is None or edit.count == weighed.count else edit


def _cause(weighed: Weighed) -> tuple[Counted, Edit | None]:
    """The smallest node that empties the filter and without which somebody is left; else just the smallest."""
    positive = {node.path for node in _positive(weighed.root)}
    rows = breakdown(weighed.root, weighed.tally)
    emptying = [row for row in rows if row.empties and row.node.path in positive]
    edits = {row.node.path: weighed.edit(without(weighed.root.tree, row.node.path)) for row in emptying}
    helping = {path: edit for path, edit in edits.items() if edit is not None and edit.count > weighed.count}
    cause = _smallest([row for row in emptying if row.node.path in helping] or emptying)
    return cause, helping.get(cause.node.path)


def _positive(node: Node) -> Iterator[Node]:
    """The nodes without which more contacts could match, those of other segments apart."""
    yield node
    if node.kind in (NodeKind.AND, NodeKind.OR):
        for part in node.parts:
            yield from _positive(part)


def _smallest(rows: Sequence[Counted]) -> Counted:
    """The first in reading order, or what is below that."""
    found = rows[0]
    for row in rows:
        if row.node.path.startswith(f"{found.node.path}."):
            found = row
    return found
