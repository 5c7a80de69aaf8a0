"""Random contacts with relative tests, about the changes of clocks and the instants that the tests turn on."""

# ruff: noqa: DTZ001 - instants and readings of the clocks are naive here
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from app.filters.vocabulary import Period
from tests.compile.flipping import TYPES, Document, Story, Values, relative
from tests.oracle.steps import changes, later_day, utc

# Each with a year in which its clocks are set.
ZONES = {
    "Asia/Jakarta": 2026,
    "Europe/Berlin": 2026,
    "Australia/Lord_Howe": 2026,
    "Asia/Kathmandu": 2026,
    "Pacific/Apia": 2011,
    "America/Sao_Paulo": 2018,
    "Asia/Beirut": 2026,
    "America/Nuuk": 2026,
    "America/Havana": 2026,
    "Africa/Cairo": 2026,
    "America/St_Johns": 2009,
    "Africa/Casablanca": 2026,
    "Atlantic/Azores": 2026,
}
# There a date came twice; what a period makes of the moments between is not foreseen.
DATE_TWICE = ("America/St_Johns", "period")
WORDS = {"moreThanAgo": -1, "withinLast": -1, "withinNext": 1, "moreThanFromNow": 1, "period": 0, "anniversary": 0}
AMOUNTS = (0, 1, 1, 2, 3, 7, 30, 45)
CORNERS = (datetime(1, 1, 1, 12), datetime(9998, 12, 31, 11), datetime(2024, 2, 29, 12), datetime(2000, 12, 31))


def story(random: Random, tests: int) -> Story:
    """So many tests of values near their boundaries, for some weeks from a moment on."""
    name = random.choice(list(ZONES))
    zone, about = ZoneInfo(name), datetime(ZONES[name], 7, 1)
    set_at = [when for when, _, _ in changes(about, zone, timedelta(days=300))] or [about]
    at = random.choice(set_at) + timedelta(
        hours=random.choice((0, random.uniform(-30, 30), random.uniform(-900, 240)))
    )
    found: list[Document] = []
    values: Values = {}
    for _ in range(tests):
        key, word = random.choice(list(TYPES)), random.choice(list(WORDS))
        if (name, word) == DATE_TWICE:
            key = "birthday"
        asked = _asked(random, word, TYPES[key] == "DATETIME")
        found.append(relative(key, word, asked))
        moment = _value(random, word, asked, at, set_at, zone)
        values.setdefault(key, moment.date() if TYPES[key] == "DATE" else moment.replace(tzinfo=UTC))
    return Story(zone, tuple(found), values, at.replace(tzinfo=UTC), 45)


def _asked(random: Random, word: str, has_hours: bool) -> Any:
    if word == "period":
        return random.choice(list(Period)).value
    if word == "anniversary":
        return {"amount": random.choice((0, 1, 30, 300, 364, 365)), "unit": "DAY"}
    units = ("DAY", "WEEK", "MONTH", "YEAR", "HOUR") if has_hours else ("DAY", "WEEK", "MONTH", "YEAR")
    return {"amount": random.choice(AMOUNTS), "unit": random.choice(units)}


def _value(random: Random, word: str, asked: Any, at: datetime, set_at: list[datetime], zone: ZoneInfo) -> datetime:
    match random.randint(0, 9):
        case 0:
            return random.choice(CORNERS)
        case 1 | 2:
            return random.choice(set_at) + random.choice((-1, 0, 1, 1_800_000_000)) * timedelta(microseconds=1)
        case 3:
            return utc(datetime.combine(_turn(word, asked, at).date(), time(), zone))
        case 4 if word == "anniversary":
            return datetime(random.choice((1904, 2000, 2024)), 2, 29)
    near = _turn(word, asked, at) + timedelta(days=random.choice((0, 1, 3, random.uniform(-3, 40))))
    return near if word != "anniversary" else near.replace(year=1980, day=min(near.day, 28))


def _turn(word: str, asked: Any, at: datetime) -> datetime:
    """About the value of which the test changes its answer now."""
    if not WORDS[word]:
        return at
    amount = WORDS[word] * asked["amount"]
    if asked["unit"] == "HOUR":
        return at + timedelta(hours=amount)
    day: date = later_day(at.date(), amount, asked["unit"])
    return datetime.combine(day, at.time())
