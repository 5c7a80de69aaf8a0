"""What a contact has where a condition looks, in words: `City is Bandung`, `Last Purchase was 12 days ago`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, assert_never

from app.filters import checked
from app.filters.catalog import Field, Label
from app.filters.checked import Condition, MoreThanAgo, MoreThanFromNow, Test, WithinLast, WithinNext
from app.filters.clock import Clock
from app.filters.summary import continued
from app.filters.vocabulary import FieldType, Status, Unit

LONGEST_SHOWN = 100
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """A contact: its labels that are not archived, and its values by key, as entered.

    `times` are those of them that are days or moments.
    """

    status: Status
    labels: tuple[Label, ...]
    entered: Mapping[str, Any]
    times: Mapping[str, date | datetime]


def value_of(condition: Condition, seen: Seen) -> Any:
    """What a condition looks at, for JSON: a status, a value as entered, names of labels; None for anything else."""
    match condition:
        case checked.StatusIs():
            return seen.status.value
        case checked.FieldPasses(field, _):
            return seen.entered.get(field.key)
        case checked.HasAnyLabel() | checked.HasAllLabels() | checked.LabelsEmpty():
            return [label.name for label in seen.labels]
        case checked.InAnySegment() | checked.PinnedIn() | checked.PinnedOut() | checked.Sample():
            return None
        case _:
            assert_never(condition)


def told(condition: Condition, seen: Seen, clock: Clock, *, holds: bool) -> str:
    """What is so of the contact where a condition looks that `holds` or not: a sentence without a stop."""
    match condition:
        case checked.StatusIs():
            return f"status is {seen.status.words}"
        case checked.FieldPasses(field, test):
            return _field(field, test, seen, clock)
        case checked.HasAnyLabel(labels):
            return _has([each for each in labels if each in seen.labels]) if holds else _lacks(labels, "any of ")
        case checked.HasAllLabels(labels):
            return _has(labels) if holds else _lacks([each for each in labels if each not in seen.labels])
        case checked.LabelsEmpty():
            return _has(seen.labels) if seen.labels else "has no label"
        case checked.PinnedIn(segment):
            return f'is {"always included in" if holds else "not pinned into"} segment "{segment.name}"'
        case checked.PinnedOut(segment):
            return f'is {"always excluded from" if holds else "not pinned out of"} segment "{segment.name}"'
        case checked.InAnySegment() | checked.Sample():
            words = continued(condition, clock.zone).removeprefix("is ")
            return f"is {words}" if holds else f"is not {words}"
        case _:
            assert_never(condition)


def _field(field: Field, test: Test, seen: Seen, clock: Clock) -> str:
    value = seen.entered.get(field.key)
    if value is None:
        return f"has no value for {field.name}"
    if (time := seen.times.get(field.key)) is not None:
        return f"{field.name} {_time(time, test, clock)}"
    return f"{field.name} is {_shown(value, field)}"


def _shown(value: Any, field: Field) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float() if field.type is FieldType.NUMBER:
            return format(Decimal(str(value)), "f")
    text = str(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _time(value: date | datetime, test: Test, clock: Clock) -> str:
    match test:
        case MoreThanAgo(duration) | WithinLast(duration) | WithinNext(duration) | MoreThanFromNow(duration):
            return f"{_distance(value, duration.unit, clock)} ({_written(value, clock)})"
        case _:
            return f"is {_written(value, clock)}"


def _distance(value: date | datetime, unit: Unit, clock: Clock) -> str:
    """How long ago or ahead: in hours where the test counts them, else in days of the zone."""
    if isinstance(value, datetime):
        if unit is Unit.HOUR:
            return _away(int((clock.at - value).total_seconds() / 3600), "hour") or "is within the hour"
        value = value.astimezone(clock.zone).date()
    return _away((clock.today - value).days, "day") or "is today"


def _away(steps: int, unit: str) -> str:
    amount = f"{abs(steps):,} {unit}" if abs(steps) == 1 else f"{abs(steps):,} {unit}s"
    if not steps:
        return ""
    return f"was {amount} ago" if steps > 0 else f"is in {amount}"


def _written(value: date | datetime, clock: Clock) -> str:
    if isinstance(value, datetime):
        return value.astimezone(clock.zone).replace(tzinfo=None).isoformat(" ", "minutes")
    return value.isoformat()


def _has(labels: Iterable[Label]) -> str:
    names = [label.name for label in labels]
    return f"has the label{'s' if len(names) > 1 else ''} {_named(names)}"


def _lacks(labels: Iterable[Label], which: str = "") -> str:
    names = [label.name for label in labels]
    return f"doesn't have {which if len(names) > 1 else ''}the label{'s' if len(names) > 1 else ''} {_named(names)}"


def _named(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
