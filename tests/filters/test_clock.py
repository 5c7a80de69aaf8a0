"""Steps over changes of the clocks and ends of months, days and periods as the workspace's zone has them."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from app.filters.anniversary import YearDays, anniversary_days
from app.filters.checked import (
    After,
    Before,
    Duration,
    During,
    InPeriod,
    MoreThanAgo,
    MoreThanFromNow,
    On,
    WithinLast,
    WithinNext,
)
from app.filters.clock import Clock, days, moments, period_days, step_date
from app.filters.vocabulary import Period, Unit
from tests.oracle.meaning import comes_round, midnight
from tests.oracle.population import ZONES, ats
from tests.oracle.steps import NEVER_AFTER, NEVER_BEFORE, later, later_day, utc

RELATIVE = (MoreThanAgo, WithinLast, WithinNext, MoreThanFromNow)
BERLIN, JAKARTA, LORD_HOWE = "Europe/Berlin", "Asia/Jakarta", "Australia/Lord_Howe"


def clock(at: str, zone: str) -> Clock:
    return Clock(datetime.fromisoformat(at), ZoneInfo(zone))


@pytest.mark.parametrize(
    ("zone", "at", "steps", "there"),
    [
        (JAKARTA, "2026-03-31T10:00+07:00", "-1 DAY", "2026-03-30T10:00+07:00"),
        (JAKARTA, "2026-03-31T10:00+07:00", "-1 MONTH", "2026-02-28T10:00+07:00"),
        (JAKARTA, "2024-02-29T10:00+07:00", "-1 YEAR", "2023-02-28T10:00+07:00"),
        (JAKARTA, "2026-03-31T10:00+07:00", "+2 WEEK", "2026-04-14T10:00+07:00"),
        (JAKARTA, "2026-03-31T10:00+07:00", "-0 DAY", "2026-03-31T10:00+07:00"),
        # 2026-03-29 in Berlin: 02:00 becomes 03:00. A day is 23 hours, an hour is an hour.
        (BERLIN, "2026-03-29T12:00+02:00", "-1 DAY", "2026-03-28T12:00+01:00"),
        (BERLIN, "2026-03-29T12:00+02:00", "-24 HOUR", "2026-03-28T11:00+01:00"),
        (BERLIN, "2026-03-30T02:30+02:00", "-1 DAY", "2026-03-29T03:00+02:00"),
        (BERLIN, "2026-03-28T02:00+01:00", "+1 DAY", "2026-03-29T03:00+02:00"),
        # 2026-10-25: 03:00 becomes 02:00. A repeated time is its first pass; within the second pass nothing moves.
        (BERLIN, "2026-10-26T02:30+01:00", "-1 DAY", "2026-10-25T02:30+02:00"),
        (BERLIN, "2026-10-25T02:30+02:00", "-1 DAY", "2026-10-24T02:30+02:00"),
        (BERLIN, "2026-10-25T02:00+01:00", "-1 DAY", "2026-10-24T03:00+02:00"),
        (BERLIN, "2026-10-25T02:59+01:00", "-1 DAY", "2026-10-24T03:00+02:00"),
        (BERLIN, "2026-10-25T03:00+01:00", "-1 DAY", "2026-10-24T03:00+02:00"),
        (BERLIN, "2026-10-25T02:30+01:00", "-1 HOUR", "2026-10-25T02:30+02:00"),
        # Half an hour: 2026-10-04 at 02:00 becomes 02:30, 2026-04-05 at 02:00 becomes 01:30.
        (LORD_HOWE, "2026-10-05T02:10+11:00", "-1 DAY", "2026-10-04T02:30+11:00"),
        (LORD_HOWE, "2026-04-05T01:40+10:30", "-1 DAY", "2026-04-04T02:00+11:00"),
        # Apia had no 30 December 2011; São Paulo changed at midnight.
        ("Pacific/Apia", "2011-12-31T12:00+14:00", "-1 DAY", "2011-12-31T00:00+14:00"),
        ("Pacific/Apia", "2012-01-01T12:00+14:00", "-3 DAY", "2011-12-29T12:00-10:00"),
        ("America/Sao_Paulo", "2018-11-05T00:00-02:00", "-1 DAY", "2018-11-04T01:00-02:00"),
        ("America/Sao_Paulo", "2019-02-16T23:30-03:00", "-1 DAY", "2019-02-16T00:00-02:00"),
    ],
)  # fmt: skip
def test_steps(zone: str, at: str, steps: str, there: str) -> None:
    amount, unit = steps.split()
    found = clock(at, zone).step(Duration(abs(int(amount)), Unit(unit)), -1 if amount[0] == "-" else 1)
    assert found == datetime.fromisoformat(there)


@pytest.mark.parametrize("unit", Unit)
@pytest.mark.parametrize("year", [2, 2026, 9998])
def test_the_longest_steps_end_at_the_ends_of_time(unit: Unit, year: int) -> None:
    for zone in ZONES:
        there = Clock(datetime(year, 7, 1, tzinfo=UTC), ZoneInfo(zone))
        back, ahead = (there.step(Duration(100_000, unit), sign) for sign in (-1, 1))
        assert back < there.at < ahead
        if unit is Unit.YEAR:
            assert (back.year, ahead.year) == (1, 9999)


@pytest.mark.parametrize("zone", [*ZONES, "America/St_Johns", "Asia/Gaza", "America/Scoresbysund", "Europe/Dublin"])
def test_steps_and_midnights_as_the_oracle_does(zone: str) -> None:
    random, there = Random(zone), ZoneInfo(zone)
    about = (
        ats(random, there)
        if zone in ZONES
        else [datetime(2010, 1, 1, tzinfo=UTC) + timedelta(hours=7 * n) for n in range(2500)]
    )
    for _ in range(1_500):
        at = random.choice(about) + random.choice((0, 1, -1, 1799, 5000)) * timedelta(seconds=1)
        amount, unit = random.choice((1, 1, 2, 30, 365, 100_000)), random.choice(list(Unit))
        for sign in (-1, 1):
            mine = later(utc(at), sign * amount, unit.value, there)
            if mine not in (NEVER_BEFORE, NEVER_AFTER):
                assert utc(Clock(at, there).step(Duration(amount, unit), sign)) == mine, (at, sign * amount, unit)
        day = at.date()
        assert utc(Clock(at, there).midnight(day)) == midnight(day, there), day


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("YESTERDAY", "2025-12-31", "2025-12-31"), ("TODAY", "2026-01-01", "2026-01-01"),
        ("TOMORROW", "2026-01-02", "2026-01-02"),
        ("LAST_WEEK", "2025-12-22", "2025-12-28"), ("THIS_WEEK", "2025-12-29", "2026-01-04"),
        ("NEXT_WEEK", "2026-01-05", "2026-01-11"),
        ("LAST_MONTH", "2025-12-01", "2025-12-31"), ("THIS_MONTH", "2026-01-01", "2026-01-31"),
        ("NEXT_MONTH", "2026-02-01", "2026-02-28"),
        ("LAST_QUARTER", "2025-10-01", "2025-12-31"), ("THIS_QUARTER", "2026-01-01", "2026-03-31"),
        ("NEXT_QUARTER", "2026-04-01", "2026-06-30"), ("LAST_YEAR", "2025-01-01", "2025-12-31"),
        ("THIS_YEAR", "2026-01-01", "2026-12-31"),
        ("NEXT_YEAR", "2027-01-01", "2027-12-31"),
    ],
)  # fmt: skip
def test_periods_about_new_years_day(period: str, first: str, last: str) -> None:
    assert period_days(Period(period), date(2026, 1, 1)) == (date.fromisoformat(first), date.fromisoformat(last))


EXTREMES = [datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)]
LIMITS = [date.min, date(1, 12, 31), date(9998, 12, 31), date.max]


@pytest.mark.parametrize("at", EXTREMES)
@pytest.mark.parametrize("zone", ["Pacific/Apia", "America/Los_Angeles", "Asia/Jakarta", "UTC"])
def test_every_test_has_its_span_at_the_ends_of_time(zone: str, at: datetime) -> None:
    there = Clock(at, ZoneInfo(zone))
    durations = [Duration(amount, unit) for amount in (0, 1, 400, 100_000) for unit in Unit]
    relative = [make(duration) for make in RELATIVE for duration in durations]
    absolute = [test for day in LIMITS for test in (On(day), Before(day), After(day), During(date.min, day))]
    for test in [*relative, *absolute, *map(InPeriod, Period)]:
        assert (moments(test, there).start or moments(test, there).end) is not None
        if not (isinstance(test, RELATIVE) and test.duration.unit is Unit.HOUR):
            assert (days(test, there).start or days(test, there).end) is not None
    for duration in durations:
        assert duration.unit is Unit.HOUR or anniversary_days(duration, there.today) != YearDays("", "")


def test_a_day_ends_where_the_next_begins() -> None:
    there = clock("2026-01-01T00:00Z", "America/Sao_Paulo")
    assert moments(On(date(2018, 11, 3)), there).end == moments(On(date(2018, 11, 4)), there).start
    assert there.midnight(date(2018, 11, 4)) == datetime(2018, 11, 4, 3, tzinfo=UTC)
    assert clock("2026-01-01T00:00Z", "Pacific/Apia").midnight(date(2011, 12, 30)) == datetime(
        2011, 12, 30, 10, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("today", "duration", "days"),
    [
        ("2026-01-10", (7, Unit.DAY), ("01-10", "01-17")), ("2026-12-28", (1, Unit.WEEK), ("12-28", "01-04")),
        ("2026-02-28", (0, Unit.DAY), ("02-28", "02-29")), ("2024-02-28", (0, Unit.DAY), ("02-28", "02-28")),
        ("2026-02-20", (8, Unit.DAY), ("02-20", "02-29")), ("2026-01-31", (1, Unit.MONTH), ("01-31", "02-29")),
        ("2024-02-29", (364, Unit.DAY), ("02-29", "02-27")), ("2024-02-29", (365, Unit.DAY), None),
        ("2026-01-10", (363, Unit.DAY), ("01-10", "01-08")),
        ("2026-01-10", (364, Unit.DAY), None), ("2026-01-10", (1, Unit.YEAR), None), ("2026-01-10",
        (100_000, Unit.YEAR), None),
    ],
)  # fmt: skip
def test_what_comes_round(today: str, duration: tuple[int, Unit], days: tuple[str, str] | None) -> None:
    assert anniversary_days(Duration(*duration), date.fromisoformat(today)) == (days and YearDays(*days))


def test_every_birthday_comes_round_as_the_oracle_says() -> None:
    births = [date(1904, 1, 1) + timedelta(days=n) for n in range(366)]
    for today in (date(2023, 2, 25) + timedelta(days=n) for n in (*range(8), *range(360, 378), *range(725, 740))):
        for amount in (0, 1, 2, 27, 363, 364, 365, 366):
            found = anniversary_days(Duration(amount, Unit.DAY), today)
            asked = {"amount": amount, "unit": "DAY"}
            assert [_within(born, found) for born in births] == [
                comes_round(born, today, asked) for born in births
            ], (today, amount)


def _within(born: date, days: YearDays | None) -> bool:
    if days is None:
        return True
    day = born.isoformat()[5:]
    return days.first <= day <= days.last if days.first <= days.last else day >= days.first or day <= days.last


@pytest.mark.parametrize("unit", [Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.YEAR])
def test_days_step_as_the_oracle_does(unit: Unit) -> None:
    random = Random(unit.value)
    for _ in range(2_000):
        day, amount = date.fromordinal(random.randint(1, date.max.toordinal())), random.choice((1, 12, 400, 99_999))
        for sign in (-1, 1):
            assert step_date(day, Duration(amount, unit), sign) == later_day(day, sign * amount, unit.value)
