"""Connections: `first`/`after`, `last`/`before`, and cursors that name a place in an order."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
import strawberry

from app.filters.ids import to_global
from app.filters.problems import Code, InvalidValue, Problem, Refused
from app.filters.values import read_number, read_text
from app.queries.keyset import Order, Page, Position, Window

USUAL_SIZE = 50
LARGEST_SIZE = 200
LONGEST_CURSOR = 500_000


@strawberry.type(description="Where a page stands in the whole list.")
class PageInfo:
    """Where a page stands in the whole list."""

    has_next_page: bool = strawberry.field(description="Whether there is more after this page.")
    has_previous_page: bool = strawberry.field(description="Whether there is more before this page.")
    start_cursor: str | None = strawberry.field(description="The cursor of the page's first edge.")
    end_cursor: str | None = strawberry.field(description="The cursor of the page's last edge.")


def read_window(
    first: int | None, after: str | None, last: int | None, before: str | None, order: Order, tag: str
) -> Window:
    """The window that the arguments ask for; raises Refused with every problem. `tag` names the order."""
    problems: list[Problem] = []
    if first is not None and last is not None:
        problems.append(Problem(Code.ONE_OF, "give first or last, not both", "last"))
    for name, size in (("first", first), ("last", last)):
        if size is not None and not 1 <= size <= LARGEST_SIZE:
            problems.append(Problem(Code.INVALID_RANGE, f"a page holds 1 to {LARGEST_SIZE}", name))
    positions: list[Position | None] = []
    for name, cursor in (("after", after), ("before", before)):
        position = None if cursor is None else _read_cursor(cursor, order, tag)
        if cursor is not None and position is None:
            problems.append(Problem(Code.INVALID_ID, "this cursor is not one of this list in this order", name))
        positions.append(position)
    if problems:
        raise Refused(problems)
    return Window(first or last or USUAL_SIZE, last is not None, *positions)


def read_size(first: int) -> int:
    """How many a list without pages is to have; raises Refused."""
    if not 1 <= first <= LARGEST_SIZE:
        raise Refused.because(Code.INVALID_RANGE, f"ask for 1 to {LARGEST_SIZE}", "first")
    return first


def cursor_maker(order: Order, tag: str) -> Callable[[Any], str]:
    """Gives the cursor of a row."""
    if order.value is None:
        return lambda row: to_global(tag, row["id"])
    return lambda row: urlsafe_b64encode(orjson.dumps([tag, row["id"], row["sort_value"]])).decode()


def page_info(page: Page, order: Order, tag: str) -> PageInfo:
    """The page's place, with the cursors of its ends."""
    cursor = cursor_maker(order, tag)
    return PageInfo(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=cursor(page.rows[0]) if page.rows else None,
        end_cursor=cursor(page.rows[-1]) if page.rows else None,
    )


def _read_cursor(cursor: str, order: Order, tag: str) -> Position | None:
    if len(cursor) > LONGEST_CURSOR:
        return None
    try:
        text = urlsafe_b64decode(cursor.encode())
        if order.value is None:
            named, _, digits = text.decode().partition(":")
            return Position(_id(int(digits))) if named == tag and digits.isdigit() else None
        named, id, value = orjson.loads(text)
        return Position(_id(id), _value(value, order)) if named == tag else None
    except (Error, ValueError, TypeError):
        return None


def _id(number: int) -> int:
    if isinstance(number, bool) or not 0 <= number < 2**63:
        raise ValueError
    return int(number)


def _value(value: str | None, order: Order) -> str | None:
    """A sort value as PostgreSQL can cast it, however the cursor was forged; raises ValueError or TypeError."""
    if value is None:
        return None
    try:
        if order.type == "timestamptz":
            return datetime.fromisoformat(value).astimezone(UTC).isoformat()
        if order.type == "jsonb":
            return value if value in ("true", "false") else format(read_number(value), "f")
        return read_text(value, LONGEST_CURSOR)
    except (InvalidValue, OverflowError) as error:
        raise ValueError from error
