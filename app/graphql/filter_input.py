"""FilterInput and its parts: how a caller writes a filter. `document_of` gives the JSON form that `check` reads.

In the form SHOWN a checked filter is written as a caller would.
"""

from functools import cache
from typing import Any

import strawberry
from strawberry import UNSET

from app.filters.document import Form
from app.filters.ids import from_global, to_global
from app.graphql.enums import CalendarPeriod, ContactStatus, DurationUnit
from app.graphql.scalars import Date, DateOrTime, Decimal

SHOWN = Form(label=lambda label: label.name, segment=lambda segment: to_global("Segment", segment.id))


@strawberry.input(description="So many hours, days, weeks, months or years.")
class Duration:
    """So much time."""

    amount: int
    unit: DurationUnit


@strawberry.input(description="From one number to another; both ends belong to it.")
class NumberRange:
    """From one number to another."""

    from_: Decimal = strawberry.field(name="from")
    to: Decimal


@strawberry.input(description="From one day to another; both ends belong to it.")
class DateRange:
    """From one day to another."""

    from_: Date = strawberry.field(name="from")
    to: Date


@strawberry.input(
    one_of=True, description="One operator with its value. Which ones a field takes: `Field.operators`."
)
class FieldTest:
    """One operator with its value."""

    matches: str | None = strawberry.field(
        default=UNSET, description="TEXT, CHOICE: the whole value is this, whatever the case and white space."
    )
    matches_any: list[str] | None = strawberry.field(
        default=UNSET, description="TEXT, CHOICE: the whole value is one of these."
    )
    exactly: str | None = strawberry.field(
        default=UNSET, description="TEXT: the value as entered is this, to the letter."
    )
    contains: str | None = strawberry.field(default=UNSET, description="TEXT: this stands somewhere in the value.")
    contains_any: list[str] | None = strawberry.field(
        default=UNSET, description="TEXT: one of these stands somewhere in the value."
    )
    starts_with: str | None = strawberry.field(default=UNSET, description="TEXT: the value begins with this.")
    ends_with: str | None = strawberry.field(default=UNSET, description="TEXT: the value ends with this.")
    equals: Decimal | None = strawberry.field(default=UNSET, description="NUMBER: the value is this number.")
    greater_than: Decimal | None = strawberry.field(default=UNSET, description="NUMBER: the value is greater.")
    at_least: Decimal | None = strawberry.field(default=UNSET, description="NUMBER: the value is this or greater.")
    less_than: Decimal | None = strawberry.field(default=UNSET, description="NUMBER: the value is less.")
    at_most: Decimal | None = strawberry.field(default=UNSET, description="NUMBER: the value is this or less.")
    between: NumberRange | None = strawberry.field(
        default=UNSET, description="NUMBER: the value is in the range, ends included."
    )
    on: Date | None = strawberry.field(default=UNSET, description="DATE, DATETIME: the value falls on this day.")
    before: DateOrTime | None = strawberry.field(
        default=UNSET, description="DATE, DATETIME: the value is before this day or moment."
    )
    after: DateOrTime | None = strawberry.field(
        default=UNSET, description="DATE, DATETIME: the value is after this moment, or after the end of this day."
    )
    during: DateRange | None = strawberry.field(
        default=UNSET, description="DATE, DATETIME: the value falls in these days, ends included."
    )
    more_than_ago: Duration | None = strawberry.field(
        default=UNSET, description="DATE, DATETIME: the value is further back than this."
    )
    within_last: Duration | None = strawberry.field(
        default=UNSET, description="DATE, DATETIME: the value is not in the future and at most this far back."
    )
    within_next: Duration | None = strawberry.field(
        default=UNSET, description="DATE, DATETIME: the value is not in the past and at most this far ahead."
    )
    more_than_from_now: Duration | None = strawberry.field(
        default=UNSET, description="DATE, DATETIME: the value is further ahead than this."
    )
    period: CalendarPeriod | None = strawberry.field(
        default=UNSET, description="DATE, DATETIME: the value falls in this stretch of the calendar."
    )
    anniversary: Duration | None = strawberry.field(
        default=UNSET, description="DATE, DATETIME: the value's day and month come round within this, from today."
    )
    is_true: bool | None = strawberry.field(
        default=UNSET, description="BOOLEAN: the value is true, or with `false`: it is false. No value is neither."
    )
    is_empty: bool | None = strawberry.field(
        default=UNSET, description="Any type: there is no value, or with `false`: there is one."
    )


