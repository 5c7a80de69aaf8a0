"""The name that a filter has or may get, as pieces of advice."""

from collections.abc import Iterator

from app.filters.advice.compared import Compared
from app.filters.advice.names import name_advice
from app.filters.advice.pieces import AdviceCode, Piece
from app.filters.checked import Filter
from app.filters.clock import Clock
from app.filters.pins import without_pins
from app.filters.tree import And
from app.filters.vocabulary import SegmentKind


def name_pieces(name: str, compared: Compared, clock: Clock) -> Iterator[Piece]:
    """What there is to consider about a name of the filter; of a fixed list's, which has no rule, without another."""
    is_list = compared.segment is not None and compared.segment.kind is not SegmentKind.DYNAMIC
    rule: Filter = And(()) if is_list else without_pins(compared.tree)
    for each in name_advice(name, rule, compared.catalog, clock):
        suggested = None if is_list else each.suggested_name
        yield Piece(AdviceCode(each.kind.value), each.message, suggested_name=suggested)
