"""The operators: which types of field each one takes, and how its value becomes a checked test."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.filters import checked
from app.filters.addresses import fold_address
from app.filters.catalog import Field
from app.filters.checked import Duration, Test, Text
from app.filters.folding import fold
from app.filters.problems import Code, InvalidValue
from app.filters.values import (
    read_date,
    read_date_or_moment,
    read_moment,
    read_number,
    read_option,
    read_text,
)
from app.filters.vocabulary import FieldType, Period, Unit

LONGEST_TEXT = 1_000
MOST_VALUES = 1_000
LONGEST_STEP = 100_000

TEXT, NUMBER, DATE, DATETIME, BOOLEAN, CHOICE = FieldType

Reader = Callable[[Any, Field, ZoneInfo], Test]


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator of FieldTest: its name, the types it takes, and the reader of its value (raises InvalidValue)."""

    name: str
    types: tuple[FieldType, ...]
    read: Reader


def read_list(raw: object, read: Callable[[object], Any]) -> tuple[Any, ...]:
    """Each value of a list that is neither empty nor too long, without repetition; raises InvalidValue."""
    return tuple(dict.fromkeys(read(value) for value in proper_list(raw)))


def proper_list(raw: object) -> list[object]:
    """A list that is neither empty nor too long; raises InvalidValue."""
    if not isinstance(raw, list) or not raw:
        raise InvalidValue(Code.EMPTY_LIST, "this list is empty; give at least one value")
    if len(raw) > MOST_VALUES:
        raise InvalidValue(Code.TOO_MANY_VALUES, f"a list has at most {MOST_VALUES:,} values")
    return raw


def read_flag(raw: object) -> bool:
    """True or false, nothing else; raises InvalidValue."""
    if not isinstance(raw, bool):
        raise InvalidValue(Code.INVALID_BOOLEAN, "true or false is expected here")
    return raw


def read_duration(raw: object, field: Field) -> Duration:
    """An amount of a unit; raises InvalidValue."""
    amount, unit = (raw.get("amount"), raw.get("unit")) if isinstance(raw, dict) else (None, None)
    if isinstance(amount, bool) or not isinstance(amount, int) or not 0 <= amount <= LONGEST_STEP:
        raise InvalidValue(Code.INVALID_DURATION, f"the amount is a whole number from 0 to {LONGEST_STEP:,}")
    if not isinstance(unit, str) or unit not in Unit.__members__:
        raise InvalidValue(Code.INVALID_DURATION, f"the unit is one of {', '.join(Unit.__members__)}")
    if unit == "HOUR" and field.type is DATE:
        raise InvalidValue(Code.INVALID_DURATION, f"{field.name} holds days without a time; count in DAY or longer")
    return Duration(amount, Unit(unit))


def _search_text(raw: object, field: Field) -> Text:
    entered = read_text(raw, LONGEST_TEXT)
    folded = fold_address(entered) if field.is_system and field.key == "email" else fold(entered)
    if not folded:
        raise InvalidValue(
            Code.EMPTY_TEXT, "there is no text to look for; to find contacts without a value use isEmpty"
        )
    return Text(entered, folded)


def _option(raw: object, field: Field) -> Text:
    option = read_option(raw, field)
    return Text(option, fold(option))


def _matches(raw: object, field: Field, _zone: ZoneInfo) -> Test:
    return checked.Matches((_option(raw, field) if field.type is CHOICE else _search_text(raw, field),))


def _sought(make: Callable[[Text], Test]) -> Reader:
    return lambda raw, field, _zone: make(_search_text(raw, field))


def _contains_any(raw: object, field: Field, _zone: ZoneInfo) -> Test:
    return checked.Contains(read_list(raw, lambda value: _search_text(value, field)))


def _matches_any(raw: object, field: Field, _zone: ZoneInfo) -> Test:
    def read(value: object) -> Text:
        return _option(value, field) if field.type is CHOICE else _search_text(value, field)

    return checked.Matches(read_list(raw, read))


def _between(raw: object, _field: Field, _zone: ZoneInfo) -> Test:
    low, high = _ends(raw)
    between = checked.Between(read_number(low), read_number(high))
    if between.low > between.high:
        raise InvalidValue(Code.INVALID_RANGE, "the range ends before it begins; swap from and to")
    return between


