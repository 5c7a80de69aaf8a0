"""Time on the wall, from the list of the zone's changes of offset alone.

Within a zone, let `local(t)` be what the clocks show at the instant t. The wall never goes back if one looks at
the highest reading so far, `steady(t)`; and the instant of a reading w is the first at which `local(t) >= w`.
Instants and readings are naive datetimes here, instants in UTC.
"""

# ruff: noqa: DTZ001, DTZ901 - instants and readings of the clocks are naive here
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

NEVER_BEFORE, NEVER_AFTER = datetime.min, datetime.max
BLOCK = timedelta(days=40)
NEAR = timedelta(days=3)
ORIGIN = datetime(1970, 1, 1)

Change = tuple[datetime, timedelta, timedelta]


def utc(moment: datetime) -> datetime:
    """An aware datetime as an instant."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def offset_at(instant: datetime, zone: ZoneInfo) -> timedelta:
    """How far the zone's clocks are from UTC."""
    offset = instant.replace(tzinfo=UTC).astimezone(zone).utcoffset()
    assert offset is not None
    return offset


def local(instant: datetime, zone: ZoneInfo) -> datetime:
    """What the clocks show."""
    return instant + offset_at(instant, zone)


@cache
def _changes_of_block(block: int, zone: ZoneInfo) -> tuple[Change, ...]:
    changes = []
    start = ORIGIN + block * BLOCK
    for hour in range(BLOCK // timedelta(hours=1)):
        low, high = start + timedelta(hours=hour), start + timedelta(hours=hour + 1)
        before, after = offset_at(low, zone), offset_at(high, zone)
        while before != after and high - low > timedelta(seconds=1):
            middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
            low, high = (middle, high) if offset_at(middle, zone) == before else (low, middle)
        if before != after:
            changes.append((high, before, after))
    return tuple(changes)


def changes(around: datetime, zone: ZoneInfo, near: timedelta = NEAR) -> list[Change]:
    """The changes of the zone's clocks near an instant, in order: when, from which offset, to which."""
    blocks = range((around - near - ORIGIN) // BLOCK, (around + near - ORIGIN) // BLOCK + 1)
    return [
        change for block in blocks for change in _changes_of_block(block, zone) if abs(change[0] - around) <= near
    ]


def steady(instant: datetime, zone: ZoneInfo) -> datetime:
    """The highest reading up to the instant."""
    passed = [when + before for when, before, _ in changes(instant, zone) if when <= instant]
    return max([local(instant, zone), *passed])


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant at which the clocks show `wall` or more."""
    try:
        offset = offset_at(wall - NEAR, zone)
        for when, before, after in changes(wall, zone):
            if when + before > wall:
                return wall - before
            if when + after >= wall:
                return when
            offset = after
        return wall - offset
    except OverflowError:
        return NEVER_BEFORE if wall.year < 5000 else NEVER_AFTER


def later_day(day: date, amount: int, unit: str) -> date:
    """The day so many units after (or, negative, before); at the ends of the calendar, its end."""
    try:
        if unit in ("DAY", "WEEK"):
            return day + timedelta(days=amount * (7 if unit == "WEEK" else 1))
        months = day.year * 12 + day.month - 1 + amount * (12 if unit == "YEAR" else 1)
        year, month = months // 12, months % 12 + 1
        return date(year, month, min(day.day, monthrange(year, month)[1]))
    except (OverflowError, ValueError):
        return date.max if amount > 0 else date.min


def later(at: datetime, amount: int, unit: str, zone: ZoneInfo) -> datetime:
    """The instant so many units after (or before) the instant `at`."""
    if amount == 0:
        return at
    try:
        if unit == "HOUR":
            return at + timedelta(hours=amount)
        wall = steady(at, zone)
        day = later_day(wall.date(), amount, unit)
        if day in (date.min, date.max):
            raise OverflowError
        return instant_of(datetime.combine(day, wall.time()), zone)
    except OverflowError:
        return NEVER_AFTER if amount > 0 else NEVER_BEFORE
