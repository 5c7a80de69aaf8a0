"""Contacts of one moment, counted and then copied out as text that PostgreSQL itself makes."""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import asyncpg

from app.compile.cells import number
from app.compile.clause import Bound, Clause, write
from app.compile.session_values import session_settings, write_from_session
from app.filters.catalog import Field
from app.queries.connections import Connection
from app.queries.statements import render, select
from app.tables.contact import Contact

TIMEOUT_SECONDS = 3_600
PARTING = "\x01"  # stands in no JSON, which spells it as an escape

# Without the copy, which the concatenation makes, PostgreSQL unpacks a large value anew for each of its fields.
_UNPACKED = (
    "contact CROSS JOIN LATERAL (SELECT contact.fields || '{}' AS fields, contact.folded || '{}' AS folded OFFSET 0) "
    "AS unpacked"
)

Write = Callable[[bytes], Coroutine[Any, Any, None]]


class Incomplete(Exception):
    """PostgreSQL copied another number of rows than it had counted in the same snapshot."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Which contacts are copied, and into which cells; `names` says how the names of a contact's labels are joined.

    Moments are written in the time zone. Of the cells of a place in `quoted` all that aren't NULL stand in quotes, so
    that what takes a semicolon or a tab for a cell's end finds none in them. With `is_json` the cells of a row are
    parts of one JSON text, and stand between PARTINGs, which are to be taken out, wherever they hold a comma.
    """

    workspace_id: int
    condition: Clause
    cells: tuple[Clause, ...]
    names: str | None
    zone: str
    quoted: tuple[int, ...] = ()
    is_json: bool = False


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """A sheet in its snapshot, with the number of its rows."""

    borrowed: Connection
    sheet: Sheet
    rows: int

    async def copy(self, write: Write) -> None:
        """Give the rows' text to `write`, piece after piece and no faster than it takes them; raises Incomplete."""
        places: dict[str, int] = {}
        text = write_from_session(_statement(self.sheet), places)
        settings = dict(session_settings(places)) | {"timezone": self.sheet.zone}
        await self.borrowed.execute(
            "SELECT set_config(name, value, TRUE) FROM unnest($1::text[], $2::text[]) AS given (name, value)",
            list(settings),
            list(settings.values()),
        )
        done = await self.borrowed.copy_from_query(
            text,
            output=write,
            format="csv",
            quote=PARTING if self.sheet.is_json else '"',
            force_quote=[_called(place) for place in self.sheet.quoted] or None,
        )
        if done != f"COPY {self.rows}":
            raise Incomplete(done)

    async def widest(self, fields: Sequence[Field]) -> list[tuple[int, int]]:
        """For each field of numbers how many digits its values have before and behind the point, at most."""
        if not fields:
            return []
        values: list[object] = []
        numbers = ", ".join(f"{write(number(each), values)} AS n{place}" for place, each in enumerate(fields))
        widths = ", ".join(f"max(abs(n{place})), max(scale(n{place}))" for place in range(len(fields)))
        held = write(_held(self.sheet), values)
        # Each number is read once: PostgreSQL would put what makes it into both of its places.
        text = f"SELECT {widths} FROM (SELECT {numbers} FROM {_UNPACKED} WHERE {held} OFFSET 0) AS numbers"
        found = (await self.borrowed.fetch(text, *values))[0]
        return [(_whole_digits(found[place]), found[place + 1] or 0) for place in range(0, len(found), 2)]


@asynccontextmanager
async def opened_sheet(borrowed: Connection, sheet: Sheet) -> AsyncIterator[OpenSheet]:
    """The sheet in a snapshot that lasts as long as the context."""
    async with _snapshot(borrowed):
        # The second, for a reader may take its time for what PostgreSQL has copied long ago.
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            await borrowed.execute(f"SET LOCAL {limit} = '{TIMEOUT_SECONDS}s'")
        text, values = render(select(Contact, ["count(*)"], sheet.workspace_id).where(sheet.condition))
        # Not fetchval: PostgreSQL sets no parallel workers on a statement of which only so many rows are wanted.
        rows = (await borrowed.fetch(text, *values))[0][0]
        yield OpenSheet(borrowed, sheet, rows)


@asynccontextmanager
async def _snapshot(borrowed: Connection) -> AsyncIterator[None]:
    """A transaction that ends with the connection where it can't be rolled back, as in the middle of COPY."""
    transaction = borrowed.transaction(isolation="repeatable_read", readonly=True)
    await transaction.start()
    try:
        yield
    except BaseException:
        try:
            await transaction.rollback()
        except Exception:
            with suppress(asyncpg.InterfaceError):
                borrowed.terminate()
        raise
    await transaction.commit()


def _statement(sheet: Sheet) -> Clause:
    cells: list[str | Clause] = []
    for place, cell in enumerate(sheet.cells):
        cells += [", " if place else "", cell, f" AS {_called(place)}"]
    labelled = [] if sheet.names is None else [_labelled(sheet.workspace_id, sheet.names)]
    return Clause("SELECT ", *cells, f" FROM {_UNPACKED}", *labelled, " WHERE ", _held(sheet), " ORDER BY contact.id")


def _called(place: int) -> str:
    return f"cell_{place}"


def _labelled(workspace_id: int, names: str) -> Clause:
    return Clause(
        f" LEFT JOIN LATERAL (SELECT {names} AS names FROM label WHERE label.workspace_id = ",
        Bound(workspace_id, "bigint"),
        " AND label.id = ANY(contact.label_ids) AND label.archived_at IS NULL) AS labelled ON TRUE",
    )


def _held(sheet: Sheet) -> Clause:
    within = Bound(sheet.workspace_id, "bigint")
    return Clause("contact.workspace_id = ", within, " AND ", sheet.condition)


def _whole_digits(largest: Decimal | None) -> int:
    return max(0, largest.adjusted() + 1) if largest else 0
