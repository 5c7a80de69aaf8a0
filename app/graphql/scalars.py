"""Scalars. Those of a filter come in as written: `check` reads them, so that all problems are told at once."""

from datetime import datetime
from decimal import Decimal as PythonDecimal
from typing import Any, NewType

import strawberry
from graphql import FloatValueNode, IntValueNode, StringValueNode, ValueNode
from strawberry.types.scalar import ScalarDefinition

from app.graphql.plain import as_it_is


def _written(node: ValueNode, _variables: object = None) -> str:
    if isinstance(node, IntValueNode | FloatValueNode | StringValueNode):
        return node.value
    raise ValueError("a number or a text is expected here")


def _raw(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("a number or a text is expected here")
    return value


def _shown(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _decimal(value: Any) -> str:
    return format(value, "f") if isinstance(value, PythonDecimal) else str(value)


Decimal = NewType("Decimal", object)
Date = NewType("Date", object)
DateTime = NewType("DateTime", object)
DateOrTime = NewType("DateOrTime", object)
Json = NewType("Json", object)


def moment(value: datetime | None) -> DateTime | None:
    """A moment as an answer has it, or none."""
    return None if value is None else DateTime(value)


SCALARS: dict[object, ScalarDefinition] = {
    Decimal: strawberry.scalar(
        name="Decimal",
        description='A decimal number, exact: `12`, `12.50` or `"12.50"`.',
        serialize=_decimal,
        parse_value=_raw,
        parse_literal=_written,
    ),
    Date: strawberry.scalar(
        name="Date",
        description='A day: `"2026-01-31"`.',
        serialize=_shown,
        parse_value=_raw,
        parse_literal=_written,
    ),
    DateTime: strawberry.scalar(
        name="DateTime",
        description='A moment in ISO 8601: `"2026-01-31T09:30:00+07:00"`. '
        "Without an offset it is wall-clock time in the workspace's time zone.",
        serialize=_shown,
        parse_value=_raw,
        parse_literal=_written,
    ),
    DateOrTime: strawberry.scalar(
        name="DateOrTime",
        description="A day or a moment, by its form.",
        serialize=_shown,
        parse_value=_raw,
        parse_literal=_written,
    ),
    Json: strawberry.scalar(
        name="JSON",
        description="Any JSON value: a text, a number, true or false, null, a list or an object.",
        serialize=as_it_is,
        parse_value=as_it_is,
    ),
}
