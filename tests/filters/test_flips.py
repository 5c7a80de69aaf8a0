"""Which tests time alone flips, where a day begins, and the instants of a day at which an end passes a value."""

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.filters.catalog import Catalog, Field, Segment
from app.filters.check import check
from app.filters.checked import Duration, MoreThanAgo, MoreThanFromNow, SpanTest, WithinLast, WithinNext
from app.filters.clock import Clock, moments, step_date
from app.filters.flip_offsets import Since, offsets
from app.filters.flips import RelativeTests, exact_due, next_crossing, next_midnight, relative_tests
from app.filters.vocabulary import FieldType, SegmentKind, Unit
from tests.compile.stories import ZONES
from tests.oracle.steps import changes

BIRTHDAY = Field("birthday", "Birthday", FieldType.DATE, id=1)
VISIT = Field("last_visit", "Last Visit", FieldType.DATETIME, id=2)
A_MONTH, A_DAY, AN_HOUR = Duration(1, Unit.MONTH), Duration(1, Unit.DAY), Duration(1, Unit.HOUR)


def clock(at: str, zone: str) -> Clock:
    return Clock(datetime.fromisoformat(at), ZoneInfo(zone))


def asks(key: str, **test: Any) -> dict[str, Any]:
    return {"field": {"key": key, "test": test}}


def test_relative_tests_are_found_anywhere() -> None:
    month, day = {"amount": 1, "unit": "MONTH"}, {"amount": 1, "unit": "DAY"}
    inner = Segment(7, "Inner", SegmentKind.DYNAMIC, {"not": asks("birthday", anniversary=day)})
    kept = Segment(8, "Kept", SegmentKind.STATIC, None)
    catalog = Catalog(0, ZoneInfo("UTC"), {"birthday": BIRTHDAY, "last_visit": VISIT}, {}, {7: inner, 8: kept})
    deep = {"or": [asks("last_visit", withinLast=month), {"and": [{"segment": {"inAny": [7, 8]}}]}]}
    flat = {
        "and": [
            asks("birthday", on="2026-01-01"),
            asks("last_visit", isEmpty=False),
            asks("birthday", period="TODAY"),
        ]
    }
    found = relative_tests([check(deep, catalog), check(flat, catalog)])
    assert {field.key: len(tests) for field, tests in found.items()} == {"last_visit": 1, "birthday": 2}
    assert found[VISIT] == {WithinLast(A_MONTH)}
    assert relative_tests([check(asks("birthday", before="2026-01-01"), catalog)]) == {}


@pytest.mark.parametrize(
    ("zone", "at", "midnight"),
    [
        ("Asia/Jakarta", "2026-03-31T23:59:59.999999+07:00", "2026-04-01T00:00+07:00"),
        ("Asia/Jakarta", "2026-04-01T00:00+07:00", "2026-04-02T00:00+07:00"),
        ("Europe/Berlin", "2026-03-29T01:00+01:00", "2026-03-30T00:00+02:00"),
        ("Europe/Berlin", "2026-10-25T01:00+02:00", "2026-10-26T00:00+01:00"),
        ("Europe/Berlin", "2026-10-25T02:30+01:00", "2026-10-26T00:00+01:00"),
        # Skipped: the instant of the change. Repeated before a midnight: once as the clocks are set, then at midnight.
        ("America/Sao_Paulo", "2018-11-03T12:00-03:00", "2018-11-04T01:00-02:00"),
        ("America/Sao_Paulo", "2019-02-16T12:00-02:00", "2019-02-17T00:00-02:00"),
        ("America/Sao_Paulo", "2019-02-16T23:30-03:00", "2019-02-17T00:00-03:00"),
        ("America/Nuuk", "2026-03-28T12:00-02:00", "2026-03-29T00:00-01:00"),
        ("Pacific/Apia", "2011-12-29T12:00-10:00", "2011-12-31T00:00+14:00"),
        # For a minute it was Sunday, then Saturday for an hour, then Sunday.
        ("America/St_Johns", "2009-10-31T12:00-02:30", "2009-11-01T00:00-02:30"),
        ("America/St_Johns", "2009-11-01T00:00:30-02:30", "2009-11-01T00:01-02:30"),
        ("America/St_Johns", "2009-10-31T23:30-03:30", "2009-11-01T00:00-03:30"),
        ("UTC", "9999-12-31T12:00+00:00", "9999-12-30T00:00+00:00"),
    ],
)  # fmt: skip
def test_next_midnights(zone: str, at: str, midnight: str) -> None:
    assert next_midnight(clock(at, zone)) == datetime.fromisoformat(midnight)


