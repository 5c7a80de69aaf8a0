"""Receipts of erasures, and pages of them."""

from dataclasses import fields

import strawberry

from app.filters.ids import to_global
from app.filters.problems import Refused
from app.graphql.context import Context
from app.graphql.paging import PageInfo, cursor_maker, page_info, read_window
from app.graphql.scalars import DateTime, moment
from app.graphql.types.node import Node
from app.queries import erasure as erasures
from app.queries.erasure import NEWEST_FIRST, ErasureRow


@strawberry.type(description="How much went with a person.")
class ErasedTraces:
    """How much went with a person."""

    contacts: int = strawberry.field(description="1, or 0 where the person was no contact any more.")
    status_changes: int = strawberry.field(description="Of the contact's history.")
    imported_changes: int = strawberry.field(description="What imports had changed of the contact.")
    refused_rows: int = strawberry.field(description="Rows that imports had left out; of each the line is left.")
    samples: int = strawberry.field(description="Samples that dry runs showed.")
    answers: int = strawberry.field(description="Answers that were kept for calls with an idempotency key.")
    dry_runs: int = strawberry.field(description="Dry runs that were given up, for their files may hold the person.")
    exports: int = strawberry.field(description="Exports that were removed, for their files may hold the person.")


@strawberry.type(description="The receipt of an erasure. Nothing in it tells who it was.")
class Erasure(Node):
    """The receipt of an erasure."""

    erased_at: DateTime = strawberry.field(description="When the contact went, and the address came on the list.")
    settled_at: DateTime | None = strawberry.field(
        description="When the last trace was gone: within about an hour, or after the imports that were running then."
    )
    removed: ErasedTraces = strawberry.field(description="How much of what went.")


@strawberry.type(description="A receipt in a page.")
class ErasureEdge:
    """A receipt in a page."""

    cursor: str
    node: Erasure


@strawberry.type(description="A page of receipts.")
class ErasureConnection:
    """A page of receipts."""

    edges: list[ErasureEdge]
    nodes: list[Erasure]
    page_info: PageInfo


async def erasure_connection(
    context: Context, first: int | None, after: str | None, last: int | None, before: str | None
) -> ErasureConnection:
    """The page that the arguments ask for, newest first; raises Refused, and FORBIDDEN without the scope."""
    context.require("admin")
    window = read_window(first, after, last, before, NEWEST_FIRST, "erasure")
    page = await erasures.erasures_page(context.workspace_id, window)
    nodes = [erasure_type(erasures.erasure_row(row)) for row in page.rows]
    cursors = map(cursor_maker(NEWEST_FIRST, "erasure"), page.rows)
    return ErasureConnection(
        edges=[ErasureEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        nodes=nodes,
        page_info=page_info(page, NEWEST_FIRST, "erasure"),
    )


async def erasure_by_number(context: Context, number: int) -> Erasure | None:
    """The receipt of this number; None where the workspace has none. Raises FORBIDDEN without the scope."""
    context.require("admin")
    try:
        return erasure_type(await erasures.find_erasure(context.workspace_id, number))
    except Refused:
        return None


def erasure_type(row: ErasureRow) -> Erasure:
    """A receipt as the world sees it."""
    return Erasure(
        id=strawberry.ID(to_global("Erasure", row.id)),
        erased_at=DateTime(row.erased_at),
        settled_at=moment(row.settled_at),
        removed=ErasedTraces(**{field.name: row.removed[field.name] for field in fields(ErasedTraces)}),
    )
