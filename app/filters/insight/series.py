"""Moments in even steps of the calendar."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from app.filters.checked import Duration
from app.filters.clock import Clock
from app.filters.problems import Code, Refused
from app.filters.vocabulary import Unit

MOST_POINTS: Final = 100
_CALENDAR: Final = range(2, 9_999)


def series(start: datetime, unit: Unit, points: int, zone: ZoneInfo) -> list[datetime]:
    """So many moments from `start` on, a unit apart at the same wall-clock time there, a month's last day at most.

    Hours are 60 minutes. Raises Refused for no point, more than MOST_POINTS, and for moments beyond the calendar.
    """
    refuse_points(points, "points")
    clock = Clock(start, zone)
    moments = [clock.step(Duration(place, unit), 1) for place in range(points)]
    if moments[-1].year not in _CALENDAR:
        raise Refused.because(Code.INVALID_DATE, "this ends too far in the future", "points")
    return moments


def refuse_points(points: int, path: str) -> None:
    """Raises Refused unless there are one to MOST_POINTS of them."""
    if points < 1:
        raise Refused.because(Code.INVALID_NUMBER, "ask for at least one point", path)
    if points > MOST_POINTS:
        message = f"ask for at most {MOST_POINTS} points at a time"
        raise Refused.because(Code.TOO_MANY_VALUES, message, path)
