"""Pages of contacts."""

from collections.abc import Sequence

import strawberry
from graphql.pyutils import Path
from strawberry.types.info import Info

from app.compile.clause import Clause
from app.filters.problems import Code, Refused, did_you_mean
from app.graphql.context import Context
from app.graphql.enums import OrderDirection
from app.graphql.faults import RequestError
from app.graphql.lookahead import selected
from app.graphql.paging import PageInfo, cursor_maker, page_info, read_window
from app.graphql.types.contact import Contact, contact_columns, contacts_from
from app.queries.contacts import contacts_page, count_contacts, order_by
from app.queries.keyset import Order


@strawberry.input(description="By which field contacts are ordered.")
class ContactOrder:
    """By which field contacts are ordered."""

    field: str = strawberry.field(description="The key of a system or custom field.")
    direction: OrderDirection = OrderDirection.ASC


@strawberry.type(description="A contact in a page.")
class ContactEdge:
    """A contact in a page."""

    cursor: str
    node: Contact


@strawberry.type(description="A page of contacts.")
class ContactConnection:
    """A page of contacts."""

    context: strawberry.Private[Context]
    conditions: strawberry.Private[Sequence[Clause]]
    edges: list[ContactEdge]
    nodes: list[Contact]
    page_info: PageInfo

    @strawberry.field(description="How many there are on all pages; counted only when asked for.")
    async def total_count(self) -> int:
        """How many there are on all pages."""
        return await count_contacts(self.context.workspace_id, self.conditions)


async def contact_connection(
    info: Info[Context, None],
    conditions: Sequence[Clause],
    order: ContactOrder | None,
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
) -> ContactConnection:
    """The page that the arguments ask for, of the contacts for which all conditions hold; raises Refused."""
    refuse_lists_of_lists(info)
    context, wanted = info.context, selected(info)
    by, tag = _order(order, context)
    window = read_window(first, after, last, before, by, tag)
    as_edges, as_nodes = wanted.at("edges", "node"), wanted.at("nodes")
    columns = contact_columns([*as_edges.below, *as_nodes.below])
    page = await contacts_page(context.workspace_id, columns, conditions, by, window)
    edges: list[ContactEdge] = []
    if "edges" in wanted.below:
        cursor, contacts = cursor_maker(by, tag), await contacts_from(page.rows, as_edges, info)
        edges = [ContactEdge(cursor=cursor(row), node=one) for row, one in zip(page.rows, contacts, strict=True)]
    nodes = await contacts_from(page.rows, as_nodes, info) if "nodes" in wanted.below else []
    return ContactConnection(
        context=context,
        conditions=conditions,
        edges=edges,
        nodes=nodes,
        page_info=page_info(page, by, tag),
    )


def refuse_lists_of_lists(info: Info[Context, None]) -> None:
    """A page for each segment of each contact of a page would be thousands of statements; raises RequestError."""
    path: Path | None = info.path
    lists = 0
    while path is not None:
        lists += isinstance(path.key, int)
        path = path.prev
    if lists > 1:
        message = "pages can't be asked for within lists within lists; ask for the segments by themselves"
        raise RequestError("QUERY_TOO_COMPLEX", message)


def _order(order: ContactOrder | None, context: Context) -> tuple[Order, str]:
    """The order and the name that its cursors carry; by default the newest first."""
    if order is None:
        return order_by(None, descending=True), "contact"
    field = context.catalog.fields.get(order.field)
    if field is None:
        hint = did_you_mean(order.field, context.catalog.fields)
        message = f'there is no field "{order.field[:100]}"{hint}'
        raise Refused.because(Code.UNKNOWN_FIELD, message, "orderBy.field")
    descending = order.direction is OrderDirection.DESC
    return order_by(field, descending=descending), f"contact:{field.key}:{order.direction.value}"