@strawberry.input(description="What a field's value must be.")
class FieldCondition:
    """What a field's value must be."""

    key: str = strawberry.field(description="The field's key, as in `city`.")
    test: FieldTest


@strawberry.input(one_of=True, description="Which labels a contact must have. Labels are named; case doesn't matter.")
class LabelTest:
    """Which labels a contact must have."""

    contains_any: list[str] | None = strawberry.field(default=UNSET, description="At least one of these.")
    contains_all: list[str] | None = strawberry.field(default=UNSET, description="Every one of these.")
    is_empty: bool | None = strawberry.field(default=UNSET, description="No label at all, or with `false`: some.")


@strawberry.input(one_of=True, description="Which segments a contact must be in.")
class SegmentTest:
    """Which segments a contact must be in."""

    in_any: list[strawberry.ID] | None = strawberry.field(default=UNSET, description="At least one of these.")


@strawberry.input(
    description="A stable pseudo-random slice of the workspace. "
    "Slices of one seed that don't overlap share no contact."
)
class SampleCondition:
    """A stable slice of the workspace."""

    percent: Decimal = strawberry.field(description="How much of the workspace: more than 0, at most 100.")
    seed: str = strawberry.field(description="Which shuffle; any text.")
    offset: Decimal | None = strawberry.field(default=UNSET, description="Where the slice begins, in percent; 0.")


@strawberry.input(
    one_of=True,
    name="FilterInput",
    description="A filter: exactly one of a group (and, or, not) or a condition. Every condition is a set of "
    "contacts, and `not` is everyone else, people without a value included.",
)
class FilterInput:
    """A filter as a caller writes it."""

    and_: list["FilterInput"] | None = strawberry.field(name="and", default=UNSET, description="All of these hold.")
    or_: list["FilterInput"] | None = strawberry.field(
        name="or", default=UNSET, description="At least one of these holds."
    )
    not_: "FilterInput | None" = strawberry.field(name="not", default=UNSET, description="This does not hold.")
    status: list[ContactStatus] | None = strawberry.field(default=UNSET, description="The status is one of these.")
    field: FieldCondition | None = strawberry.field(default=UNSET, description="A field's value passes a test.")
    label: LabelTest | None = strawberry.field(default=UNSET, description="The contact has labels.")
    segment: SegmentTest | None = strawberry.field(default=UNSET, description="The contact is in segments.")
    sample: SampleCondition | None = strawberry.field(default=UNSET, description="The contact is in a sample.")


def document_of(given: Any) -> Any:
    """The JSON form of an input: names as in GraphQL, ids of segments as numbers where they are ids of ours."""
    match given:
        case list():
            return [document_of(value) for value in given]
        case ContactStatus() | CalendarPeriod() | DurationUnit():
            return given.value
        case SegmentTest(in_any=list() as ids):
            return {"inAny": [_segment(id) for id in ids]}
    if not hasattr(given, "__strawberry_definition__"):
        return given
    names = _names(type(given))  # type: ignore[arg-type]
    return {name: document_of(value) for key, name in names if (value := getattr(given, key)) is not UNSET}


def _segment(id: str) -> int | str:
    found = from_global(id)
    return found[1] if found is not None and found[0] == "Segment" else id


@cache
def _names(kind: type) -> tuple[tuple[str, str], ...]:
    converter = strawberry.schema.config.StrawberryConfig().name_converter
    fields = kind.__strawberry_definition__.fields  # type: ignore[attr-defined]
    return tuple((field.python_name, converter.from_field(field)) for field in fields)