@pytest.mark.parametrize(
    ("test", "value", "at", "crossing"),
    [
        (MoreThanAgo(A_DAY), "2026-05-01T10:00+02:00", "2026-05-02T09:00+02:00", "2026-05-02T10:00:00.000001+02:00"),
        (WithinLast(A_DAY), "2026-05-01T10:00+02:00", "2026-05-02T09:00+02:00", "2026-05-02T10:00:00.000001+02:00"),
        (WithinNext(A_DAY), "2026-05-03T10:00+02:00", "2026-05-02T09:00+02:00", "2026-05-02T10:00+02:00"),
        (MoreThanFromNow(A_DAY), "2026-05-03T10:00+02:00", "2026-05-02T09:00+02:00", "2026-05-02T10:00+02:00"),
        (MoreThanAgo(A_DAY), "2026-05-01T10:00+02:00", "2026-05-02T10:00:00.000001+02:00", None),
        (MoreThanAgo(A_DAY), "2026-05-01T10:00+02:00", "2026-05-01T10:00+02:00", None),
        # The last day of February is a month before each of these days.
        (MoreThanAgo(A_MONTH), "2026-02-28T10:00+01:00", "2026-03-28T00:00+01:00", "2026-03-28T10:00:00.000001+01:00"),
        (MoreThanAgo(A_MONTH), "2026-02-28T10:00+01:00", "2026-03-31T00:00+02:00", "2026-03-31T10:00:00.000001+02:00"),
        # While an hour is repeated the step stands still; what was skipped comes with the change.
        (MoreThanAgo(A_DAY), "2026-10-24T02:30+02:00", "2026-10-25T01:00+02:00", "2026-10-25T02:30:00.000001+02:00"),
        (MoreThanAgo(A_DAY), "2026-10-24T03:00+02:00", "2026-10-25T01:00+02:00", "2026-10-25T03:00:00.000001+01:00"),
        (MoreThanAgo(A_DAY), "2026-03-28T02:30+01:00", "2026-03-29T01:00+01:00", "2026-03-29T03:00+02:00"),
        (MoreThanAgo(AN_HOUR), "2026-05-01T10:00+02:00", "2026-05-01T10:00+02:00", "2026-05-01T11:00:00.000001+02:00"),
        # The other end.
        (WithinLast(A_DAY), "2026-05-02T10:00+02:00", "2026-05-02T09:00+02:00", "2026-05-02T10:00+02:00"),
    ],
)  # fmt: skip
def test_crossings_in_berlin(test: SpanTest, value: str, at: str, crossing: str | None) -> None:
    found = next_crossing(test, datetime.fromisoformat(value), clock(at, "Europe/Berlin"))
    assert found == (crossing and datetime.fromisoformat(crossing))


@pytest.mark.parametrize("zone", ZONES)
def test_a_crossing_is_where_answers_part(zone: str) -> None:
    random, there = Random(zone), ZoneInfo(zone)
    set_at = [when for when, _, _ in changes(datetime(ZONES[zone], 7, 1), there, timedelta(days=300))]  # noqa: DTZ001
    about = [moment.replace(tzinfo=UTC) for moment in set_at] or [datetime(2026, 3, 31, 12, tzinfo=UTC)]
    found = 0
    for _ in range(300):
        at = random.choice(about) + timedelta(hours=random.uniform(-30, 30))
        test = random.choice((MoreThanAgo, WithinLast, WithinNext, MoreThanFromNow))(random.choice((A_DAY, A_MONTH)))
        end = moments(test, Clock(at + timedelta(hours=random.uniform(0, 12)), there))
        value = random.choice([each for each in (end.start, end.end) if each is not None])
        crossing = next_crossing(test, value, Clock(at, there))
        last = next_midnight(Clock(at, there)) - timedelta(microseconds=1)
        if crossing is not None:
            assert at < crossing <= last
            assert _accepts(test, value, crossing, there) != _accepts(test, value, at, there)
            found += 1
        until = last if crossing is None else crossing - timedelta(microseconds=1)
        for moment in (until, at + (until - at) / 3, at + (until - at) * random.random()):
            assert _accepts(test, value, moment, there) == _accepts(test, value, at, there), (test, value, at)
    assert found > 60


def _accepts(test: SpanTest, value: datetime, at: datetime, zone: ZoneInfo) -> bool:
    span = moments(test, Clock(at, zone))
    after = span.start is None or (value > span.start if span.start_open else value >= span.start)
    return after and (span.end is None or (value < span.end if span.end_open else value <= span.end))


def test_the_earliest_crossing_counts() -> None:
    tests: RelativeTests = {
        VISIT: frozenset({MoreThanAgo(A_DAY), MoreThanAgo(AN_HOUR), WithinNext(A_DAY)}),
        BIRTHDAY: frozenset({MoreThanAgo(A_DAY)}),
    }
    now = clock("2026-05-02T08:00+07:00", "Asia/Jakarta")
    values = {"last_visit": datetime.fromisoformat("2026-05-01T10:00+07:00")}
    assert exact_due(tests, values, now) == datetime.fromisoformat("2026-05-02T10:00:00.000001+07:00")
    assert exact_due(tests, {}, now) is None


@pytest.mark.parametrize("unit", [Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.YEAR])
def test_steps_of_dates_are_foreseen(unit: Unit) -> None:
    random = Random(unit.value)
    for _ in range(300):
        day, duration = (
            date(2000, 1, 1) + timedelta(days=random.randint(0, 20_000)),
            Duration(random.randint(0, 50), unit),
        )
        before, after = (step_date(each, duration, -1) for each in (day - timedelta(days=1), day))
        foreseen = offsets(FieldType.DATE, [MoreThanAgo(duration)])[Since.DAY]
        for passed in range((after - before).days):
            assert (day - (before + timedelta(days=passed))).days in foreseen
