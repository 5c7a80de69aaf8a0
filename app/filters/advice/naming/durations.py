"""The durations of a name held against those of the filter."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from app.filters import checked
from app.filters.advice.naming.direction import Direction
from app.filters.advice.naming.lexicon import (
    ACTIVE,
    ACTIVITY,
    DASHES,
    INACTIVE,
    LOCAL_UNITS,
    NEGATIONS,
    PEOPLE,
    UNIT_WORDS,
)
from app.filters.advice.naming.numbers import bounds_of
from app.filters.advice.naming.reading import Reading
from app.filters.advice.naming.rule import Fault, Rule, Signed, tests_of, words_of
from app.filters.advice.naming.spans import Span
from app.filters.advice.naming.topics import Topic
from app.filters.advice.naming.words import Title, has_words
from app.filters.catalog import Field
from app.filters.checked import Duration
from app.filters.clock import Clock
from app.filters.folding import fold
from app.filters.vocabulary import Period, Unit

_DAYS: Final = {
    Unit.HOUR: (1 / 24, 1 / 24),
    Unit.DAY: (1.0, 1.0),
    Unit.WEEK: (7.0, 7.0),
    Unit.MONTH: (28.0, 31.0),
    Unit.YEAR: (360.0, 366.0),
}
_MONTHS: Final = {Unit.MONTH: 1, Unit.YEAR: 12}
_HOURS: Final = {Unit.HOUR: 1, Unit.DAY: 24, Unit.WEEK: 7 * 24}
_PERIODS: Final = {
    "WEEK": Duration(1, Unit.WEEK),
    "MONTH": Duration(1, Unit.MONTH),
    "QUARTER": Duration(3, Unit.MONTH),
    "YEAR": Duration(1, Unit.YEAR),
}


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
    """Whether two durations are as long; months and days are taken as people round them."""
    for exact in (_MONTHS, _HOURS):
        if one.unit in exact and two.unit in exact:
            return one.amount * exact[one.unit] == two.amount * exact[two.unit]
    (low, high), (from_, to) = _days(one), _days(two)
    return low <= to and from_ <= high


def _days(duration: Duration) -> tuple[float, float]:
    low, high = _DAYS[duration.unit]
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
    """Whether something else of the filter is what the name means: a segment, a number, a period, a date long ago."""
    said = fold(title.between(span.number, span.unit))
    if any(has_words(name, said) for name in rule.names) or any(
        bound.value == span.duration.amount for bound in bounds_of(rule)
    ):
        return True
    return any(is_same(span.duration, each) for _, _, test in tests_of(rule) for each in _also(test, rule.clock))


def _also(test: checked.Test, clock: Clock | None) -> Iterator[Duration]:
    match test:
        case checked.InPeriod(period):
            yield _length(period)
        case checked.On(day) | checked.Before(day) | checked.After(day):
            yield from _distance(day, clock)
        case checked.During(first, last):
            yield from _distance(first, clock)
            yield from _distance(last, clock)
        case _:
            pass


def _length(period: Period) -> Duration:
    return _PERIODS.get(period.value.rpartition("_")[2], Duration(1, Unit.DAY))


def _distance(limit: date | datetime, clock: Clock | None) -> Iterator[Duration]:
    """How far the clock's today is from a date, to the day or one more or less."""
    if clock is None:
        return
    day = limit.astimezone(clock.zone).date() if isinstance(limit, datetime) else limit
    away = abs((clock.today - day).days)
    yield from (Duration(amount, Unit.DAY) for amount in range(max(away - 1, 0), away + 2))


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
    written = title.between(span.unit, span.unit)
    if length.unit is span.duration.unit:
        between = title.text[title.words[span.number].end : title.words[span.unit].start]
        by = f"{length.amount}{between}{_in_number(written, length) if between.isspace() else written}"
    else:
        by = f"{length.amount}{'+' if title.word(span.number + 1) == '+' else ''} {_unit(written, length)}"
    return title.with_replaced(span.number, span.unit, by)


def _in_number(written: str, length: Duration) -> str:
    """A unit as the name writes it, in the singular or plural that the amount needs."""
    one, many, *_ = UNIT_WORDS[length.unit]
    if written.casefold() not in (one, many):
        return written
    return _cased(one if length.amount == 1 else many, written)


def _unit(written: str, length: Duration) -> str:
    """The word for another unit, in the name's language."""
    one, many, local, *_ = UNIT_WORDS[length.unit]
    if written.casefold() in LOCAL_UNITS:
        return _cased(local, written)
    return _cased(one if length.amount == 1 else many, written)


def _cased(word: str, like: str) -> str:
    return word.title() if like.istitle() and len(like) > 1 else word
