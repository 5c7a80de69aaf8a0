"""A checked filter in plain words: `City contains "Jakarta" and has any of the labels VIP, Frequent Buyers`."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import assert_never
from zoneinfo import ZoneInfo

from app.filters import checked
from app.filters.checked import Condition, Duration, Filter, Pinned, Test
from app.filters.pins import parted
from app.filters.tree import And, Not, Or, leaves

MOST_LISTED = 5

_PERIODS = {"YESTERDAY": "yesterday", "TODAY": "today", "TOMORROW": "tomorrow"}


def summarize(tree: Filter, zone: ZoneInfo) -> str:
    """The sentence for a filter; moments are told in `zone`. A negation says that it takes in missing values."""
    text = continued(tree, zone)
    first = next(leaves(parted(tree)[0]), None)
    begins_with_name = isinstance(first, checked.FieldPasses) and text.startswith(first.field.name)
    return text if begins_with_name else text[:1].upper() + text[1:]


def continued(tree: Filter, zone: ZoneInfo) -> str:
    """The same in the middle of a sentence, where only names have capitals."""
    own, pins = parted(tree)
    return _words(own, zone) + _by_hand(pins)


def _by_hand(pins: tuple[Pinned, ...]) -> str:
    match pins:
        case ():
            return ""
        case (checked.PinnedIn(),):
            return "; some contacts are always included by hand"
        case (checked.PinnedOut(),):
            return "; some contacts are always excluded by hand"
        case _:
            return "; some contacts are always included, others always excluded by hand"


def _words(tree: Filter, zone: ZoneInfo) -> str:
    match tree:
        case And(parts):
            return " and ".join(_part(part, zone) for part in parts) or "everyone"
        case Or(parts):
            return " or ".join(_part(part, zone) for part in parts) or "no one"
        case Not(part):
            return _negated(part, zone)
        case _:
            return _condition(tree, zone)


def _part(tree: Filter, zone: ZoneInfo) -> str:
    words = _words(tree, zone)
    return f"({words})" if isinstance(tree, And | Or) and len(tree.parts) > 1 else words


def _fields_within(tree: Filter) -> list[str]:
    tested = (leaf for leaf in leaves(tree) if isinstance(leaf, checked.FieldPasses))
    return list(dict.fromkeys(leaf.field.name for leaf in tested if not isinstance(leaf.test, checked.IsEmpty)))


def _negated(tree: Filter, zone: ZoneInfo) -> str:
    words = f"not ({_words(tree, zone)})"
    fields = _fields_within(tree)
    if not fields:
        return words
    included = "may be included" if isinstance(tree, And | Or | Not) else "included"
    return f"{words} [contacts without {_list(fields, 'or')} {included}]"


def _condition(condition: Condition, zone: ZoneInfo) -> str:
    match condition:
        case checked.StatusIs(statuses):
            return "is " + _list((status.words for status in statuses), "or")
        case checked.FieldPasses(field, test):
            return f"{field.name} {_test(test, zone)}"
        case checked.HasAnyLabel((label,)) | checked.HasAllLabels((label,)):
            return f"has the label {label.name}"
        case checked.HasAnyLabel(labels):
            return f"has any of the labels {_list(label.name for label in labels)}"
        case checked.HasAllLabels(labels):
            return f"has all of the labels {_list(label.name for label in labels)}"
        case checked.LabelsEmpty(value, _):
            return "has no label" if value else "has a label"
        case checked.InAnySegment(segments):
            return "is in " + _list((f'segment "{inlined.segment.name}"' for inlined in segments), "or")
        case checked.PinnedIn(segment):
            return f'is always included in segment "{segment.name}"'
        case checked.PinnedOut(segment):
            return f'is always excluded from segment "{segment.name}"'
        case checked.Sample(percent, seed, offset):
            start = f" from {_number(offset)}% on" if offset else ""
            return f'is in the {_number(percent)}% sample "{seed}"{start}'
        case _:
            assert_never(condition)


def _test(test: Test, zone: ZoneInfo) -> str:
    match test:
        case checked.Matches(values):
            return f"is {_list((_quoted(value) for value in values), 'or')}"
        case checked.Exactly(value):
            return f"is exactly {_quoted(value)}"
        case checked.Contains(values):
            return f"contains {_list((_quoted(value) for value in values), 'or')}"
        case checked.StartsWith(value):
            return f"starts with {_quoted(value)}"
        case checked.EndsWith(value):
            return f"ends with {_quoted(value)}"
        case checked.Equals(number):
            return f"is {_number(number)}"
        case checked.MoreThan(number, or_equal):
            return f"is {'at least' if or_equal else 'more than'} {_number(number)}"
        case checked.LessThan(number, or_equal):
            return f"is {'at most' if or_equal else 'less than'} {_number(number)}"
        case checked.Between(low, high):
            return f"is between {_number(low)} and {_number(high)}"
        case checked.IsTrue(truth):
            return "is true" if truth else "is false"
        case checked.IsEmpty(truth):
            return "is empty" if truth else "has a value"
        case _:
            return _time_test(test, zone)


def _time_test(test: checked.TimeTest, zone: ZoneInfo) -> str:
    match test:
        case checked.On(day):
            return f"is on {day}"
        case checked.Before(limit):
            return f"is before {_moment(limit, zone)}"
        case checked.After(limit):
            return f"is after {_moment(limit, zone)}"
        case checked.During(first, last):
            return f"is from {first} to {last}"
        case checked.MoreThanAgo(duration):
            return f"is more than {_duration(duration)} ago"
        case checked.WithinLast(duration):
            return f"is within the last {_duration(duration)}"
        case checked.WithinNext(duration):
            return f"is within the next {_duration(duration)}"
        case checked.MoreThanFromNow(duration):
            return f"is more than {_duration(duration)} from now"
        case checked.InPeriod(period):
            return f"is {_PERIODS.get(period.value) or 'in ' + period.value.replace('_', ' ').lower()}"
        case checked.Anniversary(duration):
            return f"comes round within the next {_duration(duration)}"
        case _:
            assert_never(test)


def _list(words: Iterable[str], last: str = "") -> str:
    shown = list(words)
    if len(shown) > MOST_LISTED:
        return f"{', '.join(shown[:MOST_LISTED])} {last or 'and'} {len(shown) - MOST_LISTED} more"
    if last and len(shown) > 1:
        return f"{', '.join(shown[:-1])} {last} {shown[-1]}"
    return ", ".join(shown)


def _quoted(text: checked.Text) -> str:
    return f'"{text.entered}"'


def _number(number: Decimal) -> str:
    return format(number, "f")


def _duration(duration: Duration) -> str:
    unit = duration.unit.value.lower()
    return f"{duration.amount} {unit}" if duration.amount == 1 else f"{duration.amount} {unit}s"


def _moment(limit: date | datetime, zone: ZoneInfo) -> str:
    if isinstance(limit, datetime):
        return limit.astimezone(zone).replace(tzinfo=None).isoformat(" ", "minutes")
    return limit.isoformat()
