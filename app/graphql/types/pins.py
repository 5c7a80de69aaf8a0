"""Contacts that are pinned to a segment: always in it or never, since when, and by whom."""

from enum import Enum
from typing import Any

import strawberry
from strawberry.types.info import Info

from app.filters import catalog
from app.filters.ids import to_global
from app.filters.vocabulary import SegmentKind
from app.graphql.authors import AUTHOR, author_name
from app.graphql.context import Context
from app.graphql.enums import AuditActorKind
from app.graphql.errors import told
from app.graphql.lookahead import selected
from app.graphql.paging import PageInfo, cursor_maker, page_info, read_window
from app.graphql.scalars import DateTime
from app.graphql.types.contact import Contact
from app.graphql.types.contacts import refuse_lists_of_lists
from app.graphql.types.named import contacts_named
from app.queries.pins import NEWEST_FIRST, PinRow, pin_row, pins_page

_TAG = "pin"


@strawberry.enum(description="What a pin does to a contact, whatever the segment's filter says.")
class PinKind(Enum):
    """Whether a pinned contact is in or out."""

    INCLUDED = "INCLUDED"
    EXCLUDED = "EXCLUDED"


@strawberry.type(description="How a contact is pinned to a segment.")
class Pin:
    """How a contact is pinned to a segment."""

    kind: PinKind = strawberry.field(description="Whether it is always in the segment, or never.")
    pinned_at: DateTime = strawberry.field(description="Since when.")
    pinned_by: str | None = strawberry.field(description=f"Who did it. {AUTHOR}")
    actor_kind: AuditActorKind | None = strawberry.field(description="Which kind of actor that was.")


@strawberry.type(description="A contact that is pinned to a segment.")
class PinnedContact(Pin):
    """A contact that is pinned to a segment."""

    contact: Contact | None = strawberry.field(description="As it is now; null where it has just been deleted.")
    contact_id: strawberry.ID = strawberry.field(description="The contact's id.")


@strawberry.type(description="A pinned contact in a page.")
class PinEdge:
    """A pinned contact in a page."""

    cursor: str
    node: PinnedContact


@strawberry.type(description="A page of pinned contacts.")
class PinConnection:
    """A page of pinned contacts."""

    edges: list[PinEdge]
    nodes: list[PinnedContact]
    page_info: PageInfo


@strawberry.type(description="How many contacts are pinned to a segment.")
class PinCounts:
    """How many contacts are pinned to a segment."""

    included: int = strawberry.field(description="How many are always in it.")
    excluded: int = strawberry.field(description="How many are never in it.")


@strawberry.type
class Pinned:
    """Who is pinned to a segment; null for a fixed list."""

    kept: strawberry.Private[catalog.Segment]

    @strawberry.field(
        description="The contacts that are always in it, or never, whatever its filter says; those who were pinned "
        "last come first. Null for a fixed list."
    )
    @told
    async def pins(
        self,
        info: Info[Context, None],
        kind: PinKind | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> PinConnection | None:
        """The contacts that are always in it, or never."""
        refuse_lists_of_lists(info)
        window = read_window(first, after, last, before, NEWEST_FIRST, _TAG)
        if self.kept.kind is not SegmentKind.DYNAMIC:
            return None
        is_included = None if kind is None else kind is PinKind.INCLUDED
        page = await pins_page(info.context.workspace_id, self.kept.id, window, is_included)
        nodes = await _nodes([pin_row(row) for row in page.rows], info)
        cursors = map(cursor_maker(NEWEST_FIRST, _TAG), page.rows)
        return PinConnection(
            edges=[PinEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
            nodes=nodes,
            page_info=page_info(page, NEWEST_FIRST, _TAG),
        )

    @strawberry.field(description="How many contacts are pinned to it; null for a fixed list.")
    async def pin_counts(self, info: Info[Context, None]) -> PinCounts | None:
        """How many contacts are pinned to it."""
        if self.kept.kind is not SegmentKind.DYNAMIC:
            return None
        included, excluded = await info.context.loaders.pins_by_segment_id.load(self.kept.id)
        return PinCounts(included=included, excluded=excluded)


def pin_of(row: PinRow, context: Context) -> Pin:
    """A pin as who asks may see it."""
    return Pin(**_told(row, context))


def _told(row: PinRow, context: Context) -> dict[str, Any]:
    return {
        "kind": PinKind.INCLUDED if row.is_included else PinKind.EXCLUDED,
        "pinned_at": DateTime(row.pinned_at),
        "pinned_by": author_name(row.author, context),
        "actor_kind": row.author.kind,
    }


async def _nodes(rows: list[PinRow], info: Info[Context, None]) -> list[PinnedContact]:
    page = selected(info)
    wanted = page.at("nodes", "contact").also(page.at("edges", "node", "contact"))
    contacts = await contacts_named([row.contact_id for row in rows], wanted, info)
    return [
        PinnedContact(
            **_told(row, info.context),
            contact=contacts.get(row.contact_id),
            contact_id=strawberry.ID(to_global("Contact", row.contact_id)),
        )
        for row in rows
    ]