def _during(raw: object, _field: Field, _zone: ZoneInfo) -> Test:
    first, last = _ends(raw)
    during = checked.During(read_date(first), read_date(last))
    if during.first > during.last:
        raise InvalidValue(Code.INVALID_RANGE, "the range ends before it begins; swap from and to")
    return during


def _ends(raw: object) -> tuple[object, object]:
    if not isinstance(raw, dict):
        raise InvalidValue(Code.INVALID_RANGE, "a range has from and to")
    return raw.get("from"), raw.get("to")


def _limit(make: Callable[[Any], Test]) -> Reader:
    def read(raw: object, field: Field, zone: ZoneInfo) -> Test:
        limit = read_date_or_moment(raw, zone)
        if field.type is DATE and isinstance(limit, datetime):
            raise InvalidValue(
                Code.INVALID_DATE, f"{field.name} holds days without a time; give a day such as 2026-01-31"
            )
        return make(read_moment(raw, zone) if isinstance(limit, datetime) else limit)

    return read


def _relative(make: Callable[[Duration], Test]) -> Reader:
    return lambda raw, field, _zone: make(read_duration(raw, field))


def _anniversary(raw: object, field: Field, _zone: ZoneInfo) -> Test:
    duration = read_duration(raw, field)
    if duration.unit is Unit.HOUR:
        raise InvalidValue(Code.INVALID_DURATION, "an anniversary comes round on a day; count in DAY or longer")
    return checked.Anniversary(duration)


def _period(raw: object, _field: Field, _zone: ZoneInfo) -> Test:
    if not isinstance(raw, str) or raw not in Period.__members__:
        raise InvalidValue(Code.INVALID_DATE, f"the period is one of {', '.join(Period.__members__)}")
    return checked.InPeriod(Period(raw))


_TIME = (DATE, DATETIME)

OPERATORS = {
    operator.name: operator
    for operator in (
        Operator("matches", (TEXT, CHOICE), _matches),
        Operator("matchesAny", (TEXT, CHOICE), _matches_any),
        Operator("exactly", (TEXT,), _sought(checked.Exactly)),
        Operator("contains", (TEXT,), _sought(lambda text: checked.Contains((text,)))),
        Operator("containsAny", (TEXT,), _contains_any),
        Operator("startsWith", (TEXT,), _sought(checked.StartsWith)),
        Operator("endsWith", (TEXT,), _sought(checked.EndsWith)),
        Operator("equals", (NUMBER,), lambda raw, *_: checked.Equals(read_number(raw))),
        Operator("greaterThan", (NUMBER,), lambda raw, *_: checked.MoreThan(read_number(raw), or_equal=False)),
        Operator("atLeast", (NUMBER,), lambda raw, *_: checked.MoreThan(read_number(raw), or_equal=True)),
        Operator("lessThan", (NUMBER,), lambda raw, *_: checked.LessThan(read_number(raw), or_equal=False)),
        Operator("atMost", (NUMBER,), lambda raw, *_: checked.LessThan(read_number(raw), or_equal=True)),
        Operator("between", (NUMBER,), _between),
        Operator("on", _TIME, lambda raw, *_: checked.On(read_date(raw))),
        Operator("before", _TIME, _limit(checked.Before)),
        Operator("after", _TIME, _limit(checked.After)),
        Operator("during", _TIME, _during),
        Operator("moreThanAgo", _TIME, _relative(checked.MoreThanAgo)),
        Operator("withinLast", _TIME, _relative(checked.WithinLast)),
        Operator("withinNext", _TIME, _relative(checked.WithinNext)),
        Operator("moreThanFromNow", _TIME, _relative(checked.MoreThanFromNow)),
        Operator("period", _TIME, _period),
        Operator("anniversary", _TIME, _anniversary),
        Operator("isTrue", (BOOLEAN,), lambda raw, *_: checked.IsTrue(read_flag(raw))),
        Operator("isEmpty", tuple(FieldType), lambda raw, *_: checked.IsEmpty(read_flag(raw))),
    )
}


def operators_of(type: FieldType) -> tuple[str, ...]:
    """The names of the operators that a type of field takes, in the language's order."""
    return tuple(name for name, operator in OPERATORS.items() if type in operator.types)
