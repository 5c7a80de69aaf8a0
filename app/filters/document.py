"""A checked filter as JSON: stored (with ids, so that a rename breaks nothing) or shown (with today's names)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, assert_never

from app.filters import checked
from app.filters.catalog import Label, Segment
from app.filters.checked import Condition, Duration, Filter, Test
from app.filters.tree import And, Not, Or


@dataclass(frozen=True, slots=True)
class Form:
    """How a document names labels and segments."""

    label: Callable[[Label], object]
    segment: Callable[[Segment], object]


STORED = Form(label=lambda label: label.id, segment=lambda segment: segment.id)


def write(tree: Filter, form: Form = STORED) -> dict[str, Any]:
    """FilterInput's JSON form of a checked filter; `check` reads it back to the same.

    Raises TypeError where it is with pins, which no filter can ask for.
    """
    match tree:
        case And(parts):
            return {"and": [write(part, form) for part in parts]}
        case Or(parts):
            return {"or": [write(part, form) for part in parts]}
        case Not(part):
            return {"not": write(part, form)}
        case _:
            return _condition(tree, form)


def _condition(condition: Condition, form: Form) -> dict[str, Any]:
    match condition:
        case checked.StatusIs(statuses):
            return {"status": [status.value for status in statuses]}
        case checked.FieldPasses(field, test):
            name, value = write_test(test)
            return {"field": {"key": field.key, "test": {name: value}}}
        case checked.HasAnyLabel(labels):
            return {"label": {"containsAny": [form.label(label) for label in labels]}}
        case checked.HasAllLabels(labels):
            return {"label": {"containsAll": [form.label(label) for label in labels]}}
        case checked.LabelsEmpty(value, _):
            return {"label": {"isEmpty": value}}
        case checked.InAnySegment(segments):
            return {"segment": {"inAny": [form.segment(inlined.segment) for inlined in segments]}}
        case checked.PinnedIn() | checked.PinnedOut():
            raise TypeError("no filter asks who is pinned")
        case checked.Sample(percent, seed, offset):
            sample = {"percent": _number(percent), "seed": seed}
            return {"sample": sample | ({"offset": _number(offset)} if offset else {})}
        case _:
            assert_never(condition)


def write_test(test: Test) -> tuple[str, Any]:
    """The operator's name and its value as JSON."""
    match test:
        case checked.Matches(values):
            return _one_or_any("matches", values)
        case checked.Contains(values):
            return _one_or_any("contains", values)
        case checked.Exactly(value):
            return "exactly", value.entered
        case checked.StartsWith(value):
            return "startsWith", value.entered
        case checked.EndsWith(value):
            return "endsWith", value.entered
        case checked.Equals(number):
            return "equals", _number(number)
        case checked.MoreThan(number, or_equal):
            return "atLeast" if or_equal else "greaterThan", _number(number)
        case checked.LessThan(number, or_equal):
            return "atMost" if or_equal else "lessThan", _number(number)
        case checked.Between(low, high):
            return "between", {"from": _number(low), "to": _number(high)}
        case checked.IsTrue(truth):
            return "isTrue", truth
        case checked.IsEmpty(truth):
            return "isEmpty", truth
        case _:
            return _write_time_test(test)


def _write_time_test(test: checked.TimeTest) -> tuple[str, Any]:
    match test:
        case checked.On(day):
            return "on", day.isoformat()
        case checked.Before(limit):
            return "before", _date_or_moment(limit)
        case checked.After(limit):
            return "after", _date_or_moment(limit)
        case checked.During(first, last):
            return "during", {"from": first.isoformat(), "to": last.isoformat()}
        case checked.MoreThanAgo(duration):
            return "moreThanAgo", _duration(duration)
        case checked.WithinLast(duration):
            return "withinLast", _duration(duration)
        case checked.WithinNext(duration):
            return "withinNext", _duration(duration)
        case checked.MoreThanFromNow(duration):
            return "moreThanFromNow", _duration(duration)
        case checked.InPeriod(period):
            return "period", period.value
        case checked.Anniversary(duration):
            return "anniversary", _duration(duration)
        case _:
            assert_never(test)


def _one_or_any(name: str, values: tuple[checked.Text, ...]) -> tuple[str, Any]:
    if len(values) == 1:
        return name, values[0].entered
    return f"{name}Any", [value.entered for value in values]


def _number(number: Decimal) -> str:
    return format(number, "f")


def _duration(duration: Duration) -> dict[str, Any]:
    return {"amount": duration.amount, "unit": duration.unit.value}


def _date_or_moment(limit: date | datetime) -> str:
    return limit.astimezone(UTC).isoformat() if isinstance(limit, datetime) else limit.isoformat()
