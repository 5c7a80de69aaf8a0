"""When time alone takes a contact into a filter or out of it: the next instant at which the whole answer changes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TypeVar

from app.filters.anniversary import anniversary_days
from app.filters.checked import Anniversary, Condition, Duration, FieldPasses, SpanTest, TimeTest
from app.filters.clock import LATEST, Clock, Span, days, moments
from app.filters.flip_offsets import Since, offsets
from app.filters.flips import first_other, is_relative
from app.filters.sight.nodes import Node
from app.filters.sight.tally import ONE_CONTACT, sets
from app.filters.vocabulary import FieldType, Unit

HORIZON = Duration(5, Unit.YEAR)
MOST_STEPS = 200

Point = TypeVar("Point", date, datetime)
Values = Mapping[str, date | datetime]


@dataclass(frozen=True, slots=True)
class Turn:
    """The first instant after the clock's at which the answer is another.

    Without one, it is the same up to `until`, as far as was looked.
    """

    at: datetime | None
    until: datetime


@dataclass(frozen=True, slots=True)
class _Moving:
    """A condition whose answer about a value time changes."""

    leaf: FieldPasses
    test: TimeTest
    value: date | datetime


def next_turn(root: Node, answers: Mapping[Condition, int], values: Values, clock: Clock) -> Turn:
    """The next turn of a contact's answer.

    `answers` to all conditions are those at the clock's instant; `values` are the contact's days and moments by the
    fields' keys. Looks HORIZON ahead, and at MOST_STEPS instants.
    """
    clock = Clock(clock.at.astimezone(UTC), clock.zone)  # no other zone's moments can be halved
    horizon = min(clock.step(HORIZON, 1), LATEST)
    due = _due(_moving(answers, values), clock, horizon)
    instants, known = sorted(due), dict(answers)
    now = sets(root, answers, ONE_CONTACT)[root.path]
    for instant in instants[:MOST_STEPS]:
        then = Clock(instant, clock.zone)
        known.update((each.leaf, int(passes(each.test, each.value, then))) for each in due[instant])
        if sets(root, known, ONE_CONTACT)[root.path] != now:
            return Turn(instant, horizon)
    return Turn(None, instants[MOST_STEPS - 1] if len(instants) > MOST_STEPS else horizon)


def passes(test: TimeTest, value: date | datetime, clock: Clock) -> bool:
    """Whether a day or a moment passes a test of time."""
    if isinstance(test, Anniversary):
        return _comes_round(test, value, clock)
    return _sides(test, value, clock) == (True, False)


def _due(moving: Iterable[_Moving], clock: Clock, horizon: datetime) -> dict[datetime, list[_Moving]]:
    """The instants, to the horizon, at which answers may change, and whose."""
    due: dict[datetime, list[_Moving]] = {}
    for each in moving:
        for instant in _flips(each.test, each.value, clock, horizon):
            due.setdefault(instant, []).append(each)
    return due


def _moving(conditions: Iterable[Condition], values: Values) -> Iterator[_Moving]:
    for leaf in conditions:
        if isinstance(leaf, FieldPasses) and is_relative(leaf.test) and leaf.field.key in values:
            yield _Moving(leaf, leaf.test, values[leaf.field.key])


def _flips(test: TimeTest, value: date | datetime, clock: Clock, horizon: datetime) -> Iterator[datetime]:
    """The instants, to the horizon, at which the answer to a relative test may change."""
    if isinstance(test, Anniversary):
        yield from (instant for instant in _rounds(test, value, clock) if clock.at < instant <= horizon)
        return
    for side in (0, 1):

        def look(at: datetime, side: int = side) -> bool:
            return _sides(test, value, Clock(at, clock.zone))[side]

        # Neither end of what a test accepts ever goes back, so each passes a value once.
        if look(clock.at) != look(horizon):
            yield first_other(look, clock.at, horizon)


def _sides(test: SpanTest, value: date | datetime, clock: Clock) -> tuple[bool, bool]:
    """Whether the value is past the start of what the test accepts, and past its end."""
    if isinstance(value, datetime):
        return _past(moments(test, clock), value)
    return _past(days(test, clock), value)


def _past(span: Span[Point], value: Point) -> tuple[bool, bool]:
    past_start = span.start is None or (value > span.start if span.start_open else value >= span.start)
    past_end = span.end is not None and (value >= span.end if span.end_open else value > span.end)
    return past_start, past_end


def _comes_round(test: Anniversary, value: date | datetime, clock: Clock) -> bool:
    asked = anniversary_days(test.duration, clock.today)
    if asked is None:
        return True
    day = _day(value, clock).isoformat()[5:]
    if asked.first <= asked.last:
        return asked.first <= day <= asked.last
    return day >= asked.first or day <= asked.last


def _rounds(test: Anniversary, value: date | datetime, clock: Clock) -> Iterator[datetime]:
    """The midnights at which a day of the year may begin or cease to come round."""
    day, today = _day(value, clock), clock.today
    steps = offsets(FieldType.DATE, [test]).get(Since.ROUND, ())
    for year in range(today.year, min(today.year + HORIZON.amount + 2, date.max.year)):
        yield from map(clock.midnight, map(partial(_shifted, _in_year(day, year)), steps))


def _in_year(day: date, year: int) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return date(year, 3, 1) - timedelta(days=1) if is_leap_day else day.replace(year=year)


def _shifted(day: date, days: int) -> date:
    return day + timedelta(days=days)


def _day(value: date | datetime, clock: Clock) -> date:
    return value.astimezone(clock.zone).date() if isinstance(value, datetime) else value
