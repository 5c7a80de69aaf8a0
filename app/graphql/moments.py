"""Moments as callers give them."""

from datetime import datetime

from app.filters.problems import InvalidValue, Refused
from app.filters.values import read_moment
from app.graphql.context import Context


def read_at(raw: object, context: Context, path: str = "at") -> datetime | None:
    """The moment asked for, None where none is; raises Refused."""
    if raw is None:
        return None
    try:
        return read_moment(raw, context.catalog.zone)
    except InvalidValue as invalid:
        raise Refused.because(invalid.code, invalid.message, path) from None
