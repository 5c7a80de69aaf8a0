"""How long after a value the answers of its relative tests can change, whatever the value and whatever the day.

A step of months has no one length in days: all that it can be are taken.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from functools import cache, lru_cache
from itertools import accumulate
from typing import assert_never

from app.filters.checked import (
    Anniversary,
    Duration,
    InPeriod,
    MoreThanAgo,
    MoreThanFromNow,
    Test,
    WithinLast,
    WithinNext,
)
from app.filters.vocabulary import FieldType, Period, Unit

HOUR = 3_600_000_000
AT_ONCE = Duration(0, Unit.DAY)
CYCLE_MONTHS, CYCLE_DAYS = 4_800, 146_097
AWAY = {"YESTERDAY": -1, "LAST": -1, "TODAY": 0, "THIS": 0, "TOMORROW": 1, "NEXT": 1}


class Since(Enum):
    """What an offset counts, and from where."""

    DAY = "days after the value's, to a midnight"
    WALL_DAY = "days after the value's, to any time of that day"
    MOMENT = "microseconds after the value"
    ROUND = "days after the value's day and month come round, to a midnight"
    WEEK = "weeks after the start of the value's"
    MONTH = "months after the start of the value's"
    QUARTER = "quarters after the start of the value's"
    YEAR = "years after the start of the value's"


Offsets = Mapping[Since, tuple[int, ...]]


def offsets(type: FieldType, tests: Iterable[Test]) -> Offsets:
    """The offsets, ascending, at which a test of a DATE or DATETIME field can change its answer."""
    found: dict[Since, set[int]] = {}
    for test in tests:
        for since, offset in _offsets(type, test):
            found.setdefault(since, set()).add(offset)
    return {since: tuple(sorted(found[since])) for since in Since if since in found}


def _offsets(type: FieldType, test: Test) -> Iterator[tuple[Since, int]]:
    match test:
        case MoreThanAgo(duration):
            yield from _passing(type, duration, 1)
        case WithinLast(duration):
            yield from _reaching(type, AT_ONCE, 1)
            yield from _passing(type, duration, 1)
        case WithinNext(duration):
            yield from _reaching(type, duration, -1)
            yield from _passing(type, AT_ONCE, 1)
        case MoreThanFromNow(duration):
            yield from _reaching(type, duration, -1)
        case InPeriod(period):
            yield from _periods(period)
        case Anniversary(duration):
            yield from _rounds(duration)
        case _:
            pass


def _reaching(type: FieldType, duration: Duration, sign: int) -> Iterator[tuple[Since, int]]:
    """When the value is so long ago (sign -1: ahead)."""
    if type is FieldType.DATE:
        yield from _each(Since.DAY, _days(duration, sign))
    elif _is_exact(duration):
        yield Since.MOMENT, sign * duration.amount * HOUR
    else:
        # A moment to which the clocks were set over a midnight is reached with what they skipped, a day before.
        days = _days(duration, sign)
        yield from _each(Since.WALL_DAY, range(days.start - 1, days.stop + 1))


def _passing(type: FieldType, duration: Duration, sign: int) -> Iterator[tuple[Since, int]]:
    """When the value is longer ago than that."""
    if type is FieldType.DATE:
        days = _days(duration, sign)
        yield from _each(Since.DAY, range(days.start + 1, days.stop + 1))
    elif _is_exact(duration):
        yield Since.MOMENT, sign * duration.amount * HOUR + 1
    else:
        # While the clocks repeat the hour before a midnight, the wall stands still at the midnight, a day later.
        days = _days(duration, sign)
        yield from _each(Since.WALL_DAY, range(days.start, days.stop + 1))


def _is_exact(duration: Duration) -> bool:
    return duration.unit is Unit.HOUR or duration.amount == 0


def _each(since: Since, offsets: Iterable[int]) -> Iterator[tuple[Since, int]]:
    return ((since, offset) for offset in offsets)


def _periods(period: Period) -> Iterator[tuple[Since, int]]:
    which, _, what = period.value.rpartition("_")
    entering = -AWAY[which or what]
    yield from _each(Since[what] if which else Since.DAY, (entering, entering + 1))


def _rounds(duration: Duration) -> Iterator[tuple[Since, int]]:
    ahead = _days(duration, -1)
    if ahead.start > -365:  # else every day always comes round
        yield from _each(Since.ROUND, (*ahead, 1))


def _days(duration: Duration, sign: int) -> range:
    """The numbers of days that a step can be; where a month lacks the day, to the first of the next."""
    match duration.unit:
        case Unit.DAY | Unit.WEEK:
            days = sign * duration.amount * (7 if duration.unit is Unit.WEEK else 1)
            return range(days, days + 1)
        case Unit.MONTH | Unit.YEAR:
            return _days_of_months(sign * duration.amount * (12 if duration.unit is Unit.YEAR else 1))
        case Unit.HOUR:
            raise TypeError("a date does not step by hours")
        case _:
            assert_never(duration.unit)


@lru_cache(1_000)
def _days_of_months(months: int) -> range:
    steps = [_first(month + months) - _first(month) for month in range(CYCLE_MONTHS)]
    return range(min(steps), max(steps) + 1)


def _first(month: int) -> int:
    """The days before a month of the calendar's cycle of 400 years."""
    cycles, within = divmod(month, CYCLE_MONTHS)
    return cycles * CYCLE_DAYS + _firsts()[within]


@cache
def _firsts() -> tuple[int, ...]:
    return (0, *accumulate(monthrange(2000 + month // 12, month % 12 + 1)[1] for month in range(CYCLE_MONTHS - 1)))
