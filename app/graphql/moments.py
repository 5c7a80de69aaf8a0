"""Moments as callers give them."""

from datetime import date, datetime

from app.filters.problems import InvalidValue, Refused
from app.filters.values import read_date_or_moment
from app.graphql.context import Context


def read_at(raw: object, context: Context, path: str = "at") -> datetime | None:
    """The moment asked for, of a day its beginning in the workspace's zone; None where none is; raises Refused."""
    if raw is None:
        return None
    read = read_day_or_moment(raw, context, path)
    return read if isinstance(read, datetime) else context.scope().clock.midnight(read)


def read_day_or_moment(raw: object, context: Context, path: str) -> date | datetime:
    """A day or a moment, by its form; raises Refused."""
    try:
        return read_date_or_moment(raw, context.catalog.zone)
    except InvalidValue as invalid:
        raise Refused.because(invalid.code, invalid.message, path) from None
