"""A contact is looked at no later than an answer changes, and seldom oftener."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.compile.clause import write
from app.compile.dues import due
from app.filters.catalog import Catalog
from app.filters.check import check
from app.filters.clock import Clock
from app.filters.flips import relative_tests
from tests.compile.flipping import FIELDS, Story, flips, relative, visits
from tests.compile.stories import story

MOST_VISITS = {"HOUR": 2, "DAY": 5, "WEEK": 5, "MONTH": 12, "YEAR": 12}
YEARS = 365 * 3


def span(amount: int, unit: str) -> dict[str, Any]:
    return {"amount": amount, "unit": unit}


def value(text: str) -> date | datetime:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


@pytest.mark.parametrize(
    ("key", "word", "asked", "given_value", "zone", "at", "days", "looked_at"),
    [
        # Thirty days after a purchase: the midnight behind them in Jakarta, and nothing more.
        ("birthday", "moreThanAgo", span(30, "DAY"), "2026-05-01", "Asia/Jakarta", "2026-05-20T10:00+07:00", YEARS,
         ["2026-06-01T00:00+07:00"]),
        ("birthday", "withinNext", span(1, "WEEK"), "2026-05-30", "Asia/Jakarta", "2026-05-20T10:00+07:00", YEARS,
         ["2026-05-23T00:00+07:00", "2026-05-31T00:00+07:00"]),
        ("last_visit", "moreThanAgo", span(24, "HOUR"), "2026-05-20T09:30:00.000001+07:00", "Asia/Jakarta",
         "2026-05-20T10:00+07:00", YEARS, ["2026-05-21T09:30:00.000002+07:00"]),
        ("created_at", "withinNext", span(24, "HOUR"), "2026-05-22T09:30+07:00", "Asia/Jakarta",
         "2026-05-20T10:00+07:00", YEARS, ["2026-05-21T09:30+07:00", "2026-05-22T09:30:00.000001+07:00"]),
        ("last_visit", "moreThanAgo", span(1, "DAY"), "2026-03-28T02:30+01:00", "Europe/Berlin",
         "2026-03-28T10:00+01:00", YEARS,
         ["2026-03-29T00:00+01:00", "2026-03-29T03:00+02:00", "2026-03-30T00:00+02:00"]),
        # New Year's Eve, and periods.
        ("birthday", "period", "THIS_YEAR", "2025-12-31", "Asia/Jakarta", "2025-12-31T23:59+07:00", YEARS,
         ["2026-01-01T00:00+07:00"]),
        ("last_visit", "period", "LAST_YEAR", "2025-12-31T23:59:59+07:00", "Asia/Jakarta", "2025-12-31T23:59:59+07:00",
         YEARS, ["2026-01-01T00:00+07:00", "2027-01-01T00:00+07:00"]),
        ("birthday", "period", "NEXT_QUARTER", "2026-08-31", "Asia/Kathmandu", "2026-01-31T12:00+05:45", YEARS,
         ["2026-04-01T00:00+05:45", "2026-07-01T00:00+05:45"]),
        ("birthday", "period", "LAST_WEEK", "2026-05-20", "Asia/Jakarta", "2026-05-20T10:00+07:00", YEARS,
         ["2026-05-25T00:00+07:00", "2026-06-01T00:00+07:00"]),
        ("birthday", "period", "TOMORROW", "2026-05-22", "Asia/Jakarta", "2026-05-20T10:00+07:00", YEARS,
         ["2026-05-21T00:00+07:00", "2026-05-22T00:00+07:00"]),
        # A leap day comes round on the 28th where there is none.
        ("birthday", "anniversary", span(1, "WEEK"), "2000-02-29", "Asia/Jakarta", "2027-01-01T10:00+07:00", 500,
         ["2027-02-21T00:00+07:00", "2027-03-01T00:00+07:00", "2028-02-22T00:00+07:00", "2028-03-01T00:00+07:00"]),
        ("birthday", "anniversary", span(0, "DAY"), "1980-12-31", "Asia/Jakarta", "2026-12-30T10:00+07:00", 300,
         ["2026-12-31T00:00+07:00", "2027-01-01T00:00+07:00"]),
        ("birthday", "anniversary", span(1, "YEAR"), "1980-12-31", "Asia/Jakarta", "2026-12-30T10:00+07:00", YEARS, []),
        # A midnight that the clocks skip is the instant of their change.
        ("birthday", "moreThanAgo", span(1, "DAY"), "2018-11-02", "America/Sao_Paulo", "2018-11-03T12:00-03:00", YEARS,
         ["2018-11-04T01:00-02:00"]),
        ("birthday", "moreThanAgo", span(1, "DAY"), "2026-03-27", "Asia/Beirut", "2026-03-28T12:00+02:00", YEARS,
         ["2026-03-29T01:00+03:00"]),
        ("birthday", "moreThanAgo", span(1, "DAY"), "2026-10-23", "Europe/Berlin", "2026-10-24T12:00+02:00", YEARS,
         ["2026-10-25T00:00+02:00"]),
        # What is long past, far from sense or not there at all.
        ("birthday", "withinLast", span(30, "DAY"), "0001-01-01", "Asia/Jakarta", "2026-05-20T10:00+07:00", YEARS, []),
        ("birthday", "withinLast", span(30, "DAY"), "9999-12-31", "Asia/Jakarta", "2026-05-20T10:00+07:00", YEARS, []),
        ("last_visit", "withinNext", span(100_000, "YEAR"), "9999-12-31T00:00+00:00", "Asia/Jakarta",
         "2026-05-20T10:00+07:00", YEARS, []),
        ("birthday", "withinLast", span(30, "DAY"), None, "Asia/Jakarta", "2026-05-20T10:00+07:00", YEARS, []),
        ("created_at", "withinLast", span(30, "DAY"), None, "Asia/Jakarta", "2026-05-20T10:00+07:00", YEARS, []),
    ],
)  # fmt: skip
async def test_when_it_is_looked_at(
    pool: None,
    key: str,
    word: str,
    asked: Any,
    given_value: str | None,
    zone: str,
    at: str,
    days: int,
    looked_at: list[str],
) -> None:
    values = {key: value(given_value)} if given_value else {}
    told = Story(ZoneInfo(zone), (relative(key, word, asked),), values, datetime.fromisoformat(at), days)
    assert await visits(told) == [datetime.fromisoformat(moment) for moment in looked_at]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
async def test_every_flip_is_seen(pool: None, seed: int) -> None:
    told = story(Random(seed), 3)
    assert set(flips(told)) <= set(await visits(told)), told


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
async def test_few_visits_see_one(pool: None, seed: int) -> None:
    told = story(Random(seed), 1)
    seen, looked_at = flips(told), await visits(told)
    assert set(seen) <= set(looked_at), told
    [asked] = told.tests[0]["field"]["test"].values()
    most = MOST_VISITS[asked["unit"] if isinstance(asked, dict) else "DAY"]
    for after, until in pairwise([told.at, *seen, told.at + timedelta(days=told.days)]):
        assert sum(after < moment <= until for moment in looked_at) <= most, told


def test_a_text_knows_no_clock() -> None:
    catalog = Catalog(0, ZoneInfo("Europe/Berlin"), FIELDS, {}, {})
    documents = [relative(key, "withinLast", span(2, "MONTH")) for key in FIELDS]
    documents += [relative(key, "period", "LAST_WEEK") for key in FIELDS]
    documents += [relative(key, "anniversary", span(2, "DAY")) for key in FIELDS]
    tests = relative_tests([check(document, catalog) for document in documents])
    texts = set()
    for at in ("2026-03-29T00:30+01:00", "2026-10-25T02:30+01:00", "1999-12-31T23:59+01:00"):
        asked = due(tests, Clock(datetime.fromisoformat(at), catalog.zone))
        assert asked is not None
        texts.add((write(asked.at, []), write(asked.near, [])))
    assert len(texts) == 1


def test_no_test_is_never_due() -> None:
    assert due({}, Clock(datetime.fromisoformat("2026-03-29T00:30+01:00"), ZoneInfo("UTC"))) is None
