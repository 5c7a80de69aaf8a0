"""The durations of a name held against those of the filter."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Final

from app.filters import checked
from app.filters.advice.naming.direction import Direction
from app.filters.advice.naming.lexicon import (
    ACTIVE,
    ACTIVITY,
    DASHES,
    INACTIVE,
    NEGATIONS,
    PEOPLE,
)
from app.filters.advice.naming.numbers import bounds_of
from app.filters.advice.naming.reading import Reading
from app.filters.advice.naming.rule import Fault, Rule, Signed, tests_of, words_of
from app.filters.advice.naming.spans import Span
from app.filters.advice.naming.topics import Topic
from app.filters.advice.naming.words import Title, has_words
from app.filters.catalog import Field
from app.filters.checked import Duration
from app.filters.folding import fold
from app.filters.vocabulary import Unit

# The fewest and the most hours; months and years are taken as people round them.
_HOURS: Final = {
    Unit.HOUR: (1, 1),
    Unit.DAY: (24, 24),
    Unit.WEEK: (7 * 24, 7 * 24),
    Unit.MONTH: (28 * 24, 31 * 24),
    Unit.YEAR: (360 * 24, 366 * 24),
}
_DATED: Final = checked.On | checked.Before | checked.After | checked.During | checked.InPeriod


@dataclass(frozen=True, slots=True)
class Timed:
    """A duration of the filter, with the condition that has it, its field, and which way that looks."""

    duration: Duration
    signed: Signed
    field: Field
    direction: Direction


def duration_fault(read: Reading, topics: Sequence[Topic], rule: Rule) -> Fault | None:
    """The first of a name's durations that the filter has not, or has the other way round."""
    title, found, timed = read.title, read.spans, list(_timed(rule))
    values = read.values(topics) if timed else frozenset()
    for span in found if timed else ():
        meant = _meant(title, span, timed, values)
        alike = [each for each in timed if is_same(span.duration, each.duration)]
        if alike and all(each in meant and _is_turned(title, span, each) for each in alike):
            return Fault(_message(title, span, rule, alike))
        if meant and not alike and not _is_explained(title, span, rule):
            return Fault(_message(title, span, rule, meant), _repaired(title, span, found, timed))
    return None


def is_same(one: Duration, two: Duration) -> bool:
    """Whether two durations are as long."""
    if one.unit is two.unit:
        return one.amount == two.amount
    (low, high), (from_, to) = _hours(one), _hours(two)
    return low <= to and from_ <= high


def _hours(duration: Duration) -> tuple[int, int]:
    low, high = _HOURS[duration.unit]
    return duration.amount * low, duration.amount * high


def _timed(rule: Rule) -> Iterator[Timed]:
    for signed, field, test in tests_of(rule):
        sign = signed.is_positive
        match test:
            case checked.MoreThanAgo(duration):
                yield Timed(duration, signed, field, Direction(is_beyond=sign, is_ahead=False))
            case checked.WithinLast(duration):
                yield Timed(duration, signed, field, Direction(is_beyond=not sign, is_ahead=False))
            case checked.WithinNext(duration) | checked.Anniversary(duration):
                yield Timed(duration, signed, field, Direction(is_beyond=not sign, is_ahead=True))
            case checked.MoreThanFromNow(duration):
                yield Timed(duration, signed, field, Direction(is_beyond=sign, is_ahead=True))
            case _:
                pass


def _meant(title: Title, span: Span, timed: Sequence[Timed], values: Set[int]) -> list[Timed]:
    """Those that a duration is about: of the field that is named beside it, else what people did.

    None where it may be about anything else, as what lies ahead, and how long people are `Members > 1 Year`.
    """
    place = span.reach.start - 1
    is_apart = not title.is_letters(place) or place in values
    while title.word(place) in PEOPLE | DASHES:
        place -= 1
    named = [each for each in timed if title.word(place) in words_of(each.field)]
    is_of_activity = title.word(place) in ACTIVITY or title.word(span.reach.stop) in INACTIVE
    is_past = span.direction.is_ahead is False or (is_apart and span.direction.is_beyond is not None)
    if named or span.direction.is_ahead or not (is_of_activity or is_past):
        return named
    return [each for each in timed if not each.direction.is_ahead]


def _is_turned(title: Title, span: Span, timed: Timed) -> bool:
    """Whether the name looks the other way; one that says who did nothing may turn round what it says."""
    may_turn = title.has(NEGATIONS) or title.has(ACTIVE if span.direction.is_beyond else INACTIVE)
    return not may_turn and span.direction.contradicts(timed.direction)


def _is_explained(title: Title, span: Span, rule: Rule) -> bool:
    """Whether something else of the filter may be what the name means: a segment, a number, a date or a period."""
    said = fold(title.between(span.number, span.unit))
    is_named = any(has_words(name, said) for name in rule.names)
    is_number = any(bound.value == span.duration.amount for bound in bounds_of(rule))
    return is_named or is_number or any(isinstance(test, _DATED) for _, _, test in tests_of(rule))


def _message(title: Title, span: Span, rule: Rule, timed: Sequence[Timed]) -> str:
    said = title.between(span.number, span.unit)
    return f'The name says "{said}", but the filter says {rule.said(each.signed for each in timed)}.'


def _repaired(title: Title, span: Span, found: Sequence[Span], timed: Sequence[Timed]) -> str | None:
    """The name with the filter's only duration instead of its own only one, where both look the same way."""
    lengths = {each.duration for each in timed}
    said = Direction(is_beyond=True).filled(span.direction) if title.has(INACTIVE | NEGATIONS) else span.direction
    if len(found) > 1 or len(lengths) > 1 or any(said.contradicts(each.direction) for each in timed):
        return None
    (length,) = lengths
    is_alike = length.unit is span.duration.unit and (length.amount == 1) == (span.duration.amount == 1)
    return title.with_replaced(span.number, str(length.amount)) if is_alike else None
