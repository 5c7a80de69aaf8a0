"""Keyset pages: rows after (or before) a position in an order, which inserts elsewhere don't shift."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from asyncpg import Record

from app.compile.clause import Bound, Clause, both, either, write
from app.queries.connections import connection
from app.queries.statements import Query, render

NEAREST = 8_000  # enough for a page of 50 where one contact in a hundred matches


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


async def fetch_page(query: Query, order: Order, window: Window, conditions: Sequence[Clause] = ()) -> Page:
    """The window's rows of a query, those of them for which all conditions hold."""
    if order.value is not None:
        query = query.select(Clause(order.value, "::text AS sort_value"))
    for position, later in ((window.after, True), (window.before, False)):
        if position is not None:
            query = query.where(_beyond(order, position, later=later))
    rows: list[Any] = []
    async with connection() as borrowed:
        for text, values in _attempts(query, order, window, conditions):
            rows = await borrowed.fetch(text, *values)
            if len(rows) > window.size:
                break
    more = len(rows) > window.size
    rows = rows[: window.size]
    if window.backward:
        return Page(rows[::-1], has_next=window.before is not None, has_previous=more)
    return Page(rows, has_next=more, has_previous=window.after is not None)


def _attempts(
    query: Query, order: Order, window: Window, conditions: Sequence[Clause]
) -> Iterator[tuple[str, list[Any]]]:
    """The statements to try until one fills the page.

    PostgreSQL can't tell how many contacts a condition on a custom field holds for. So in the order of arrival the
    nearest rows are walked first, which is soon done and fills most pages. Where it doesn't, matches are rare, and
    finding them all and sorting them is better than walking on: the `+ 0` keeps PostgreSQL from that.
    """
    limit = f" LIMIT {window.size + 1}"
    walked = order.value is None and bool(conditions)
    if walked:
        along = _order_by(order, [], window.backward)
        text, values = render(query.first(NEAREST, along).where(both(conditions)))
        yield f"{text} ORDER BY {along}{limit}", values
    text, values = render(query.where(both(conditions)) if conditions else query)
    if walked:
        order = replace(order, id=f"({order.id} + 0)")
    yield f"{text} ORDER BY {_order_by(order, values, window.backward)}{limit}", values


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
