"""The closed sets of words: statuses, types of fields, units, periods, kinds of segments."""

from enum import Enum


class Status(Enum):
    """Whether a contact may be mailed; only ACTIVE is sendable. Set by events, never by hand."""

    ACTIVE = "ACTIVE"
    PENDING = "PENDING"
    UNSUBSCRIBED = "UNSUBSCRIBED"
    HARD_BOUNCE = "HARD_BOUNCE"

    @property
    def words(self) -> str:
        """As people read it: `Hard Bounce`."""
        return self.value.replace("_", " ").title()


OPT_OUTS = (Status.UNSUBSCRIBED, Status.HARD_BOUNCE)


class FieldType(Enum):
    """What values a field takes, and so which operators."""

    TEXT = "TEXT"
    NUMBER = "NUMBER"
    DATE = "DATE"
    DATETIME = "DATETIME"
    BOOLEAN = "BOOLEAN"
    CHOICE = "CHOICE"


class Unit(Enum):
    """A step of time: HOUR is exact, the others are steps in the workspace's calendar."""

    HOUR = "HOUR"
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"
    YEAR = "YEAR"


class Period(Enum):
    """A stretch of the calendar around today; weeks begin on Monday (ISO 8601)."""

    YESTERDAY = "YESTERDAY"
    TODAY = "TODAY"
    TOMORROW = "TOMORROW"
    LAST_WEEK = "LAST_WEEK"
    THIS_WEEK = "THIS_WEEK"
    NEXT_WEEK = "NEXT_WEEK"
    LAST_MONTH = "LAST_MONTH"
    THIS_MONTH = "THIS_MONTH"
    NEXT_MONTH = "NEXT_MONTH"
    LAST_QUARTER = "LAST_QUARTER"
    THIS_QUARTER = "THIS_QUARTER"
    NEXT_QUARTER = "NEXT_QUARTER"
    LAST_YEAR = "LAST_YEAR"
    THIS_YEAR = "THIS_YEAR"
    NEXT_YEAR = "NEXT_YEAR"


class SegmentKind(Enum):
    """DYNAMIC follows its filter; STATIC is a list kept by hand; SNAPSHOT is a filter's answer, frozen."""

    DYNAMIC = "DYNAMIC"
    STATIC = "STATIC"
    SNAPSHOT = "SNAPSHOT"
