"""The conditions of a checked filter: ids and typed values, certain to compile."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app.filters.catalog import Field, Label, Segment
from app.filters.tree import Tree
from app.filters.vocabulary import Period, Status, Unit


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the filter, as entered and as compared."""

    entered: str
    folded: str


@dataclass(frozen=True, slots=True)
class Duration:
    """So many hours, days, weeks, months or years; never negative."""

    amount: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Matches:
    """The whole value is one of these."""

    values: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Exactly:
    """The value as entered is this, to the letter."""

    value: Text


@dataclass(frozen=True, slots=True)
class Contains:
    """One of these stands somewhere in the value."""

    values: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class StartsWith:
    """The value begins with this."""

    value: Text


@dataclass(frozen=True, slots=True)
class EndsWith:
    """The value ends with this."""

    value: Text


@dataclass(frozen=True, slots=True)
class Equals:
    """The number is this."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class MoreThan:
    """The number is greater than this (`or_equal`: or this itself)."""

    value: Decimal
    or_equal: bool


@dataclass(frozen=True, slots=True)
class LessThan:
    """The number is less than this (`or_equal`: or this itself)."""

    value: Decimal
    or_equal: bool


@dataclass(frozen=True, slots=True)
class Between:
    """The number is between these, both included."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class On:
    """The value falls on this day."""

    day: date


@dataclass(frozen=True, slots=True)
class Before:
    """The value is before this day or moment."""

    limit: date | datetime


@dataclass(frozen=True, slots=True)
class After:
    """The value is after this moment, or after the end of this day."""

    limit: date | datetime


@dataclass(frozen=True, slots=True)
class During:
    """The value falls between these days, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class MoreThanAgo:
    """The value is further back than this."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class WithinLast:
    """The value is not in the future and at most this far back."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class WithinNext:
    """The value is not in the past and at most this far ahead."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class MoreThanFromNow:
    """The value is further ahead than this."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class InPeriod:
    """The value falls in this stretch of the calendar."""

    period: Period


@dataclass(frozen=True, slots=True)
class Anniversary:
    """The value's day and month come round from today on within this."""

    duration: Duration


@dataclass(frozen=True, slots=True)
class IsTrue:
    """The value is this; no value is neither."""

    value: bool


@dataclass(frozen=True, slots=True)
class IsEmpty:
    """There is no value (True), or there is one (False)."""

    value: bool


TextTest = Matches | Exactly | Contains | StartsWith | EndsWith
NumberTest = Equals | MoreThan | LessThan | Between
SpanTest = On | Before | After | During | MoreThanAgo | WithinLast | WithinNext | MoreThanFromNow | InPeriod
TimeTest = SpanTest | Anniversary
Test = TextTest | NumberTest | TimeTest | IsTrue | IsEmpty


@dataclass(frozen=True, slots=True)
class StatusIs:
    """The contact's status is one of these."""

    statuses: tuple[Status, ...]


@dataclass(frozen=True, slots=True)
class FieldPasses:
    """The contact's value of the field passes the test."""

    field: Field
    test: Test


@dataclass(frozen=True, slots=True)
class HasAnyLabel:
    """The contact has at least one of the labels."""

    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class HasAllLabels:
    """The contact has every one of the labels."""

    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class LabelsEmpty:
    """The contact has none of the workspace's labels (True), or has some (False); archived ones don't count."""

    value: bool
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Inlined:
    """A segment referred to, with its filter and its pins; None where it is a fixed list."""

    segment: Segment
    filter: "Filter | None"


@dataclass(frozen=True, slots=True)
class InAnySegment:
    """The contact is in at least one of the segments."""

    segments: tuple[Inlined, ...]


@dataclass(frozen=True, slots=True)
class PinnedIn:
    """The contact is always in the segment, by hand. No filter can ask it: `pins.with_pins` does."""

    segment: Segment


@dataclass(frozen=True, slots=True)
class PinnedOut:
    """The contact is never in the segment, by hand. No filter can ask it: `pins.with_pins` does."""

    segment: Segment


@dataclass(frozen=True, slots=True)
class Sample:
    """A stable slice of the workspace: `percent` of it, from `offset` percent on, in the order of a seeded hash."""

    percent: Decimal
    seed: str
    offset: Decimal


Pinned = PinnedIn | PinnedOut
Condition = StatusIs | FieldPasses | HasAnyLabel | HasAllLabels | LabelsEmpty | InAnySegment | Pinned | Sample
Filter = Tree[Condition]

SENDABLE = StatusIs((Status.ACTIVE,))
"""Asks who may be mailed."""
