"""The rows that an import left out: told, with their cells, and read back to be mended."""

from collections.abc import AsyncIterator, Mapping, Sequence

import orjson
from asyncpg import Record

from app.queries.connections import connection
from app.queries.imports.ledger import storable

FETCHED_AT_ONCE = 500
FETCHED_BYTES = 1_000_000
REPLACED_BY = "replaced by line "

# As JSON, for an array of arrays has all its rows of one length.
CELLS = "ARRAY(SELECT jsonb_array_elements_text(given.cells::jsonb))"

_LINES = (
    "SELECT array_agg(line) FROM refused_row WHERE workspace_id = $1 AND import_id = $2 AND line >= $3 "
    "AND ($4::bigint IS NULL OR line < $4) AND cells IS NULL"
)
# However long the cells are, the first row comes.
_NEXT = (
    "WITH next AS MATERIALIZED (SELECT line, reason, cells FROM refused_row WHERE workspace_id = $1 "
    "AND import_id = $2 AND line > $3 AND NOT ($5 AND starts_with(reason, $6)) ORDER BY line LIMIT $4) "
    "SELECT line, reason, cells FROM (SELECT *, coalesce(sum(octet_length(array_to_string(cells, ''))) "
    "OVER (ORDER BY line ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before FROM next) AS measured "
    "WHERE before < $7 ORDER BY line"
)
_SAVE = (
    f"UPDATE refused_row SET cells = {CELLS} FROM unnest($3::bigint[], $4::text[]) AS given (line, cells) "
    "WHERE workspace_id = $1 AND import_id = $2 AND refused_row.line = given.line"
)


async def parts_without_cells(
    workspace_id: int, import_id: int
) -> AsyncIterator[tuple[int, int, int, int, list[int]]]:
    """The parts with refused rows whose cells are not kept yet: number, start, end, first line, and those lines."""
    async with connection() as borrowed:
        parts = await borrowed.fetch(
            "SELECT number, start_byte, end_byte, line, lead(line) OVER (ORDER BY number) FROM file_import_part "
            "WHERE workspace_id = $1 AND import_id = $2 ORDER BY number",
            workspace_id,
            import_id,
        )
    for number, start, end, first, next_first in parts:
        async with connection() as borrowed:
            lines = await borrowed.fetchval(_LINES, workspace_id, import_id, first, next_first)
        if lines:
            yield number, start, end, first, lines


async def save_cells(workspace_id: int, import_id: int, cells: Mapping[int, Sequence[str]]) -> None:
    """Keep the cells of refused lines."""
    async with connection() as borrowed:
        await borrowed.execute(_SAVE, workspace_id, import_id, [*cells], [*map(cells_as_json, cells.values())])


def cells_as_json(cells: Sequence[str]) -> str:
    """A row's cells as CELLS reads them."""
    return orjson.dumps([storable(cell) for cell in cells]).decode()


async def refused_rows(
    workspace_id: int, import_id: int, after: int, most: int, *, mendable: bool = False
) -> list[Record]:
    """The next refused rows behind a line, fewer where they are long: line, reason, cells.

    The `mendable` are those that no later row stands for.
    """
    values = workspace_id, import_id, after, most, mendable, REPLACED_BY, FETCHED_BYTES
    async with connection() as borrowed:
        rows: list[Record] = await borrowed.fetch(_NEXT, *values)
    return rows


def mendable_rows(workspace_id: int, import_id: int) -> AsyncIterator[Record]:
    """The refused rows that can be mended and loaded again, by line: not those that a later row stands for."""
    return all_refused_rows(workspace_id, import_id, mendable=True)


async def all_refused_rows(workspace_id: int, import_id: int, *, mendable: bool = False) -> AsyncIterator[Record]:
    """Every refused row, by line, a few hundred at a time."""
    after = 0
    while rows := await refused_rows(workspace_id, import_id, after, FETCHED_AT_ONCE, mendable=mendable):
        for row in rows:
            yield row
        after = rows[-1]["line"]
