"""Exports to files: how far they have come, and where their files are."""

import strawberry

from app.filters.ids import to_global
from app.filters.problems import Refused
from app.graphql.context import Context
from app.graphql.enums import ExportFormat, ExportState
from app.graphql.paging import PageInfo, cursor_maker, page_info, read_window
from app.graphql.scalars import DateTime, moment
from app.graphql.types.node import Node
from app.queries.exports.ledger import ExportRow, export_row, find_export
from app.queries.exports.listing import NEWEST_FIRST, exports_page
from app.transfer.exports.options import Format


@strawberry.type(description="Contacts being written to a file. `POST /exports` asks for one.")
class Export(Node):
    """Contacts being written to a file."""

    name: str = strawberry.field(description="Of the segment whose contacts they are.")
    state: ExportState
    format: ExportFormat
    rows: int | None = strawberry.field(description="How many contacts it has; null until they are counted.")
    size: float | None = strawberry.field(description="How many bytes the file has, once it is there.")
    problem: str | None = strawberry.field(description="Why it failed, in words.")
    file_url: str | None = strawberry.field(description="Where the file is, once it is there.")
    created_at: DateTime
    started_at: DateTime | None
    finished_at: DateTime | None
    expires_at: DateTime | None = strawberry.field(description="When it goes, with its file.")


@strawberry.type(description="An export in a page.")
class ExportEdge:
    """An export in a page."""

    cursor: str
    node: Export


@strawberry.type(description="A page of exports.")
class ExportConnection:
    """A page of exports."""

    edges: list[ExportEdge]
    nodes: list[Export]
    page_info: PageInfo


async def export_connection(
    context: Context, first: int | None, after: str | None, last: int | None, before: str | None
) -> ExportConnection:
    """The page that the arguments ask for, newest first; raises Refused, and FORBIDDEN without the scope."""
    context.require("export")
    window = read_window(first, after, last, before, NEWEST_FIRST, "export")
    page = await exports_page(context.workspace_id, window)
    nodes = [export_type(export_row(row)) for row in page.rows]
    cursors = map(cursor_maker(NEWEST_FIRST, "export"), page.rows)
    return ExportConnection(
        edges=[ExportEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        nodes=nodes,
        page_info=page_info(page, NEWEST_FIRST, "export"),
    )


async def export_by_number(context: Context, number: int) -> Export | None:
    """The export of this number; None where the workspace has none. Raises FORBIDDEN without the scope."""
    context.require("export")
    try:
        return export_type(await find_export(context.workspace_id, number))
    except Refused:
        return None


def export_type(row: ExportRow) -> Export:
    """An export as the world sees it."""
    id = to_global("Export", row.id)
    return Export(
        id=strawberry.ID(id),
        name=row.name,
        state=row.state,
        format=Format(row.options["format"]),
        rows=row.rows,
        size=row.bytes,
        problem=row.problem,
        file_url=f"/exports/{id}/file" if row.bytes is not None else None,
        created_at=DateTime(row.created_at),
        started_at=moment(row.started_at),
        finished_at=moment(row.finished_at),
        expires_at=moment(row.expires_at),
    )
