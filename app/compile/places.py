"""Where a value stands among the ends of what relative tests accept, so that its place tells every answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.compile.clause import Bound, Clause
from app.compile.fields import year_day
from app.compile.shelves import folded
from app.filters.anniversary import anniversary_days
from app.filters.catalog import Field
from app.filters.checked import (
    Anniversary,
    FieldPasses,
    InPeriod,
    MoreThanAgo,
    MoreThanFromNow,
    SpanTest,
    Test,
    WithinLast,
    WithinNext,
)
from app.filters.clock import Clock, days, moments
from app.filters.values import iso_utc
from app.filters.vocabulary import FieldType

# Two of one axis compare as PostgreSQL compares the values: texts in byte order, instants in time.
Place = str | datetime
HalfOpen = tuple[Place | None, Place | None]

_INSTANT = timedelta(microseconds=1)
_BEHIND = " "  # behind a text comes first that text with a space


@dataclass(frozen=True, slots=True)
class Axis:
    """What of a contact has a place: a field's value, or the day of the year that it falls on."""

    field: Field
    of_year: bool


def places(leaf: FieldPasses, clocks: Sequence[Clock]) -> tuple[Axis, list[list[HalfOpen]]]:
    """What a relative test asks of, and for each clock the spans that it accepts; an end belongs to none of them."""
    axis = Axis(leaf.field, isinstance(leaf.test, Anniversary))
    return axis, [_spans(leaf.field, leaf.test, clock) for clock in clocks]


def place(axis: Axis, ends: Sequence[Place], clock: Clock) -> Clause:
    """How many of the ends, which are in order, a contact's value has reached; NULL where it has none."""
    value = year_day(axis.field, clock) if axis.of_year else folded(axis.field)
    type = "text[]" if axis.of_year or not _is_instant(axis.field) else "timestamptz[]"
    return Clause("width_bucket(", value, ", ", Bound(list(ends), type), ")")


def _is_instant(field: Field) -> bool:
    return field.is_system and field.type is FieldType.DATETIME


def _spans(field: Field, test: Test, clock: Clock) -> list[HalfOpen]:
    match test:
        case Anniversary():
            return _of_year(test, clock)
        case MoreThanAgo() | WithinLast() | WithinNext() | MoreThanFromNow() | InPeriod():
            return [_days(test, clock) if field.type is FieldType.DATE else _moments(field, test, clock)]
        case _:
            raise TypeError("time makes no difference to this test")


def _of_year(test: Anniversary, clock: Clock) -> list[HalfOpen]:
    found = anniversary_days(test.duration, clock.today)
    if found is None:
        return [(None, None)]
    if found.first <= found.last:
        return [(found.first, found.last + _BEHIND)]
    return [(None, found.last + _BEHIND), (found.first, None)]


def _days(test: SpanTest, clock: Clock) -> HalfOpen:
    span = days(test, clock)
    return _day(span.start, behind=span.start_open), _day(span.end, behind=not span.end_open)


def _day(day: date | None, *, behind: bool) -> str | None:
    return None if day is None else day.isoformat() + (_BEHIND if behind else "")


def _moments(field: Field, test: SpanTest, clock: Clock) -> HalfOpen:
    span = moments(test, clock)
    return _moment(field, span.start, behind=span.start_open), _moment(field, span.end, behind=not span.end_open)


def _moment(field: Field, moment: datetime | None, *, behind: bool) -> Place | None:
    if moment is None:
        return None
    reached = moment + _INSTANT if behind else moment
    return reached if _is_instant(field) else iso_utc(reached)
