"""Advice on a segment's name: that it disagrees with the filter, or says nothing; and another name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import chain, islice
from typing import Final

from app.filters.advice.naming.durations import duration_fault
from app.filters.advice.naming.mentions import Mentions, mention_fault, mentions_in
from app.filters.advice.naming.numbers import number_fault
from app.filters.advice.naming.rule import Fault, Rule, read_rule
from app.filters.advice.naming.spans import spans
from app.filters.advice.naming.statuses import status_fault
from app.filters.advice.naming.suggestion import names_for, names_known
from app.filters.advice.naming.terms import places_of, terms
from app.filters.advice.naming.topics import Topic, topics_of
from app.filters.advice.naming.vague import says_nothing
from app.filters.advice.naming.words import Title, read_title
from app.filters.catalog import Catalog
from app.filters.checked import Filter
from app.filters.clock import Clock
from app.filters.folding import fold
from app.filters.problems import shown

LONGEST_READ: Final = 200
LONGEST_SHOWN: Final = 60
MOST_TRIED: Final = 20


class NameAdviceKind(Enum):
    """What is to consider about a name."""

    NAME_DISAGREES = "NAME_DISAGREES"
    NAME_SAYS_NOTHING = "NAME_SAYS_NOTHING"


@dataclass(frozen=True, slots=True)
class NameAdvice:
    """A sentence on a name, and a name that no segment has and that earns no advice itself, where one was found."""

    kind: NameAdviceKind
    message: str
    suggested_name: str | None


def name_advice(name: str, tree: Filter, catalog: Catalog, clock: Clock) -> list[NameAdvice]:
    """What is to consider about the name of a segment with this filter, at this moment; mostly nothing.

    Only what the catalog knows counts: a name may say anything else.
    """
    asked = _asked(tree, catalog, clock)
    read = _read(name, asked)
    faults = list(_faults(read, asked.rule))
    if faults:
        suggested = _suggested(asked, [fault.repaired for fault in faults if fault.repaired and len(faults) == 1])
        return [NameAdvice(NameAdviceKind.NAME_DISAGREES, each.message, suggested) for each in faults]
    if not says_nothing(read.title, catalog, read.taken):
        return []
    message = f"The name {shown(read.title.text, LONGEST_SHOWN)} does not say whom it means."
    return [NameAdvice(NameAdviceKind.NAME_SAYS_NOTHING, message, _suggested(asked, []))]


def suggested_name(tree: Filter, catalog: Catalog) -> str:
    """A short name for a segment with this filter, other than those that there are: `VIP in Jakarta, Active`."""
    return _suggested(_asked(tree, catalog), []) or next(names_for(tree, catalog))


@dataclass(frozen=True, slots=True)
class _Asked:
    """A filter, read once for all names that are held against it."""

    rule: Rule
    topics: Sequence[Topic]


@dataclass(frozen=True, slots=True)
class _Read:
    """A name with what the catalog knows of it; the places of all such words are `taken`."""

    title: Title
    mentions: Mentions
    taken: frozenset[int]


def _asked(tree: Filter, catalog: Catalog, clock: Clock | None = None) -> _Asked:
    rule = read_rule(tree, catalog, clock)
    return _Asked(rule, topics_of(rule))


def _read(name: str, asked: _Asked) -> _Read:
    title = read_title(name[:LONGEST_READ])
    own = places_of(terms(title, asked.rule.names.__contains__))
    mentions = mentions_in(title, asked.topics, own)
    return _Read(title, mentions, own | places_of(mentions.found))


def _suggested(asked: _Asked, repaired: Sequence[str]) -> str | None:
    """The first name that is free and earns no advice."""
    rule = asked.rule
    known = names_known(rule.catalog)
    free = [name for name in repaired if fold(name) not in known and len(name) <= LONGEST_READ]
    tried = islice(chain(free, names_for(rule.tree, rule.catalog)), MOST_TRIED)
    return next((name for name in tried if _is_fit(name, asked)), None)


def _is_fit(name: str, asked: _Asked) -> bool:
    read = _read(name, asked)
    is_told = any(True for _ in _faults(read, asked.rule))
    return not is_told and not says_nothing(read.title, asked.rule.catalog, read.taken)


def _faults(read: _Read, rule: Rule) -> Iterator[Fault]:
    """Where the name disagrees, once for each kind of thing that it says."""
    title, taken = read.title, read.taken
    found = spans(title, taken)
    counted = {place for span in found for place in range(span.number, span.unit + 1)}
    told = (
        duration_fault(title, found, rule, taken),
        number_fault(title, rule, taken | counted),
        status_fault(title, rule, taken),
        mention_fault(read.mentions, rule, taken),
    )
    return (fault for fault in told if fault is not None)
