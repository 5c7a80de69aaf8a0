"""What a contact's value of a field may be where the field's test holds, or doesn't."""

from datetime import UTC, date, datetime, timedelta
from typing import Final, assert_never

from app.filters import checked
from app.filters.advice.logic.extent import Extent, one_of
from app.filters.advice.logic.ranges import (
    AFTER,
    BEFORE,
    LINE,
    NO_YEAR_DAY,
    Ranges,
    Stretch,
    outside,
    present,
    within,
    year_days,
)
from app.filters.advice.logic.texts import Fragment, Fragments, Place, Texts
from app.filters.anniversary import anniversary_days
from app.filters.catalog import Field
from app.filters.checked import Anniversary, IsEmpty, IsTrue, Matches, NumberTest, SpanTest, Test, TextTest, TimeTest
from app.filters.clock import Clock, days, moments
from app.filters.folding import fold
from app.filters.vocabulary import FieldType

ALWAYS_SET: Final = frozenset({"email", "created_at", "updated_at"})

_OPTION_TO_COME: Final = object()
_CALENDAR: Final = Stretch((date.min.toordinal(), BEFORE), (date.max.toordinal() + 1, BEFORE))
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)


def field_extent(field: Field, test: Test, clock: Clock, *, holds: bool) -> Extent:
    """What the value may be as of the clock."""
    is_set = field.is_system and field.key in ALWAYS_SET
    match test:
        case IsEmpty(value):
            return _presence(field, is_set=is_set, is_there=holds != value)
        case IsTrue(value):
            return one_of((value,), _known(field), holds=holds)
        case Matches(values) if field.type is FieldType.CHOICE:
            return one_of((value.folded for value in values), _known(field), holds=holds)
        case checked.Matches() | checked.Exactly() | checked.Contains() | checked.StartsWith() | checked.EndsWith():
            return _with(test) if holds else _lacking(test, is_set=is_set)
        case checked.Equals() | checked.MoreThan() | checked.LessThan() | checked.Between():
            return within(_numbers(test)) if holds else outside(_numbers(test))
        case _:
            found = _when(field, test, clock, holds=holds)
            return present(found) if is_set else found


def _presence(field: Field, *, is_set: bool, is_there: bool) -> Extent:
    match field.type:
        case FieldType.TEXT:
            return Texts(absent=False) if is_there else Texts(absent=not is_set, whole=frozenset())
        case FieldType.CHOICE | FieldType.BOOLEAN:
            return one_of((None,), _known(field), holds=not is_there)
        case FieldType.NUMBER | FieldType.DATE | FieldType.DATETIME:
            return within(LINE, _line(field)) if is_there else Ranges((), not is_set, NO_YEAR_DAY)
        case _:
            assert_never(field.type)


def _known(field: Field) -> tuple[object, ...]:
    """All that a value may be; None is having no value. Options are never taken away, but there may be more."""
    if field.type is FieldType.CHOICE:
        return (None, _OPTION_TO_COME, *map(fold, field.options))
    return (None, True, False)


def _line(field: Field) -> Stretch:
    return _CALENDAR if field.type is FieldType.DATE else LINE


def _with(test: TextTest) -> Texts:
    match test:
        case checked.Matches(values):
            return Texts(absent=False, whole=frozenset(value.folded for value in values))
        case checked.Exactly(value):
            return Texts(absent=False, whole=frozenset({value.folded}), entered=frozenset({value.entered}))
        case checked.Contains() | checked.StartsWith() | checked.EndsWith():
            return Texts(absent=False, fragments=Fragments(required=(_fragments(test),)))
        case _:
            assert_never(test)


def _lacking(test: TextTest, *, is_set: bool) -> Texts:
    match test:
        case checked.Matches(values):
            return Texts(not is_set, fragments=Fragments(not_whole=frozenset(value.folded for value in values)))
        case checked.Exactly(value):
            return Texts(not is_set, not_entered=frozenset({value.entered}))
        case checked.Contains() | checked.StartsWith() | checked.EndsWith():
            return Texts(not is_set, fragments=Fragments(barred=_fragments(test)))
        case _:
            assert_never(test)


def _fragments(test: checked.Contains | checked.StartsWith | checked.EndsWith) -> tuple[Fragment, ...]:
    match test:
        case checked.Contains(values):
            return tuple(Fragment(Place.ANYWHERE, value.folded) for value in values)
        case checked.StartsWith(value):
            return (Fragment(Place.START, value.folded),)
        case checked.EndsWith(value):
            return (Fragment(Place.END, value.folded),)
        case _:
            assert_never(test)


def _numbers(test: NumberTest) -> Stretch:
    match test:
        case checked.Equals(number):
            return Stretch((number, BEFORE), (number, AFTER))
        case checked.MoreThan(number, or_equal):
            return Stretch(low=(number, BEFORE if or_equal else AFTER))
        case checked.LessThan(number, or_equal):
            return Stretch(high=(number, AFTER if or_equal else BEFORE))
        case checked.Between(low, high):
            return Stretch((low, BEFORE), (high, AFTER))
        case _:
            assert_never(test)


def _when(field: Field, test: TimeTest, clock: Clock, *, holds: bool) -> Ranges:
    line = _line(field)
    if isinstance(test, Anniversary):
        found = anniversary_days(test.duration, clock.today)
        return year_days(None if found is None else (found.first, found.last), line, holds=holds)
    stretch = _stretch(field, test, clock)
    return within(stretch, line) if holds else outside(stretch, line)


def _stretch(field: Field, test: SpanTest, clock: Clock) -> Stretch:
    span = days(test, clock) if field.type is FieldType.DATE else moments(test, clock)
    low, high = LINE.low, LINE.high
    if span.start is not None:
        low = (_tick(span.start) + span.start_open, BEFORE)
    if span.end is not None:
        high = (_tick(span.end) + (not span.end_open), BEFORE)
    return Stretch(low, high)


def _tick(point: date | datetime) -> int:
    """Days and microseconds are counted, for nothing lies between two of them."""
    return (point - _EPOCH) // _TICK if isinstance(point, datetime) else point.toordinal()
