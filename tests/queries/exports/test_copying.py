"""What a sheet copies: its own workspace's contacts, of one moment, however long that takes."""

import asyncio
import csv
import io

import asyncpg
import pytest

from app.compile import Scope, condition
from app.compile.cells import STATUS, text_cell
from app.compile.clause import EVERYONE
from app.filters.catalog import SYSTEM_FIELDS, Field
from app.filters.check import check
from app.filters.clock import Clock
from app.filters.vocabulary import FieldType
from app.queries.catalogs import current_catalog
from app.queries.connections import connection
from app.queries.exports.copying import Sheet, opened_sheet
from app.queries.fields import create_field
from tests.compile.peopled import Peopled, found, peopled
from tests.conftest import WorkspaceMaker
from tests.transfer.exports.written import add

EMAIL = SYSTEM_FIELDS[0]


def sheet_of(workspace: int, *columns: Field) -> Sheet:
    return Sheet(workspace, EVERYONE, tuple(text_cell(column, guarded=False) for column in columns), None, "UTC")


async def copied(sheet: Sheet, borrowed: asyncpg.Connection | None = None, pause: float = 0) -> list[list[str]]:
    """The rows, with a pause between the count and the copy, and another behind it."""
    pieces: list[bytes] = []

    async def write(piece: bytes) -> None:
        pieces.append(piece)

    async def copy(borrowed: asyncpg.Connection) -> int:
        async with opened_sheet(borrowed, sheet) as opened:
            await asyncio.sleep(pause)
            await opened.copy(write)
            await asyncio.sleep(pause)
            return opened.rows

    if borrowed is None:
        async with connection() as one:
            count = await copy(one)
    else:
        count = await copy(borrowed)
    rows = list(csv.reader(io.StringIO(b"".join(pieces).decode(), newline="")))
    assert len(rows) == count
    return rows


async def test_no_workspace_sees_anothers_contacts(workspace: int, make_workspace: WorkspaceMaker) -> None:
    other = await make_workspace()
    await add(workspace, "ani@example.com")
    await add(other, "budi@example.com")
    assert await copied(sheet_of(workspace, EMAIL, STATUS)) == [["ani@example.com", "ACTIVE"]]
    assert await copied(sheet_of(other, EMAIL)) == [["budi@example.com"]]


async def test_rows_come_in_the_order_of_arrival(workspace: int) -> None:
    emails = [f"{name}@example.com" for name in ("zoe", "ani", "mia")]
    for email in emails:
        await add(workspace, email)
    assert await copied(sheet_of(workspace, EMAIL)) == [[email] for email in emails]


async def test_a_reader_may_take_longer_than_a_request(workspace: int, dsn: str) -> None:
    await add(workspace, "ani@example.com")
    limits = {"idle_in_transaction_session_timeout": "100ms", "statement_timeout": "100ms"}
    borrowed = await asyncpg.connect(dsn, server_settings=limits)
    assert await copied(sheet_of(workspace, EMAIL), borrowed, pause=0.3) == [["ani@example.com"]]
    assert await borrowed.fetchval("SHOW idle_in_transaction_session_timeout") == "100ms"
    await borrowed.close()


async def test_a_connection_comes_back_as_it_was(workspace: int) -> None:
    async with connection() as borrowed:
        before = await borrowed.fetch(
            "SELECT name, setting FROM pg_settings WHERE name NOT LIKE 'pilah.%' ORDER BY 1"
        )
        await copied(sheet_of(workspace, EMAIL), borrowed)
        after = await borrowed.fetch("SELECT name, setting FROM pg_settings WHERE name NOT LIKE 'pilah.%' ORDER BY 1")
        assert after == before
        assert await borrowed.fetchval("SELECT current_setting('pilah.values0', TRUE)") in ("", None)


async def test_the_widest_numbers_are_told(workspace: int) -> None:
    for key in ("spent", "orders", "none"):
        await create_field(workspace, key, key, FieldType.NUMBER)
    for place, (spent, orders) in enumerate([("-123.4", 5), ("0.00001", 0), ("99.50", -7)]):
        await add(workspace, f"{place}@x.id", values={"spent": spent, "orders": orders})
    fields = (await current_catalog(workspace)).fields
    async with connection() as borrowed, opened_sheet(borrowed, sheet_of(workspace, EMAIL)) as opened:
        assert await opened.widest([fields["spent"], fields["orders"], fields["none"]]) == [(3, 5), (1, 0), (0, 0)]
        assert await opened.widest([]) == []


@pytest.fixture(scope="module")
async def there(pool: None) -> Peopled:
    return await peopled("Asia/Jakarta", "copied", people=100, segments=3)


async def test_random_filters_copy_whom_they_mean(there: Peopled) -> None:
    catalog, random = await current_catalog(there.workspace), there.random
    for _ in range(60):
        document, at = there.filters.tree(), random.choice(there.about)
        holds = condition(check(document, catalog), Scope(there.workspace, Clock(at, catalog.zone)))
        sheet = Sheet(there.workspace, holds, (text_cell(EMAIL, guarded=False),), None, "UTC")
        meant = await found(there, document, at)
        async with connection() as borrowed:
            emails = await borrowed.fetch(
                "SELECT email FROM contact WHERE workspace_id = $1 AND id = ANY($2::bigint[]) ORDER BY id",
                there.workspace,
                list(meant),
            )
        assert await copied(sheet) == [[row["email"]] for row in emails], f"{at}: {document}"
