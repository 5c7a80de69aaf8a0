"""The queries."""

import strawberry
from strawberry.types.info import Info

from app.compile import condition
from app.filters.check import check
from app.filters.ids import from_global, number_of
from app.filters.problems import Code, InvalidValue, Refused
from app.filters.values import read_text
from app.graphql.access import AccessQuery
from app.graphql.context import Context
from app.graphql.errors import told
from app.graphql.filter_input import FilterInput, document_of
from app.graphql.insight import InsightQuery
from app.graphql.lookahead import selected
from app.graphql.moments import read_at
from app.graphql.paging import cursor_maker, page_info, read_window
from app.graphql.privacy import PrivacyQuery
from app.graphql.scalars import DateTime
from app.graphql.sight import SightQuery
from app.graphql.types.contact import Contact, contact_by_number
from app.graphql.types.contacts import ContactConnection, ContactOrder, contact_connection
from app.graphql.types.erasure import erasure_by_number
from app.graphql.types.export import ExportConnection, export_by_number, export_connection
from app.graphql.types.field import Field, field_type
from app.graphql.types.file_import import Import
from app.graphql.types.file_imports import ImportConnection, import_by_id, import_connection
from app.graphql.types.label import Label, label_type
from app.graphql.types.node import Node
from app.graphql.types.preview import SegmentPreview, counted, previewed
from app.graphql.types.segment import (
    Segment,
    SegmentConnection,
    SegmentEdge,
    prepare_counts,
    segment_type,
)
from app.graphql.types.token import token_by_number
from app.graphql.types.webhook import webhook_by_number
from app.graphql.types.webhook_message import message_by_number
from app.graphql.types.workspace import Workspace, workspace_type
from app.graphql.webhooks import WebhookQuery
from app.queries.contacts import contact_id_by_email, searched
from app.queries.do_not_contact import is_unwanted
from app.queries.names import read_name
from app.queries.segments import BY_NAME, count_segments, segments_page
from app.queries.workspaces import workspace_by_id

LONGEST_SEARCH = 300


