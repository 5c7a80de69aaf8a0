"""Advice on a filter: it is counted in one pass over the contacts, reasoned on, and laid beside the segments."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.compile import Scope
from app.filters.advice.assembling import assembled
from app.filters.advice.compared import Compared
from app.filters.advice.conclusions import disagreeing
from app.filters.advice.likeness import likeness_pieces
from app.filters.advice.names import name_piece
from app.filters.advice.pieces import Piece, in_order
from app.filters.advice.reasoning import Verdict, verdicts
from app.filters.advice.weighed import Weighed, conditions_weighed, weighed, whole_weighed
from app.filters.checked import Filter
from app.filters.problems import Refused
from app.filters.vocabulary import SegmentKind
from app.queries.cpu_work import worked_out
from app.queries.faults import note_fault
from app.queries.sight.likeness import likenesses, of_same_rule
from app.queries.sight.tallies import tally_contacts


class BeliedError(Exception):
    """Reasoning said of a part of a filter what the counts belie."""


@dataclass(frozen=True, slots=True)
class Considered:
    """A filter to advise on, with the name that it has or may get; more than `broad_share` of all are too many.

    Unless it is asked `as_of_now`, it is not compared with who is in segments, for that is known as of now.
    """

    compared: Compared
    broad_share: float
    name: str | None = None
    as_of_now: bool = True


async def weigh(tree: Filter, scope: Scope) -> Weighed:
    """The filter with its pins, counted by its nodes in one pass; as a whole, where they are too many for that."""
    try:
        tally = await tally_contacts(conditions_weighed(tree), scope)
    except Refused:
        tally = await tally_contacts(whole_weighed(tree), scope)
    return weighed(tree, tally, scope.clock.zone)


async def advice(considered: Considered, found: Weighed, scope: Scope) -> list[Piece]:
    """What there is to consider, the gravest first, about a filter that is weighed within the scope."""
    said = await worked_out(verdicts, found.root, scope.clock)
    for verdict in disagreeing(found, said):
        note_fault("advice_fault", BeliedError(verdict.kind.value), workspace=scope.workspace_id)
    pieces = await worked_out(_own_pieces, considered, found, said)
    return in_order([*pieces, *await _likeness_pieces(considered, found, scope)])


def _own_pieces(considered: Considered, found: Weighed, said: Sequence[Verdict]) -> list[Piece]:
    named = None if considered.name is None else _name_piece(considered.name, considered.compared)
    return [*assembled(found, said, considered.broad_share), *([named] if named else [])]


def _name_piece(name: str, compared: Compared) -> Piece | None:
    is_list = compared.segment is not None and compared.segment.kind is not SegmentKind.DYNAMIC
    return name_piece(name, None if is_list else compared.tree, compared.catalog, compared.segment)


async def _likeness_pieces(considered: Considered, found: Weighed, scope: Scope) -> list[Piece]:
    compared, most_around = considered.compared, considered.broad_share * found.everyone
    same = await of_same_rule(compared)
    may_be_alike = considered.as_of_now and found.count
    like = await likenesses(compared, found.count, scope, most_around) if may_be_alike else []
    return likeness_pieces(same, like, most_around)
