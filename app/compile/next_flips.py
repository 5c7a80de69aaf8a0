"""Of one field's value, the next day and the next moment at which time alone may change an answer, as SQL.

Where clocks are set back over a midnight that they have shown (nowhere since 2011), a period's answer about a moment
of the hour that follows may change unforeseen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.compile.clause import Bound, Clause, certain
from app.compile.shelves import folded
from app.filters.catalog import Field
from app.filters.clock import EARLIEST, Clock
from app.filters.flip_offsets import Offsets, Since
from app.filters.values import iso_utc
from app.filters.vocabulary import FieldType

SPANS = {
    Since.WEEK: ("week", 7, "days"),
    Since.MONTH: ("month", 1, "months"),
    Since.QUARTER: ("quarter", 3, "months"),
    Since.YEAR: ("year", 12, "months"),
}


@dataclass(frozen=True, slots=True)
class Settled:
    """A clock, and the last day there that won't begin again."""

    clock: Clock
    day: date

    @property
    def bound(self) -> Bound:
        """The day, for SQL."""
        return Bound(self.day, "date")


def next_flip(field: Field, each: Offsets, settled: Settled) -> Clause:
    """A SELECT of the next `day` and `moment` at which an answer about a contact's value can change; else NULLs."""
    days = [part for day in _days(each, settled) for part in (", ", day)][1:]
    day = Clause("least(", *days, ")") if days else Clause("NULL::date")
    moment = _moment(each[Since.MOMENT], settled.clock) if Since.MOMENT in each else Clause("NULL::timestamptz")
    return Clause("SELECT ", day, " AS day, ", moment, " AS moment FROM ", _located(field, each, settled))


def near(field: Field, steps: tuple[int, ...], clock: Clock) -> Clause:
    """Whether today is so many days after the contact's moment; never NULL."""
    edges = _edges(steps, clock.today, clock.zone)
    array = Bound(list(edges), "timestamptz[]") if field.is_system else Bound([*map(iso_utc, edges)], "text[]")
    return certain("width_bucket(", folded(field), ", ", array, ") % 2 = 1")


@lru_cache(1_000)
def _edges(steps: tuple[int, ...], today: date, zone: ZoneInfo) -> tuple[datetime, ...]:
    """Where the stretches of the days that are so many before today begin and end, in turns."""
    last = date.max.toordinal() - 1
    days = {day for step in steps if 1 <= (day := today.toordinal() - step) <= last}
    clock = Clock(EARLIEST, zone)
    return tuple(clock.midnight(date.fromordinal(day)) for day in sorted(days ^ {day + 1 for day in days}))


def _days(each: Offsets, settled: Settled) -> list[Clause]:
    plain = sorted({*each.get(Since.DAY, ()), *each.get(Since.WALL_DAY, ())})
    days = [_first_after("value.day", plain, settled)] if plain else []
    days += [_start(since, each[since], settled) for since in SPANS if since in each]
    return [*days, _first_after("value.round", each[Since.ROUND], settled)] if Since.ROUND in each else days


def _first_after(day: str, steps: Sequence[int], settled: Settled) -> Clause:
    """The first of the days so many after `day` that is to come; NULL where none is."""
    array = Bound(list(steps), "int[]")
    return Clause(f"{day} + (", array, ")[width_bucket(", settled.bound, f" - {day}, ", array, ") + 1]")


def _start(since: Since, steps: tuple[int, ...], settled: Settled) -> Clause:
    """The first to come of the days on which a span begins that is so many after the value's."""
    word, length, unit = SPANS[since]
    starts = [f"value.{word} + interval '{step * length} {unit}'" for step in steps]
    cases = [part for start in starts for part in (f" WHEN {start} > ", settled.bound, f" THEN {start}")]
    return Clause("(CASE", *cases, " END)::date")


def _located(field: Field, each: Offsets, settled: Settled) -> Clause:
    """The value, and where it is in the calendar: when its spans began, and when its day and month come round."""
    columns = [
        Clause(f"date_trunc('{word}', value.day::timestamp) AS {word}")
        for since, (word, _, _) in SPANS.items()
        if since in each
    ]
    if Since.ROUND in each:
        columns.append(Clause(_round(settled), " AS round"))
    value = _value(field, settled.clock)
    if not columns:
        return value
    added = [part for column in columns for part in (", ", column)]
    return Clause("(SELECT value.*", *added, " FROM ", value, " OFFSET 0) AS value")


def _round(settled: Settled) -> Clause:
    """The next of the days, from the settled one on, on which the value's day and month come round."""
    this, following = (_in_year(settled.day.year + more) for more in (0, 1))
    return Clause("CASE WHEN ", this, " >= ", settled.bound, " THEN ", this, " ELSE ", following, " END")


def _in_year(year: int) -> Clause:
    years = Clause(Bound(year, "int"), " - date_part('year', value.day)::int")
    return Clause("(value.day + make_interval(years => ", years, "))::date")


def _moment(steps: tuple[int, ...], clock: Clock) -> Clause:
    array = Bound(list(steps), "bigint[]")
    elapsed = Clause("(extract(epoch FROM ", Bound(clock.at, "timestamptz"), " - value.moment) * 1000000)::bigint")
    step = Clause("(", array, ")[width_bucket(", elapsed, ", ", array, ") + 1]")
    return Clause("value.moment + ", step, " * interval '1 microsecond'")


def _value(field: Field, clock: Clock) -> Clause:
    """The contact's value as `day` and, of a moment, as `moment`; no row without one."""
    if field.type is FieldType.DATE:
        return Clause(_read(field, "____-__-__", "date", "day"), " AS value WHERE value.day IS NOT NULL")
    moment = _read(field, "____-__-__T%Z", "timestamptz", "moment")
    if field.is_system:
        moment = Clause("(SELECT ", folded(field), " AS moment OFFSET 0)")
    day = Clause("(read.moment AT TIME ZONE ", _zone(clock), ")::date AS day")
    both = Clause("(SELECT read.moment, ", day, " FROM ", moment, " AS read OFFSET 0)")
    return Clause(both, " AS value WHERE value.moment IS NOT NULL")


def _read(field: Field, pattern: str, type: str, name: str) -> Clause:
    # The CASE keeps the cast from another workspace's text, whatever order the conditions are tried in.
    cast = Clause(f"CASE WHEN read.text LIKE '{pattern}' THEN read.text::{type} END AS {name}")
    return Clause("(SELECT ", cast, " FROM (SELECT ", folded(field), " AS text OFFSET 0) AS read OFFSET 0)")


def _zone(clock: Clock) -> Bound:
    return Bound(clock.zone.key, "text")
