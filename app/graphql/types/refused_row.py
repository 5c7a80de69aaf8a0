"""Rows that an import left out, and why."""

import strawberry
from asyncpg import Record

from app.graphql.paging import PageInfo, cursor_maker, page_info, read_window
from app.queries.imports.refused_pages import BY_LINE, refused_page


@strawberry.type(description="Why rows were left out, numbers aside, and how many.")
class RefusalReason:
    """Why rows were left out, numbers aside, and how many."""

    reason: str
    rows: int


@strawberry.type(description="A row that was left out.")
class RefusedRow:
    """A row that was left out."""

    line: int = strawberry.field(description="Where it begins in the file; the header is line 1.")
    reason: str
    cells: list[str] | None = strawberry.field(description="What stood in it; null until the import is nearly over.")


@strawberry.type(description="A refused row in a page.")
class RefusedRowEdge:
    """A refused row in a page."""

    cursor: str
    node: RefusedRow


@strawberry.type(description="A page of refused rows.")
class RefusedRowConnection:
    """A page of refused rows."""

    edges: list[RefusedRowEdge]
    nodes: list[RefusedRow]
    page_info: PageInfo


async def refused_row_connection(
    workspace_id: int, import_id: int, first: int | None, after: str | None, last: int | None, before: str | None
) -> RefusedRowConnection:
    """The page that the arguments ask for, by line; raises Refused."""
    tag = f"refused{import_id}"
    page = await refused_page(workspace_id, import_id, read_window(first, after, last, before, BY_LINE, tag))
    nodes = [_refused(row) for row in page.rows]
    cursors = map(cursor_maker(BY_LINE, tag), page.rows)
    return RefusedRowConnection(
        edges=[RefusedRowEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        nodes=nodes,
        page_info=page_info(page, BY_LINE, tag),
    )


def _refused(row: Record) -> RefusedRow:
    return RefusedRow(line=row["id"], reason=row["reason"], cells=row["cells"])
