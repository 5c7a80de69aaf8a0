"""Time as a filter means it: calendar steps in the workspace's zone, and the span of time a test accepts.

The clock is an argument, so a filter can be asked as of any moment. Steps of HOUR are exact. The other steps
keep the wall-clock time; where that is not a single instant they are made never to go back as the clock goes
on: a time that a change of the clocks skipped is the instant of that change, and while an hour is repeated the
step stands still. A step of MONTH or YEAR to a day that the month lacks goes to the month's last day.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Generic, TypeVar, assert_never
from zoneinfo import ZoneInfo

from app.filters.checked import (
    After,
    Before,
    Duration,
    During,
    InPeriod,
    MoreThanAgo,
    MoreThanFromNow,
    On,
    SpanTest,
    WithinLast,
    WithinNext,
)
from app.filters.vocabulary import Period, Unit

Point = TypeVar("Point", date, datetime)

EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
LATEST = datetime(9999, 12, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Span(Generic[Point]):
    """From `start` to `end`; None is unbounded, and an open end does not belong to it."""

    start: Point | None = None
    end: Point | None = None
    start_open: bool = False
    end_open: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """The moment `at` as a workspace in `zone` sees it."""

    at: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """The date there."""
        return self.at.astimezone(self.zone).date()

    def moment(self, wall: datetime) -> datetime:
        """The instant at which the zone's clocks first show the naive `wall`, or skip it."""
        instant = wall.replace(tzinfo=self.zone, fold=0).astimezone(UTC)
        if instant.astimezone(self.zone).replace(tzinfo=None) == wall.replace(fold=0):
            return instant
        return self._jump(instant - timedelta(days=1), instant)

    def _jump(self, low: datetime, high: datetime) -> datetime:
        """The instant between `low` and `high` at which the zone's offset changes, by halving."""
        before = low.astimezone(self.zone).utcoffset()
        while high - low > timedelta(microseconds=1):
            middle = low + (high - low) / 2
            if middle.astimezone(self.zone).utcoffset() == before:
                low = middle
            else:
                high = middle
        return high

    def midnight(self, day: date) -> datetime:
        """The instant at which the day begins there."""
        try:
            return self.moment(datetime.combine(day, time.min))
        except OverflowError:
            return EARLIEST if day.year < 2 else LATEST

    def step(self, duration: Duration, sign: int) -> datetime:
        """The instant so far before (sign -1) or after (+1) the clock's."""
        amount = sign * duration.amount
        try:
            if duration.unit is Unit.HOUR:
                return self.at.astimezone(UTC) + timedelta(hours=amount)
            if amount == 0:
                return self.at.astimezone(UTC)
            wall = self._steady_wall()
            day = step_date(wall.date(), duration, sign)
            return self.moment(datetime.combine(day, wall.time()))
        except OverflowError:
            return EARLIEST if sign < 0 else LATEST

    def _steady_wall(self) -> datetime:
        """What the clocks show; while they repeat an hour, what they showed at the end of its first pass."""
        local = self.at.astimezone(self.zone)
        if not local.fold:
            return local.replace(tzinfo=None)
        first = local.replace(fold=0).astimezone(UTC)
        jump = self._jump(first, self.at.astimezone(UTC))
        last = (jump - timedelta(microseconds=1)).astimezone(self.zone).replace(tzinfo=None, fold=0)
        return last + timedelta(microseconds=1)


def step_date(day: date, duration: Duration, sign: int) -> date:
    """The date so far before (sign -1) or after (+1) a day; at the calendar's ends it stays there."""
    amount = sign * duration.amount
    try:
        match duration.unit:
            case Unit.DAY:
                return day + timedelta(days=amount)
            case Unit.WEEK:
                return day + timedelta(weeks=amount)
            case Unit.MONTH:
                return _add_months(day, amount)
            case Unit.YEAR:
                return _add_months(day, 12 * amount)
            case Unit.HOUR:
                raise TypeError("a date does not step by hours")
            case _:
                assert_never(duration.unit)
    except (OverflowError, ValueError):
        return date.min if sign < 0 else date.max


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def period_days(period: Period, today: date) -> tuple[date, date]:
    """The first and the last day of a period; beyond the calendar's ends the last is before the first."""
    which, _, what = period.value.rpartition("_")
    offset = {"LAST": -1, "THIS": 0, "NEXT": 1, "": {"YESTERDAY": -1, "TOMORROW": 1}.get(what, 0)}[which]
    try:
        return _period_days(what, offset, today)
    except (OverflowError, ValueError):
        return date.max, date.min


def _period_days(what: str, offset: int, today: date) -> tuple[date, date]:
    match what:
        case "WEEK":
            first = today - timedelta(days=today.weekday()) + timedelta(weeks=offset)
            return first, first + timedelta(days=6)
        case "MONTH":
            return _months(today.replace(day=1), offset, 1)
        case "QUARTER":
            return _months(today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1), offset, 3)
        case "YEAR":
            return _months(today.replace(month=1, day=1), offset, 12)
        case _:
            day = today + timedelta(days=offset)
            return day, day


def _months(first: date, offset: int, length: int) -> tuple[date, date]:
    start = _add_months(first, offset * length)
    last = _add_months(start, length - 1)
    return start, last.replace(day=monthrange(last.year, last.month)[1])


def days(test: SpanTest, clock: Clock) -> Span[date]:
    """The dates that a DATE field's test accepts."""
    today = clock.today
    match test:
        case On(day):
            return Span(day, day)
        case Before(limit):
            return Span(end=limit, end_open=True)
        case After(limit):
            return Span(start=limit, start_open=True)
        case During(first, last):
            return Span(first, last)
        case MoreThanAgo(duration):
            return Span(end=step_date(today, duration, -1), end_open=True)
        case WithinLast(duration):
            return Span(step_date(today, duration, -1), today)
        case WithinNext(duration):
            return Span(today, step_date(today, duration, 1))
        case MoreThanFromNow(duration):
            return Span(start=step_date(today, duration, 1), start_open=True)
        case InPeriod(period):
            return Span(*period_days(period, today))
        case _:
            assert_never(test)


def moments(test: SpanTest, clock: Clock) -> Span[datetime]:
    """The instants that a DATETIME field's test accepts."""
    match test:
        case On(day):
            return _whole_days(clock, day, day)
        case Before(limit):
            end = limit if isinstance(limit, datetime) else clock.midnight(limit)
            return Span(end=end, end_open=True)
        case After(limit):
            if isinstance(limit, datetime):
                return Span(start=limit, start_open=True)
            return Span(start=_end_of(clock, limit))
        case During(first, last):
            return _whole_days(clock, first, last)
        case MoreThanAgo(duration):
            return Span(end=clock.step(duration, -1), end_open=True)
        case WithinLast(duration):
            return Span(clock.step(duration, -1), clock.at)
        case WithinNext(duration):
            return Span(clock.at, clock.step(duration, 1))
        case MoreThanFromNow(duration):
            return Span(start=clock.step(duration, 1), start_open=True)
        case InPeriod(period):
            return _whole_days(clock, *period_days(period, clock.today))
        case _:
            assert_never(test)


def _whole_days(clock: Clock, first: date, last: date) -> Span[datetime]:
    return Span(clock.midnight(first), _end_of(clock, last), end_open=True)


def _end_of(clock: Clock, day: date) -> datetime:
    return clock.midnight(step_date(day, Duration(1, Unit.DAY), 1))
