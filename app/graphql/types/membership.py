"""Who entered and left segments, and why; and which segments a contact is in since when."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import strawberry
from strawberry.types.info import Info

from app.compile.clause import Clause
from app.filters.ids import to_global
from app.graphql.context import Context
from app.graphql.enums import ContactChangeCause, ContactStatus, MembershipChangeKind, MembershipChangeReason
from app.graphql.lookahead import Selected, selected
from app.graphql.paging import PageInfo, cursor_maker, page_info, read_window
from app.graphql.scalars import DateTime
from app.graphql.sentences import sentence
from app.graphql.types.contact import Contact
from app.graphql.types.field import Field
from app.graphql.types.file_import import Import
from app.graphql.types.label import Label
from app.graphql.types.named import (
    contacts_named,
    fields_named,
    import_named,
    labels_named,
    segment_named,
    status_named,
)
from app.queries.imports.listing import import_names
from app.queries.live.reading_ledger import NEWEST_FIRST, LedgerRow, ledger_page, ledger_row

if TYPE_CHECKING:
    from app.graphql.types.segment import Segment

_TAG = "membershipChange"


@strawberry.type(description="A segment that a contact is in.")
class Membership:
    """A segment that a contact is in."""

    segment: Annotated["Segment", strawberry.lazy("app.graphql.types.segment")]
    since: DateTime | None = strawberry.field(description="Null of a fixed list, and of what is not kept yet.")


@strawberry.type(description="A contact entered a segment, or left it.")
class MembershipChange:
    """A contact entered a segment, or left it."""

    row: strawberry.Private[LedgerRow]
    imports: strawberry.Private[Mapping[int, str]]
    contact: Contact | None = strawberry.field(description="As it is now; null where it is gone.")
    contact_id: strawberry.ID = strawberry.field(description="The contact's id, even where it is gone.")
    kind: MembershipChangeKind = strawberry.field(description="Whether it entered or left.")
    reason: MembershipChangeReason = strawberry.field(description="Why.")
    causes: list[ContactChangeCause] = strawberry.field(description="What happened to the contact.")
    status_before: ContactStatus | None = strawberry.field(description="Null where the status didn't count.")
    status_after: ContactStatus | None = strawberry.field(description="Null where the status didn't count.")
    at: DateTime = strawberry.field(description="When.")

    @strawberry.field(description="The segment's id, even where it is deleted.")
    def segment_id(self) -> strawberry.ID:
        """The segment's id."""
        return strawberry.ID(to_global("Segment", self.row.segment_id))

    @strawberry.field(description="The segment; null where it is deleted.")
    def segment(
        self, info: Info[Context, None]
    ) -> Annotated["Segment", strawberry.lazy("app.graphql.types.segment")] | None:
        """The segment."""
        return segment_named(self.row.segment_id, info.context)

    @strawberry.field(description="The fields that counted, those that still exist.")
    def fields(self, info: Info[Context, None]) -> list[Field]:
        """The fields that counted."""
        return fields_named(self.row.detail.get("fields", ()), info.context)

    @strawberry.field(description="The labels that counted, added or removed, those that still exist.")
    def labels(self, info: Info[Context, None]) -> list[Label]:
        """The labels that counted."""
        return labels_named(self.row.detail.get("labels", ()), info.context)

    @strawberry.field(name="import", description="The import that did it, if one did.")
    async def file_import(self, info: Info[Context, None]) -> Import | None:
        """The import that did it."""
        return await import_named(self.row.detail.get("import"), info.context)

    @strawberry.field(description="Why, in plain words.")
    def sentence(self, info: Info[Context, None]) -> str:
        """Why, in plain words."""
        return sentence(self.row, info.context.catalog, self.imports)


@strawberry.type(description="A change in a page.")
class MembershipChangeEdge:
    """A change in a page."""

    cursor: str
    node: MembershipChange


@strawberry.type(description="A page of who entered and left.")
class MembershipChangeConnection:
    """A page of who entered and left."""

    edges: list[MembershipChangeEdge]
    nodes: list[MembershipChange]
    page_info: PageInfo


async def membership_changes_page(
    info: Info[Context, None],
    about: Clause,
    kind: MembershipChangeKind | None,
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
) -> MembershipChangeConnection:
    """The page that the arguments ask for, newest first; raises Refused."""
    window = read_window(first, after, last, before, NEWEST_FIRST, _TAG)
    is_entering = None if kind is None else kind is MembershipChangeKind.ENTERED
    page = await ledger_page(info.context.workspace_id, window, about, is_entering)
    wanted = selected(info).at("nodes").also(selected(info).at("edges", "node"))
    nodes = await membership_changes([ledger_row(row) for row in page.rows], wanted, info)
    cursors = map(cursor_maker(NEWEST_FIRST, _TAG), page.rows)
    return MembershipChangeConnection(
        edges=[MembershipChangeEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        nodes=nodes,
        page_info=page_info(page, NEWEST_FIRST, _TAG),
    )


async def membership_changes(
    rows: Sequence[LedgerRow], wanted: Selected, info: Info[Context, None]
) -> list[MembershipChange]:
    """Rows of the ledger as the world sees them, with their contacts and the names of imports loaded at once."""
    contacts = await contacts_named([row.contact_id for row in rows], wanted.at("contact"), info)
    imports = await import_names(
        info.context.workspace_id,
        [row.detail["import"] for row in rows if "import" in row.detail] if "sentence" in wanted.below else [],
    )
    return [_change(row, contacts.get(row.contact_id), imports) for row in rows]


def _change(row: LedgerRow, contact: Contact | None, imports: Mapping[int, str]) -> MembershipChange:
    status = row.detail.get("status", {})
    return MembershipChange(
        row=row,
        imports=imports,
        contact=contact,
        contact_id=strawberry.ID(to_global("Contact", row.contact_id)),
        kind=MembershipChangeKind.ENTERED if row.is_entering else MembershipChangeKind.LEFT,
        reason=row.reason,
        causes=[ContactChangeCause(cause) for cause in row.detail.get("causes", ())],
        status_before=status_named(status.get("previous")),
        status_after=status_named(status.get("status")),
        at=DateTime(row.changed_at),
    )
