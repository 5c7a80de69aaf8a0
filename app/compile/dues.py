"""When a contact is to be looked at again because time alone may change an answer, as SQL.

Of each field's value the offsets give the next day on which an answer can change, and the next moment. The least day
of all fields becomes the instant at which it begins, or one that is earlier by a change of the clocks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.compile.clause import Bound, Clause, either
from app.compile.next_flips import Settled, near, next_flip
from app.compile.shelves import folded
from app.filters.catalog import Field
from app.filters.checked import Test
from app.filters.clock import Clock
from app.filters.flip_offsets import Offsets, Since, offsets
from app.filters.flips import RelativeTests, next_midnight, steps_by_wall
from app.filters.vocabulary import FieldType

# What falls due later is never looked at; Python's own dates end soon after.
HORIZON = Bound(datetime(9998, 1, 1, tzinfo=UTC), "timestamptz")


@dataclass(frozen=True, slots=True)
class Due:
    """Expressions over a row of `contact`.

    `at` is a timestamptz after the clock's, never later than the first change of an answer, NULL where none comes.
    Where `near` is TRUE (it is never NULL), an answer may change before it, today: `exact_due` knows when.
    """

    at: Clause
    near: Clause


def due(tests: RelativeTests, clock: Clock) -> Due | None:
    """When the tests are to be asked again; None where there is no test. Its text depends on the tests alone."""
    if not tests:
        return None
    fields = {field: offsets(field.type, tests[field]) for field in sorted(tests, key=lambda field: field.key)}
    walled = (near(field, each[Since.WALL_DAY], clock) for field, each in fields.items() if Since.WALL_DAY in each)
    return Due(_at(fields, clock), either(walled))


def near_values(tests: RelativeTests) -> Clause:
    """The moments that `exact_due` asks for, as a jsonb object of ISO 8601 under the keys of their fields."""
    fields = [field for field, asked in tests.items() if _is_walled(field, asked)]
    keys = Bound([field.key for field in fields], "text[]")
    texts = [part for field in fields for part in (", ", _text(field))][1:]
    return Clause("jsonb_strip_nulls(jsonb_object(", keys, ", ARRAY[", *texts, "]::text[]))")


def _is_walled(field: Field, asked: Iterable[Test]) -> bool:
    return field.type is FieldType.DATETIME and any(map(steps_by_wall, asked))


def _text(field: Field) -> Clause:
    return Clause("(to_jsonb(", folded(field), ") #>> '{}')")


def _at(fields: Mapping[Field, Offsets], clock: Clock) -> Clause:
    midnight, today = next_midnight(clock), clock.today
    shown = midnight.astimezone(clock.zone).date()  # before today where the clocks are set back over a midnight
    settled = Settled(clock, min(today, shown))
    flips = [part for field, each in fields.items() for part in (" UNION ALL ", next_flip(field, each, settled))][1:]
    first = Clause("(SELECT min(day) AS day, min(moment) AS moment FROM (", *flips, ") AS flip) AS first")
    soon = Clause("first.day <= ", Bound(max(today + timedelta(days=1), shown), "date"))
    begins = Clause("CASE WHEN ", soon, " THEN ", Bound(midnight, "timestamptz"), " ELSE ", _beginning(clock), " END")
    at = Clause("least(first.moment, ", begins, ", ", HORIZON, ")")
    return Clause("(SELECT nullif(", at, ", ", HORIZON, ") FROM ", first, ")")


def _beginning(clock: Clock) -> Clause:
    """When the first day begins: twelve hours from a noon, with the clocks as they are before it or behind it."""
    zone = Bound(clock.zone.key, "text")
    before = Clause("(first.day - 1 + time '12:00') AT TIME ZONE ", zone, " + interval '12 hours'")
    behind = Clause("(first.day + time '12:00') AT TIME ZONE ", zone, " - interval '12 hours'")
    return Clause("least(", before, ", ", behind, ")")
