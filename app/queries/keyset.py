"""Keyset pages: rows after (or before) a position in an order, which inserts elsewhere don't shift."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from asyncpg import Record

from app.compile.clause import Bound, Clause, both, either, write
from app.queries.connections import connection
from app.queries.statements import Query, render


@dataclass(frozen=True, slots=True)
class Order:
    """By a value (SQL of our own, of a PostgreSQL type) and then by id; without a value, by id alone.

    Rows without a value come last in either direction.
    """

    id: str
    value: Clause | None = None
    type: str = "bigint"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Position:
    """A row's place in an order: its id, and its value as text (None where it has none)."""

    id: int
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """The first `size` rows after a position, or the last `size` before one."""

    size: int
    backward: bool = False
    after: Position | None = None
    before: Position | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in the order asked for, and whether there are more on either side; `sort_value` is a row's value."""

    rows: Sequence[Record]
    has_next: bool
    has_previous: bool


async def fetch_page(query: Query, order: Order, window: Window) -> Page:
    """The window's rows of a query."""
    if order.value is not None:
        query = query.select(Clause(order.value, "::text AS sort_value"))
    for position, later in ((window.after, True), (window.before, False)):
        if position is not None:
            query = query.where(_beyond(order, position, later=later))
    statement, values = render(query)
    text = f"{statement} ORDER BY {_order_by(order, values, window.backward)} LIMIT {window.size + 1}"
    async with connection() as borrowed:
        rows: list[Any] = await borrowed.fetch(text, *values)
    more = len(rows) > window.size
    rows = rows[: window.size]
    if window.backward:
        return Page(rows[::-1], has_next=window.before is not None, has_previous=more)
    return Page(rows, has_next=more, has_previous=window.after is not None)


def _order_by(order: Order, values: list[Any], backward: bool) -> str:
    direction = "DESC" if order.descending != backward else "ASC"
    if order.value is None:
        return f"{order.id} {direction}"
    value = write(order.value, values)
    return f"({value} IS NULL) {'DESC' if backward else 'ASC'}, {value} {direction}, {order.id} {direction}"


def _beyond(order: Order, position: Position, *, later: bool) -> Clause:
    """The rows on the later (or earlier) side of a position."""
    sign = ">" if later != order.descending else "<"
    id_beyond = Clause(f"{order.id} {sign} ", Bound(position.id, "bigint"))
    if order.value is None:
        return id_beyond
    missing = Clause("(", order.value, " IS NULL)")
    if position.value is None:
        same_side = both((missing, id_beyond))
        return same_side if later else either((Clause("(NOT ", missing, ")"), same_side))
    value = Clause(Bound(position.value, "text"), f"::{order.type}")
    value_beyond = Clause("(", order.value, f" {sign} ", value, ")")
    tied = both((Clause(order.value, " = ", value), id_beyond))
    present = Clause("(", either((value_beyond, tied)), " IS TRUE)")
    return either((present, missing)) if later else present
