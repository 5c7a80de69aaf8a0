"""Imports to be listed: what may be large of them is read only where it is wanted."""

from collections.abc import Sequence

from app.compile.clause import Bound, Clause
from app.queries.connections import connection
from app.queries.imports.ledger import COLUMNS, NEWEST_FIRST, ImportRow, import_row, not_found
from app.queries.keyset import Page, Window, fetch_page
from app.queries.statements import render, select
from app.tables.file_import import FileImport

LARGE = frozenset({"plan", "samples"})


async def listed_imports(workspace_id: int, window: Window, wanted: frozenset[str]) -> Page:
    """A page of imports, newest first, of what is LARGE with what is wanted alone; `import_row` reads its rows."""
    return await fetch_page(select(FileImport, _columns(wanted), workspace_id), NEWEST_FIRST, window)


async def newest_imports(workspace_id: int, most: int) -> list[ImportRow]:
    """The newest imports of a workspace, without what is LARGE."""
    page = await listed_imports(workspace_id, Window(most), frozenset())
    return [import_row(row) for row in page.rows]


async def listed_import(workspace_id: int, import_id: int, wanted: frozenset[str]) -> ImportRow:
    """One import, of what is LARGE with what is wanted alone; raises Refused NOT_FOUND."""
    one = Clause("file_import.id = ", Bound(import_id, "bigint"))
    text, values = render(select(FileImport, _columns(wanted), workspace_id).where(one))
    async with connection() as borrowed:
        row = await borrowed.fetchrow(text, *values)
    if row is None:
        raise not_found()
    return import_row(row)


async def import_names(workspace_id: int, import_ids: Sequence[int]) -> dict[int, str]:
    """The names of the files of those of the ids that are imports of the workspace."""
    if not import_ids:
        return {}
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "SELECT id, name FROM file_import WHERE workspace_id = $1 AND id = ANY($2::bigint[])",
            workspace_id,
            list(import_ids),
        )
    return {row["id"]: row["name"] for row in rows}


def _columns(wanted: frozenset[str]) -> list[str]:
    shown = {**dict.fromkeys(LARGE - wanted, "NULL"), "options": "options - 'mapping'"}
    return [f"{shown[name]} AS {name}" if name in shown else name for name in COLUMNS]
