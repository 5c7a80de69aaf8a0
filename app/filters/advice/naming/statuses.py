"""The statuses that a name speaks of, held against those that the filter lets in."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Final

from app.filters import checked
from app.filters.advice.naming.lexicon import DASHES, JOINS, NEGATIONS, PEOPLE, STATUSES, TO_BE_CONFIRMED
from app.filters.advice.naming.rule import Fault, Rule, tests_of
from app.filters.advice.naming.understood import parts_of, sign_before
from app.filters.advice.naming.words import Title
from app.filters.checked import Filter, NumberTest, StatusIs, TimeTest
from app.filters.tree import And, Not, Or
from app.filters.vocabulary import Status

_ALL: Final = frozenset(Status)
_NOBODY: Final[frozenset[Status]] = frozenset()
_BESIDE_PENDING: Final = STATUSES.keys() | NEGATIONS | JOINS | DASHES | TO_BE_CONFIRMED
_BESIDE: Final = _BESIDE_PENDING | PEOPLE


@dataclass(frozen=True, slots=True)
class Told:
    """A word of a name that tells how people can be mailed, with the "not" before it, and the statuses it leaves."""

    first: int
    place: int
    status: Status
    left: frozenset[Status]


def statuses_told(title: Title, taken: Set[int]) -> list[Told]:
    """The statuses of a name, where nothing but people is beside them: `Pending payment` is about something else."""
    return [told for part in parts_of(title) for told in _told(title, part, taken)]


def status_fault(title: Title, told: Sequence[Told], rule: Rule) -> Fault | None:
    """The first status of a name that the filter leaves out; none where it lets in another that the name says."""
    possible = possible_statuses(rule.tree)
    if not told or not possible or any(each.left & possible or _is_of_activity(each, rule) for each in told):
        return None
    said = title.between(told[0].first, told[0].place)
    asked = [signed for signed in rule.signed if isinstance(signed.condition, StatusIs)]
    return Fault(f'The name says "{said}", but the filter says {rule.said(asked)}.')


def _is_of_activity(told: Told, rule: Rule) -> bool:
    """Whether it may mean people who do much, where the filter asks for when and how much."""
    return told.status is Status.ACTIVE and any(
        isinstance(test, NumberTest | TimeTest) for _, _, test in tests_of(rule)
    )


def _told(title: Title, part: range, taken: Set[int]) -> Iterator[Told]:
    words = {title.word(place) for place in part}
    for place in part if words <= _BESIDE else ():
        status = STATUSES.get(title.word(place))
        is_clear = status is not Status.PENDING or (words <= _BESIDE_PENDING and words & TO_BE_CONFIRMED)
        if status is not None and place not in taken and is_clear:
            sign = sign_before(title, place, taken)
            yield Told(sign.first, place, status, _left(status, sign.is_positive))


def _left(status: Status, is_positive: bool | None) -> frozenset[Status]:
    """The statuses that a word with its sign leaves; "not active" may mean people who do nothing."""
    if is_positive is None or (is_positive is False and status is Status.ACTIVE):
        return _ALL
    return frozenset({status}) if is_positive else _ALL - {status}


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
