"""Spans of time cut by the calendar: clocks that are set, weeks, spans that are too long."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.filters.problems import Code, Refused
from app.filters.stretches import MOST_STRETCHES, Every, stretches

BERLIN = ZoneInfo("Europe/Berlin")


def cut(start: date | datetime, end: date | datetime, every: Every, zone: str) -> list[str]:
    """The bounds as the clocks there show them."""
    return [
        f"{bound.astimezone(ZoneInfo(zone)):%a %d %H:%M%z}" for bound in stretches(start, end, every, ZoneInfo(zone))
    ]


@pytest.mark.parametrize(
    ("start", "end", "every", "zone", "bounds"),
    [
        (
            date(2026, 3, 28),
            date(2026, 3, 29),
            Every.DAY,
            "Europe/Berlin",
            ["Sat 28 00:00+0100", "Sun 29 00:00+0100", "Mon 30 00:00+0200"],
        ),
        (
            datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
            datetime(2026, 3, 29, 2, 0, tzinfo=UTC),
            Every.HOUR,
            "Europe/Berlin",
            ["Sun 29 01:00+0100", "Sun 29 03:00+0200", "Sun 29 04:00+0200"],
        ),
        (
            date(2026, 1, 1),
            date(2026, 1, 5),
            Every.WEEK,
            "Asia/Jakarta",
            ["Mon 29 00:00+0700", "Mon 05 00:00+0700", "Mon 12 00:00+0700"],
        ),
        (
            datetime(2026, 5, 4, 10, 10, tzinfo=UTC),
            datetime(2026, 5, 4, 10, 20, tzinfo=UTC),
            Every.HOUR,
            "Asia/Kathmandu",
            ["Mon 04 15:00+0545", "Mon 04 16:00+0545", "Mon 04 17:00+0545"],
        ),
    ],
    ids=["spring day", "spring hour", "week", "odd zone"],
)
def test_span_is_cut_by_the_calendar(
    start: date | datetime, end: date | datetime, every: Every, zone: str, bounds: list[str]
) -> None:
    assert cut(start, end, every, zone) == bounds


def test_longest_span_has_all_its_points() -> None:
    first = datetime(2026, 1, 1, tzinfo=UTC)
    bounds = stretches(first, datetime(2026, 2, 11, 16, tzinfo=UTC), Every.HOUR, BERLIN)
    assert len(bounds) == MOST_STRETCHES + 1


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (date(2026, 1, 2), date(2026, 1, 1), Code.INVALID_RANGE),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC), Code.INVALID_RANGE),
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 11, 16, 1, tzinfo=UTC), Code.TOO_MANY_VALUES),
        (date(2026, 1, 1), date.max, Code.INVALID_DATE),
        (date(2, 1, 1), date(9998, 1, 1), Code.TOO_MANY_VALUES),
    ],
    ids=["backwards", "empty", "too many", "too far", "everything"],
)
def test_impossible_span_is_refused(start: date | datetime, end: date | datetime, code: Code) -> None:
    with pytest.raises(Refused) as refused:
        stretches(start, end, Every.HOUR, BERLIN)
    assert [problem.code for problem in refused.value.problems] == [code]
