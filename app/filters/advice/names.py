"""Advice on a segment's name: that it disagrees with the filter, or says nothing; and another name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

from app.filters.advice.naming.durations import duration_fault
from app.filters.advice.naming.mentions import mention_fault
from app.filters.advice.naming.numbers import number_fault
from app.filters.advice.naming.reading import Reading, read_name
from app.filters.advice.naming.rule import Fault, Rule, read_rule
from app.filters.advice.naming.statuses import status_fault
from app.filters.advice.naming.suggestion import names_for, names_taken
from app.filters.advice.naming.topics import Topic, topics_of
from app.filters.advice.naming.vague import says_nothing
from app.filters.advice.pieces import AdviceCode, Piece
from app.filters.catalog import Catalog, Segment
from app.filters.checked import Filter
from app.filters.folding import fold
from app.filters.problems import shown
from app.filters.tree import And

LONGEST_READ: Final = 200
LONGEST_SHOWN: Final = 60
MOST_TRIED: Final = 20


def name_piece(name: str, tree: Filter | None, catalog: Catalog, own: Segment | None = None) -> Piece | None:
    """What is to consider about the name of a segment with this filter; mostly nothing.

    Only what the catalog knows counts: a name may say anything else. The suggested name is one that no segment has
    but the `own` one, and that earns no advice itself; there is none for a fixed list, which has no filter.
    """
    asked = _asked(tree or And(()), catalog)
    read = _read(name, asked)
    if faults := list(_faults(read, asked)):
        repaired = [fault.repaired for fault in faults if fault.repaired and len(faults) == 1]
        code, message = AdviceCode.NAME_DISAGREES, " ".join(fault.message for fault in faults)
    elif says_nothing(read.title, asked.rule, read.taken):
        repaired, code = [], AdviceCode.NAME_SAYS_NOTHING
        message = f"The name {shown(read.title.text, LONGEST_SHOWN)} does not say whom it means."
    else:
        return None
    return Piece(code, message, suggested_name=_suggested(asked, repaired, own) if tree else None)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A filter, read once for all names that are held against it."""

    rule: Rule
    topics: Sequence[Topic]


def _asked(tree: Filter, catalog: Catalog) -> _Asked:
    rule = read_rule(tree, catalog)
    return _Asked(rule, topics_of(rule))


def _read(name: str, asked: _Asked) -> Reading:
    return read_name(name[:LONGEST_READ], asked.rule, asked.topics)


def _faults(read: Reading, asked: _Asked) -> Iterator[Fault]:
    """Where the name disagrees, once for each kind of thing that it says."""
    rule, title = asked.rule, read.title
    told: list[Fault | None] = []
    if read.tells_amounts(rule) and not rule.is_open:
        told += duration_fault(read, asked.topics, rule), number_fault(title, read.figures, rule)
    if read.tells_whom(asked.topics) and not rule.is_open:
        told += status_fault(title, read.statuses, rule), mention_fault(read, asked.topics, rule)
    return (fault for fault in told if fault is not None)


def _suggested(asked: _Asked, repaired: Sequence[str], own: Segment | None) -> str | None:
    """The first name that is free and earns no advice."""
    rule = asked.rule
    taken = names_taken(rule.catalog, own)
    free = [name for name in repaired if fold(name) not in taken and len(name) <= LONGEST_READ]
    tried = islice(chain(free, names_for(rule.tree, rule.catalog, taken)), MOST_TRIED)
    return next((name for name in tried if _is_fit(_read(name, asked), asked)), None)


def _is_fit(read: Reading, asked: _Asked) -> bool:
    is_told = any(True for _ in _faults(read, asked))
    return not is_told and not says_nothing(read.title, asked.rule, read.taken)