@strawberry.type(description="What can be asked.")
class Query(AccessQuery, InsightQuery, PrivacyQuery, SightQuery, WebhookQuery):
    """What can be asked."""

    @strawberry.field(description="Anything by its id; null where there is no such thing.")
    @told
    async def node(self, info: Info[Context, None], id: strawberry.ID) -> Node | None:
        """Anything by its id."""
        found, catalog = from_global(id), info.context.catalog
        match found:
            case ("Contact", number):
                return await contact_by_number(number, info)
            case ("Segment", number) if number in catalog.segments:
                return segment_type(catalog.segments[number], catalog)
            case ("Import", _):
                return await import_by_id(catalog.workspace_id, id)
            case ("Export", number):
                return await export_by_number(info.context, number)
            case ("Token", number):
                return await token_by_number(info.context, number)
            case ("Erasure", number):
                return await erasure_by_number(info.context, number)
            case ("Webhook", number):
                return await webhook_by_number(info.context, number)
            case ("WebhookMessage", number):
                return await message_by_number(info.context, number)
            case ("Label", number) if number in catalog.labels:
                return label_type(catalog.labels[number])
            case ("Field" | "SystemField", _):
                return next((made for made in map(field_type, catalog.fields.values()) if made.id == id), None)
            case ("Workspace", number) if number == catalog.workspace_id:
                return workspace_type(await workspace_by_id(number))
        return None

    @strawberry.field(description="A contact by its id or its e-mail address; null where there is none.")
    @told
    async def contact(
        self, info: Info[Context, None], id: strawberry.ID | None = None, email: str | None = None
    ) -> Contact | None:
        """A contact by its id or its e-mail address."""
        if (id is None) == (email is None):
            raise Refused.because(Code.ONE_OF, "give an id or an e-mail address", "id")
        if id is not None:
            return await contact_by_number(number_of(id, "Contact"), info)
        number = await contact_id_by_email(info.context.workspace_id, read_search(email or "", "email"))
        return None if number is None else await contact_by_number(number, info)

    @strawberry.field(description="Contacts, newest first unless ordered otherwise; 50 unless first or last says.")
    @told
    async def contacts(
        self,
        info: Info[Context, None],
        filter: FilterInput | None = None,
        search: str | None = None,
        order_by: ContactOrder | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> ContactConnection:
        """Contacts that match a filter, and whose e-mail or name contains a text."""
        context = info.context
        conditions = []
        if filter is not None:
            conditions.append(condition(check(document_of(filter), context.catalog), context.scope()))
        if search is not None and (sought := read_search(search)):
            conditions.append(searched(sought, context.scope()))
        return await contact_connection(info, conditions, order_by, first, after, last, before)

    @strawberry.field(description="A segment by its id; null where there is none.")
    async def segment(self, info: Info[Context, None], id: strawberry.ID) -> Segment | None:
        """A segment by its id."""
        catalog = info.context.catalog
        found = catalog.segments.get(number_of(id, "Segment"))
        return None if found is None else segment_type(found, catalog)

    @strawberry.field(description="Segments by name.")
    @told
    async def segments(
        self,
        info: Info[Context, None],
        search: str | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> SegmentConnection:
        """Segments by name."""
        context = info.context
        window = read_window(first, after, last, before, BY_NAME, "segment")
        sought = search and read_search(search)
        page = await segments_page(context.workspace_id, window, sought)
        known = [row for row in page.rows if row["id"] in context.catalog.segments]
        nodes = [segment_type(context.catalog.segments[row["id"]], context.catalog) for row in known]
        wanted = selected(info)
        await prepare_counts(nodes, (wanted.at("nodes"), wanted.at("edges", "node")), context)
        cursors = map(cursor_maker(BY_NAME, "segment"), known)
        return SegmentConnection(
            edges=[SegmentEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
            nodes=nodes,
            page_info=page_info(page, BY_NAME, "segment"),
            total_count=await count_segments(context.workspace_id, sought) if "totalCount" in wanted.below else 0,
        )

    @strawberry.field(description="What a filter means, as of now or of another moment, without saving it.")
    @told
    async def preview_segment(
        self,
        info: Info[Context, None],
        filter: FilterInput,
        at: DateTime | None = None,
        name: str | None = None,
        segment_id: strawberry.ID | None = None,
    ) -> SegmentPreview:
        """What a filter means."""
        made = previewed(document_of(filter), info.context.catalog, segment_id)
        made.at = read_at(at, info.context)
        if name is not None:
            made.name = read_name(name, "name")
        return await counted(made, info)

    @strawberry.field(description="The fields that filters can name, the system's first.")
    def fields(self, info: Info[Context, None]) -> list[Field]:
        """The fields that filters can name."""
        return [field_type(field) for field in info.context.catalog.fields.values()]

    @strawberry.field(description="A field by its key; null where there is none.")
    def field(self, info: Info[Context, None], key: str) -> Field | None:
        """A field by its key."""
        found = info.context.catalog.fields.get(key)
        return None if found is None else field_type(found)

    @strawberry.field(description="The labels, in the order of their making.")
    def labels(self, info: Info[Context, None]) -> list[Label]:
        """The labels."""
        return [label_type(label) for label in info.context.catalog.labels.values()]

    @strawberry.field(description="A label by its id; null where there is none.")
    def label(self, info: Info[Context, None], id: strawberry.ID) -> Label | None:
        """A label by its id."""
        found = info.context.catalog.labels.get(number_of(id, "Label"))
        return None if found is None else label_type(found)

    @strawberry.field(name="import", description="An import by its id; null where there is none.")
    async def file_import(self, info: Info[Context, None], id: strawberry.ID) -> Import | None:
        """An import by its id."""
        return await import_by_id(info.context.workspace_id, id)

    @strawberry.field(description="Imports, newest first; 50 unless first or last says.")
    @told
    async def imports(
        self,
        info: Info[Context, None],
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> ImportConnection:
        """Imports, newest first."""
        return await import_connection(info, first, after, last, before)

    @strawberry.field(description="Exports, newest first, 50 unless first or last says; needs the scope export.")
    @told
    async def exports(
        self,
        info: Info[Context, None],
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> ExportConnection:
        """Exports to files, newest first."""
        return await export_connection(info.context, first, after, last, before)

    @strawberry.field(description="Whether an e-mail address is on the do-not-contact list.")
    @told
    async def is_on_do_not_contact(self, info: Info[Context, None], email: str) -> bool:
        """Whether an e-mail address is on the do-not-contact list."""
        return await is_unwanted(info.context.workspace_id, read_search(email, "email"))

    @strawberry.field(description="The workspace that the token opens.")
    @told
    async def workspace(self, info: Info[Context, None]) -> Workspace:
        """The workspace that the token opens."""
        return workspace_type(await workspace_by_id(info.context.workspace_id))


def read_search(raw: str, path: str = "search") -> str:
    """A text to look for, trimmed; raises Refused."""
    try:
        return read_text(raw, LONGEST_SEARCH).strip()
    except InvalidValue as invalid:
        raise Refused.because(invalid.code, invalid.message, path) from None
