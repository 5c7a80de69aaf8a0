"""The closed sets of words, as GraphQL enums."""

from enum import Enum

import strawberry

from app.filters.vocabulary import FieldType, Period, SegmentKind, Status, Unit

strawberry.enum(
    Status,
    name="ContactStatus",
    description="Whether a contact may be mailed: only ACTIVE. It is set by events, never by hand.",
)
strawberry.enum(FieldType, name="FieldType", description="What values a field takes.")
strawberry.enum(
    Unit, name="DurationUnit", description="HOUR is exact, the others are calendar steps in the workspace's zone."
)
strawberry.enum(
    Period, name="CalendarPeriod", description="A stretch of the calendar around today. Weeks begin on Monday."
)
strawberry.enum(
    SegmentKind,
    name="SegmentKind",
    description="DYNAMIC follows its filter, STATIC is a list kept by hand, SNAPSHOT a filter's answer, frozen.",
)

ContactStatus = Status
CalendarPeriod = Period
DurationUnit = Unit


@strawberry.enum(description="Which way an order runs. Contacts without a value come last in both.")
class OrderDirection(Enum):
    """Ascending or descending."""

    ASC = "ASC"
    DESC = "DESC"


__all__ = ["CalendarPeriod", "ContactStatus", "DurationUnit", "FieldType", "OrderDirection", "SegmentKind"]
