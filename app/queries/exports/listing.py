"""Pages of exports to files."""

from app.queries.exports.ledger import ExportRow
from app.queries.keyset import Order, Page, Window, fetch_page
from app.queries.statements import select
from app.tables.export import Export

NEWEST_FIRST = Order("export.id", descending=True)

# What an export is of may be long, and nobody is shown it.
_SHOWN = {"id": "export.id", "document": "NULL AS document"}
_COLUMNS = tuple(_SHOWN.get(name, name) for name in ExportRow.__dataclass_fields__)


async def exports_page(workspace_id: int, window: Window) -> Page:
    """A page of a workspace's exports, newest first; `export_row` reads its rows."""
    return await fetch_page(select(Export, _COLUMNS, workspace_id), NEWEST_FIRST, window)
