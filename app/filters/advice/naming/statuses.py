"""The statuses that a name speaks of, held against those that the filter lets in."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import Final

from app.filters import checked
from app.filters.advice.naming.context import is_status, sign_before
from app.filters.advice.naming.lexicon import ALMOST, STATUSES
from app.filters.advice.naming.rule import Fault, Rule
from app.filters.advice.naming.words import Title
from app.filters.checked import Filter, StatusIs
from app.filters.tree import And, Not, Or
from app.filters.vocabulary import Status

_ALL: Final = frozenset(Status)
_NOBODY: Final[frozenset[Status]] = frozenset()


@dataclass(frozen=True, slots=True)
class _Told:
    place: int
    statuses: frozenset[Status]


def status_fault(title: Title, rule: Rule, taken: Set[int]) -> Fault | None:
    """The first status of a name that the filter leaves out; none where it lets in another that the name says."""
    told = [] if title.has(ALMOST, taken) else list(_told(title, taken))
    possible = possible_statuses(rule.tree) if told else _ALL
    if not possible or any(each.statuses & possible for each in told):
        return None
    for each in told:
        said = title.between(each.place, each.place)
        asked = [signed for signed in rule.signed if isinstance(signed.condition, StatusIs)]
        return Fault(f'The name says "{said}", but the filter says {rule.said(asked)}.')
    return None


def _told(title: Title, taken: Set[int]) -> Iterator[_Told]:
    for place, word in enumerate(title.words):
        if place not in taken and word.text in STATUSES and is_status(title, place, taken):
            yield _Told(place, _said(STATUSES[word.text], sign_before(title, place, taken)))


def _said(status: Status, sign: bool | None) -> frozenset[Status]:
    """The statuses that a word with a sign leaves; "not active" may mean people who do nothing."""
    if sign is None or (sign is False and status is Status.ACTIVE):
        return _ALL
    return frozenset({status}) if sign else _ALL - {status}


def possible_statuses(tree: Filter, is_positive: bool = True) -> frozenset[Status]:
    """The statuses that those can have who are in the filter, or out of it."""
    match tree:
        case And(parts) if is_positive:
            return _ALL.intersection(*(possible_statuses(part) for part in parts))
        case Or(parts) if not is_positive:
            return _ALL.intersection(*(possible_statuses(part, False) for part in parts))
        case And(parts) | Or(parts):
            return _NOBODY.union(*(possible_statuses(part, is_positive) for part in parts))
        case Not(part):
            return possible_statuses(part, not is_positive)
        case checked.InAnySegment(segments):
            filters = [one.filter for one in segments]
            found = [_ALL if each is None else possible_statuses(each, is_positive) for each in filters]
            return _NOBODY.union(*found) if is_positive else _ALL.intersection(*found)
        case StatusIs(statuses):
            return frozenset(statuses) if is_positive else _ALL - frozenset(statuses)
        case _:
            return _ALL
