"""Pages of imports, and one import by its id."""

import strawberry

from app.filters.ids import number_of
from app.filters.problems import Code, Refused
from app.graphql.lookahead import selected
from app.graphql.paging import PageInfo, cursor_maker, page_info, read_window
from app.graphql.types.file_import import Import, import_type, wanted_of
from app.queries.imports.ledger import NEWEST_FIRST, find_import, import_row
from app.queries.imports.listing import listed_imports


@strawberry.type(description="An import in a page.")
class ImportEdge:
    """An import in a page."""

    cursor: str
    node: Import


@strawberry.type(description="A page of imports.")
class ImportConnection:
    """A page of imports."""

    edges: list[ImportEdge]
    nodes: list[Import]
    page_info: PageInfo


async def import_connection(
    info: strawberry.Info, first: int | None, after: str | None, last: int | None, before: str | None
) -> ImportConnection:
    """The page that the arguments ask for, newest first; raises Refused."""
    window = read_window(first, after, last, before, NEWEST_FIRST, "import")
    found = selected(info)
    wanted = wanted_of(found.at("nodes")) | wanted_of(found.at("edges", "node"))
    page = await listed_imports(info.context.workspace_id, window, wanted)
    nodes = [import_type(import_row(row)) for row in page.rows]
    cursors = map(cursor_maker(NEWEST_FIRST, "import"), page.rows)
    return ImportConnection(
        edges=[ImportEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        nodes=nodes,
        page_info=page_info(page, NEWEST_FIRST, "import"),
    )


async def import_by_id(workspace_id: int, id: str) -> Import | None:
    """The import of this id; None where the workspace has none."""
    try:
        return import_type(await find_import(workspace_id, number_of(id, "Import")))
    except Refused as refused:
        if refused.problems[0].code is Code.NOT_FOUND:
            return None
        raise
