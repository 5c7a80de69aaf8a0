"""The days of the year that come round soon."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from app.filters.checked import Duration
from app.filters.clock import step_date


@dataclass(frozen=True, slots=True)
class YearDays:
    """Days of the year from `first` to `last`, each `MM-DD`, over New Year's Eve where last < first."""

    first: str
    last: str


def anniversary_days(duration: Duration, today: date) -> YearDays | None:
    """The days of the year that come round within the duration; None when that is all of them.

    29 February comes round on the 28th in years without it.
    """
    last = step_date(today, duration, 1)
    if last == date.max or last >= _next_year(today) - timedelta(days=1):
        return None
    return YearDays(
        _year_day(today), "02-29" if _year_day(last) == "02-28" and not _is_leap(last) else _year_day(last)
    )


def _next_year(day: date) -> date:
    if day.year == date.max.year:
        return date.max
    leap_day = (day.month, day.day) == (2, 29)
    return date(day.year + 1, 3, 1) if leap_day else day.replace(year=day.year + 1)


def _year_day(day: date) -> str:
    return day.isoformat()[5:]


def _is_leap(day: date) -> bool:
    return monthrange(day.year, 2)[1] == 29
