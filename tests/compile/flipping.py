"""The moments at which a relative test changes its answer: as the oracle finds them, and as `due` visits them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from json import dumps, loads
from typing import Any
from zoneinfo import ZoneInfo

from app.compile.clause import Clause, write
from app.compile.dues import due, near_values
from app.filters.catalog import Catalog, Field
from app.filters.check import check
from app.filters.clock import Clock
from app.filters.flips import RelativeTests, exact_due, relative_tests
from app.filters.values import iso_utc
from app.filters.vocabulary import FieldType
from app.queries.connections import connection
from tests.oracle.meaning import members, midnight
from tests.oracle.steps import changes, utc
from tests.oracle.world import Moment, Person, World

TYPES = {"birthday": "DATE", "last_visit": "DATETIME", "created_at": "DATETIME"}
FIELDS = {
    "birthday": Field("birthday", "Birthday", FieldType.DATE, id=1),
    "last_visit": Field("last_visit", "Last Visit", FieldType.DATETIME, id=2),
    "created_at": Field("created_at", "Created", FieldType.DATETIME),
}
INSTANT = timedelta(microseconds=1)
DAY = timedelta(days=1)

Document = dict[str, Any]
Values = dict[str, date | datetime]


@dataclass(frozen=True, slots=True)
class Story:
    """A contact's values and the tests asked of them, from `at` on for so many days."""

    zone: ZoneInfo
    tests: tuple[Document, ...]
    values: Values
    at: datetime
    days: int


def relative(key: str, word: str, asked: Any) -> Document:
    """A filter of one test."""
    return {"field": {"key": key, "test": {word: asked}}}


def flips(story: Story) -> list[datetime]:
    """Each first instant of another answer of any of the tests, up to the story's end."""
    found = {flip for test in story.tests for flip in _flips(_holds(story, test), _probes(story, test))}
    return sorted(flip.replace(tzinfo=UTC) for flip in found)


def _holds(story: Story, test: Document) -> Callable[[datetime], bool]:
    system = {key: value for key, value in story.values.items() if FIELDS[key].is_system}
    custom = {key: value.isoformat() for key, value in story.values.items() if not FIELDS[key].is_system}
    world = World(story.zone, TYPES, {}, {}, {}, (Person(1, "ACTIVE", system, custom=custom),))
    return lambda at: bool(members(test, Moment(world, at.replace(tzinfo=UTC))))


def _probes(story: Story, test: Document) -> list[datetime]:
    """Instants about every midnight, every change of the clocks, and the value itself with hours added."""
    start, end = utc(story.at), utc(story.at) + story.days * DAY
    about = [midnight((start + n * DAY).date(), story.zone) for n in range(-1, story.days + 2)]
    for when, before, after in changes(start, story.zone, (story.days + 2) * DAY):
        midnights = [midnight((when + n * DAY).date(), story.zone) for n in (-1, 0, 1)]
        about += [when, when + abs(before - after), *midnights, *(each + (before - after) for each in midnights)]
    value = story.values.get(test["field"]["key"])
    if isinstance(value, datetime):
        about += [utc(value) + sign * timedelta(hours=_hours(test)) for sign in (-1, 0, 1)]
    probes = {probe + n * INSTANT for probe in about for n in (-1, 0, 1)}
    return [start, *sorted(probe for probe in probes if start < probe <= end)]


def _hours(test: Document) -> int:
    [asked] = test["field"]["test"].values()
    return asked["amount"] if isinstance(asked, dict) and asked["unit"] == "HOUR" else 0


def _flips(holds: Callable[[datetime], bool], probes: list[datetime]) -> Iterator[datetime]:
    answers = [(probe, holds(probe)) for probe in probes]
    for (low, before), (high, answer) in pairwise(answers):
        if answer != before:
            yield _bisected(holds, low, high)


def _bisected(holds: Callable[[datetime], bool], low: datetime, high: datetime) -> datetime:
    before = holds(low)
    while high - low > INSTANT:
        middle = low + (high - low) / 2
        low, high = (middle, high) if holds(middle) == before else (low, middle)
    return high


async def visits(story: Story) -> list[datetime]:
    """When the contact is looked at, one due after the other, up to the story's end."""
    catalog = Catalog(0, story.zone, FIELDS, {}, {})
    tests = relative_tests([check(test, catalog) for test in story.tests])
    found: list[datetime] = []
    at = await next_due(story, tests, Clock(story.at, story.zone))
    while at is not None and at <= story.at + story.days * DAY:
        assert not found or at > found[-1]
        found.append(at)
        at = await next_due(story, tests, Clock(at, story.zone))
    return found


async def next_due(story: Story, tests: RelativeTests, clock: Clock) -> datetime | None:
    """What PostgreSQL and, today, Python say."""
    asked = due(tests, clock)
    assert asked is not None
    numbers: list[Any] = []
    text = write(Clause(asked.at, ", ", asked.near, ", ", near_values(tests)), numbers)
    async with connection() as borrowed:
        [[at, near, shown]] = await borrowed.fetch(f"SELECT {text} FROM {_row(story, numbers)}", *numbers)
    moments = {key: datetime.fromisoformat(moment) for key, moment in loads(shown).items()}
    exact = exact_due(tests, moments, clock) if near else None
    return min((each for each in (at, exact) if each is not None), default=None)


def _row(story: Story, numbers: list[Any]) -> str:
    folded = {
        key: iso_utc(value) if isinstance(value, datetime) else value.isoformat()
        for key, value in story.values.items()
        if not FIELDS[key].is_system
    }
    numbers += [dumps(folded), story.values.get("created_at")]
    return f"(SELECT ${len(numbers) - 1}::jsonb AS folded, ${len(numbers)}::timestamptz AS created_at) AS contact"
