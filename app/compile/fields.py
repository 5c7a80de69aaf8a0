"""One field's test as a SQL condition."""

from datetime import date, datetime
from decimal import Decimal
from json import dumps
from typing import assert_never

from app.compile.clause import Bound, Clause, both, certain, either
from app.compile.shelves import entered, folded, folded_json, is_missing
from app.filters import checked
from app.filters.anniversary import YearDays, anniversary_days
from app.filters.catalog import Field
from app.filters.checked import Test, Text
from app.filters.clock import Clock, Span, days, moments
from app.filters.values import iso_utc
from app.filters.vocabulary import FieldType

# Each look-up is a parameter, and a statement takes 32,767 of them.
MOST_LOOK_UPS = 25


def field_test(field: Field, test: Test, clock: Clock) -> Clause:
    """The contacts whose value of the field passes the test; never NULL."""
    match test:
        case checked.IsEmpty(truth):
            return is_missing(field) if truth else Clause("(NOT ", is_missing(field), ")")
        case checked.IsTrue(truth):
            return _has(field, truth)
        case checked.Matches() | checked.Exactly() | checked.Contains() | checked.StartsWith() | checked.EndsWith():
            return _text_test(field, test)
        case checked.Equals() | checked.MoreThan() | checked.LessThan() | checked.Between():
            return _number_test(field, test)
        case checked.Anniversary(duration):
            return _comes_round(field, anniversary_days(duration, clock.today), clock)
        case _:
            return _time_test(field, test, clock)


def _has(field: Field, value: str | bool | Decimal) -> Clause:
    """Equality that the index on `folded` answers."""
    shown = format(value, "f") if isinstance(value, Decimal) else dumps(value, ensure_ascii=False)
    pair = f"{{{dumps(field.key)}: {shown}}}"
    return Clause("(contact.folded @> ", Bound(pair, "jsonb"), ")")


def _text_test(field: Field, test: checked.TextTest) -> Clause:
    match test:
        case checked.Matches(values):
            return _matches(field, values)
        case checked.Exactly(value):
            same = certain(entered(field), " = ", Bound(value.entered, "text"))
            return both((_matches(field, (value,)), same))
        case checked.Contains(values):
            return _like(field, *(f"%{_plain(value)}%" for value in values))
        case checked.StartsWith(value):
            return _like(field, f"{_plain(value)}%")
        case checked.EndsWith(value):
            return _like(field, f"%{_plain(value)}")
        case _:
            assert_never(test)


def _matches(field: Field, values: tuple[Text, ...]) -> Clause:
    if field.key == "email" and field.is_system:
        return Clause("(contact.email_folded = ANY(", Bound([value.folded for value in values], "text[]"), "))")
    if len(values) <= MOST_LOOK_UPS:
        return either(_has(field, value.folded) for value in values)
    return certain(folded(field), " = ANY(", Bound([value.folded for value in values], "text[]"), ")")


def _like(field: Field, *patterns: str) -> Clause:
    if len(patterns) == 1:
        return certain(folded(field), " LIKE ", Bound(patterns[0], "text"))
    return certain(folded(field), " LIKE ANY(", Bound(list(patterns), "text[]"), ")")


def _plain(value: Text) -> str:
    return value.folded.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _number_test(field: Field, test: checked.NumberTest) -> Clause:
    match test:
        case checked.Equals(number):
            return _has(field, number)
        case checked.MoreThan(number, or_equal):
            return certain(folded_json(field), " >= " if or_equal else " > ", _number(number))
        case checked.LessThan(number, or_equal):
            return certain(folded_json(field), " <= " if or_equal else " < ", _number(number))
        case checked.Between(low, high):
            return certain(folded_json(field), " BETWEEN ", _number(low), " AND ", _number(high))
        case _:
            assert_never(test)


def _number(number: Decimal) -> Bound:
    return Bound(format(number, "f"), "jsonb")


def _time_test(field: Field, test: checked.SpanTest, clock: Clock) -> Clause:
    if field.type is FieldType.DATE:
        return _within(field, days(test, clock))
    return _within(field, moments(test, clock))


def _within(field: Field, span: Span[date] | Span[datetime]) -> Clause:
    parts: list[str | Bound | Clause] = []
    if span.start is not None:
        parts += [folded(field), " > " if span.start_open else " >= ", _point(field, span.start)]
    if span.end is not None:
        parts += [" AND "] if parts else []
        parts += [folded(field), " < " if span.end_open else " <= ", _point(field, span.end)]
    return certain(*parts)


def _point(field: Field, point: date | datetime) -> Bound:
    if not isinstance(point, datetime):
        return Bound(point.isoformat(), "text")
    return Bound(point, "timestamptz") if field.is_system else Bound(iso_utc(point), "text")


def _comes_round(field: Field, year_days: YearDays | None, clock: Clock) -> Clause:
    if year_days is None:
        return Clause("(NOT ", is_missing(field), ")")
    day = year_day(field, clock)
    first, last = Bound(year_days.first, "text"), Bound(year_days.last, "text")
    if year_days.first <= year_days.last:
        return certain(day, " BETWEEN ", first, " AND ", last)
    return either((certain(day, " >= ", first), certain(day, " <= ", last)))


def year_day(field: Field, clock: Clock) -> Clause:
    """`MM-DD` of the value, in the workspace's zone where it is a moment."""
    if field.type is FieldType.DATE:
        return Clause("substr(", folded(field), ", 6, 5)")
    text = folded(field)
    # The CASE keeps the cast from another workspace's text, whatever order the conditions are tried in.
    moment = (
        text
        if field.is_system
        else Clause("CASE WHEN ", text, " LIKE '____-__-__T%Z' THEN ", text, "::timestamptz END")
    )
    zone = Bound(clock.zone.key, "text")
    return Clause("(to_char((", moment, ") AT TIME ZONE ", zone, ", 'MM-DD') COLLATE \"C\")")
