"""The rows that an import left out: told, with their cells, and read back to be mended."""

from collections.abc import AsyncIterator, Mapping, Sequence

from asyncpg import Record

from app.queries.connections import connection, transaction
from app.queries.imports.ledger import storable

FETCHED_AT_ONCE = 2_000
REPLACED_BY = "replaced by line "


async def parts_without_cells(workspace_id: int, import_id: int) -> list[Record]:
    """The parts with refused rows whose cells are not kept yet: number, start, end, first line, and those lines."""
    async with connection() as borrowed:
        rows: list[Record] = await borrowed.fetch(
            "SELECT number, start_byte, end_byte, part.line, array_agg(refused_row.line) FROM ("
            "SELECT *, lead(line) OVER (ORDER BY number) AS next_line FROM file_import_part "
            "WHERE workspace_id = $1 AND import_id = $2) AS part JOIN refused_row ON refused_row.workspace_id = $1 "
            "AND refused_row.import_id = $2 AND refused_row.line >= part.line "
            "AND (next_line IS NULL OR refused_row.line < next_line) WHERE cells IS NULL "
            "GROUP BY 1, 2, 3, 4 ORDER BY 1",
            workspace_id,
            import_id,
        )
    return rows


async def save_cells(workspace_id: int, import_id: int, cells: Mapping[int, Sequence[str]]) -> None:
    """Keep the cells of refused lines."""
    async with transaction() as borrowed:
        await borrowed.executemany(
            "UPDATE refused_row SET cells = $4 WHERE workspace_id = $1 AND import_id = $2 AND line = $3",
            [(workspace_id, import_id, line, [storable(cell) for cell in row]) for line, row in cells.items()],
        )


async def refused_rows(workspace_id: int, import_id: int, after: int, most: int) -> list[Record]:
    """The next refused rows behind a line: line, reason, cells."""
    async with connection() as borrowed:
        rows: list[Record] = await borrowed.fetch(
            "SELECT line, reason, cells FROM refused_row WHERE workspace_id = $1 AND import_id = $2 AND line > $3 "
            "ORDER BY line LIMIT $4",
            workspace_id,
            import_id,
            after,
            most,
        )
    return rows


async def mendable_rows(workspace_id: int, import_id: int) -> AsyncIterator[Record]:
    """The refused rows that can be mended and loaded again, by line: not those that a later row stands for."""
    async for row in all_refused_rows(workspace_id, import_id):
        if not row["reason"].startswith(REPLACED_BY):
            yield row


async def all_refused_rows(workspace_id: int, import_id: int) -> AsyncIterator[Record]:
    """Every refused row, by line, a few thousand at a time."""
    after = 0
    while rows := await refused_rows(workspace_id, import_id, after, FETCHED_AT_ONCE):
        for row in rows:
            yield row
        after = rows[-1]["line"]


async def count_reasons(workspace_id: int, import_id: int, most: int) -> list[Record]:
    """The commonest reasons, and how many rows each refused."""
    async with connection() as borrowed:
        rows: list[Record] = await borrowed.fetch(
            "SELECT regexp_replace(regexp_replace(reason, '\"[^\"]*\"', '\"…\"', 'g'), '\\mline \\d+', 'line N') "
            "AS reason, count(*) AS rows FROM refused_row "
            "WHERE workspace_id = $1 AND import_id = $2 GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $3",
            workspace_id,
            import_id,
            most,
        )
    return rows
