"""A span of time cut into hours, days or weeks of the calendar of a zone."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from app.filters.clock import EARLIEST, Clock
from app.filters.problems import Code, Refused

MOST_STRETCHES: Final = 1_000


class Every(Enum):
    """How long a stretch is."""

    HOUR = "HOUR"
    DAY = "DAY"
    WEEK = "WEEK"


def stretches(start: date | datetime, end: date | datetime, every: Every, zone: ZoneInfo) -> list[datetime]:
    """The moments at which the stretches begin that a span touches, and the one at which the last of them ends.

    Days begin at midnight there, weeks on Mondays, hours on the hour, 60 minutes long each. A day as an end belongs
    to the span. Raises Refused for a span without end or of more than MOST_STRETCHES.
    """
    try:
        bounds = _cut(_begin(start, zone), _end(end, zone), every, zone)
    except OverflowError:
        raise Refused.because(Code.INVALID_DATE, "this date is too far away", "from") from None
    if len(bounds) > MOST_STRETCHES + 1:
        message = f"a history has at most {MOST_STRETCHES:,} points; ask for a shorter time or longer steps"
        raise Refused.because(Code.TOO_MANY_VALUES, message, "every")
    return bounds


def _cut(first: datetime, last: datetime, every: Every, zone: ZoneInfo) -> list[datetime]:
    """The bounds, or one more of them than there may be."""
    if first >= last:
        raise Refused.because(Code.INVALID_RANGE, "this is not after the beginning", "to")
    bounds: list[datetime] = []
    for bound in islice(_bounds(first, every, zone), MOST_STRETCHES + 2):
        bounds.append(bound)
        if bound >= last:
            break
    return bounds


def _bounds(first: datetime, every: Every, zone: ZoneInfo) -> Iterator[datetime]:
    local = first.astimezone(zone)
    if every is Every.HOUR:
        bound = first - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        while True:
            yield bound
            bound += timedelta(hours=1)
    days = 7 if every is Every.WEEK else 1
    day = local.date() - timedelta(days=local.weekday() if every is Every.WEEK else 0)
    clock = Clock(first, zone)
    while True:
        yield clock.midnight(day)
        day += timedelta(days=days)


def _begin(value: date | datetime, zone: ZoneInfo) -> datetime:
    return value if isinstance(value, datetime) else Clock(EARLIEST, zone).midnight(value)


def _end(value: date | datetime, zone: ZoneInfo) -> datetime:
    return value if isinstance(value, datetime) else _begin(value + timedelta(days=1), zone)
