"""A condition in as few words as a segment's name has: `VIP`, `in Jakarta`, `Last Purchase > 30 Days`."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum
from typing import Final, NamedTuple, assert_never

from app.filters import checked
from app.filters.advice.naming.topics import is_place
from app.filters.catalog import Field
from app.filters.checked import Condition, Duration
from app.filters.vocabulary import Period, Status

LONGEST_TEXT: Final = 30
MOST_LISTED: Final = 2

_STATUSES: Final = {
    Status.ACTIVE: "Active",
    Status.PENDING: "Pending",
    Status.UNSUBSCRIBED: "Unsubscribed",
    Status.HARD_BOUNCE: "Bounced",
}


class Place(IntEnum):
    """Where a phrase stands in a name: who they are, where, what more is so, and whether they can be mailed.

    MIXED is all of that, which is said together.
    """

    WHO = 0
    WHERE = 1
    WHAT = 2
    STATUS = 3
    MIXED = 4


class Phrase(NamedTuple):
    """Some words, and where in a name they belong."""

    place: Place
    words: str


def phrase_of(condition: Condition) -> Phrase:
    """What a condition asks for."""
    match condition:
        case checked.StatusIs(statuses):
            return Phrase(Place.STATUS, _listed([_STATUSES[status] for status in statuses], "or"))
        case checked.FieldPasses(field, test):
            return _tested(field, test)
        case checked.HasAnyLabel(labels):
            return Phrase(Place.WHO, _listed([label.name for label in labels], "or"))
        case checked.HasAllLabels(labels):
            return Phrase(Place.WHO, _listed([label.name for label in labels], "and"))
        case checked.LabelsEmpty(value, _):
            return Phrase(Place.WHAT, "Without Labels" if value else "Labelled")
        case checked.InAnySegment(segments):
            return Phrase(Place.WHO, _listed([one.segment.name for one in segments], "or"))
        case checked.PinnedIn() | checked.PinnedOut():
            return Phrase(Place.WHAT, "By Hand")
        case checked.Sample(percent, _, _):
            return Phrase(Place.WHAT, f"{percent:f}% Sample")
        case _:
            assert_never(condition)


def _tested(field: Field, test: checked.Test) -> Phrase:
    match test:
        case checked.Matches(values) | checked.Contains(values):
            return _texts(field, _listed([_short(value.entered) for value in values], "or"))
        case checked.Exactly(value):
            return _texts(field, _short(value.entered))
        case checked.StartsWith(value):
            return Phrase(Place.WHAT, f"{field.name} {_short(value.entered)}…")
        case checked.EndsWith(value):
            return Phrase(Place.WHAT, f"{field.name} …{_short(value.entered)}")
        case checked.IsTrue(value):
            return Phrase(Place.WHAT, f"{field.name} {'Yes' if value else 'No'}")
        case checked.IsEmpty(value):
            return Phrase(Place.WHAT, f"{'Without' if value else 'With'} {field.name}")
        case checked.Equals() | checked.MoreThan() | checked.LessThan() | checked.Between():
            return Phrase(Place.WHAT, f"{field.name} {_number_test(test)}")
        case _:
            return Phrase(Place.WHAT, f"{field.name} {_time_test(test)}")


def _texts(field: Field, values: str) -> Phrase:
    return Phrase(Place.WHERE, f"in {values}") if is_place(field) else Phrase(Place.WHAT, f"{field.name} {values}")


def _number_test(test: checked.NumberTest) -> str:
    match test:
        case checked.Equals(value):
            return _number(value)
        case checked.MoreThan(value, or_equal):
            return f"{'≥' if or_equal else '>'} {_number(value)}"
        case checked.LessThan(value, or_equal):
            return f"{'≤' if or_equal else '<'} {_number(value)}"
        case checked.Between(low, high):
            return f"{_number(low)}-{_number(high)}" if low >= 0 else f"{_number(low)} to {_number(high)}"
        case _:
            assert_never(test)


def _time_test(test: checked.TimeTest) -> str:
    match test:
        case checked.On(day):
            return f"on {day}"
        case checked.Before(limit):
            return f"before {_day(limit)}"
        case checked.After(limit):
            return f"after {_day(limit)}"
        case checked.During(first, last):
            return f"{first} to {last}"
        case checked.MoreThanAgo(duration):
            return f"> {_length(duration)}"
        case checked.WithinLast(duration):
            return f"in Last {_length(duration)}"
        case checked.WithinNext(duration) | checked.Anniversary(duration):
            return f"in Next {_length(duration)}"
        case checked.MoreThanFromNow(duration):
            return f"> {_length(duration)} Ahead"
        case checked.InPeriod(period):
            return _period(period)
        case _:
            assert_never(test)


def _period(period: Period) -> str:
    words = period.value.replace("_", " ").title()
    return f"in {words}" if " " in words else words


def _listed(words: Sequence[str], last: str) -> str:
    """All of them, or the first where they are many."""
    if len(words) <= MOST_LISTED:
        return f" {last} ".join(words)
    return f"{', '.join(words[:MOST_LISTED])}, …"


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST_TEXT else f"{words[: LONGEST_TEXT - 1].rstrip()}…"


def _number(number: Decimal) -> str:
    return format(number, ",f")


def _length(duration: Duration) -> str:
    unit = duration.unit.value.title()
    return f"{duration.amount} {unit}" if duration.amount == 1 else f"{duration.amount:,} {unit}s"


def _day(limit: date | datetime) -> str:
    return limit.isoformat(" ", "minutes") if isinstance(limit, datetime) else limit.isoformat()
