"""The queries about a person's rights: what is held about them, and the receipts of who was erased."""

import strawberry
from strawberry.types.info import Info

from app.filters.ids import number_of
from app.filters.problems import Code, Refused
from app.graphql.auditing import acted
from app.graphql.context import Context
from app.graphql.errors import told
from app.graphql.scalars import Json
from app.graphql.types.erasure import ErasureConnection, erasure_connection
from app.queries.disclosure import disclose


@strawberry.type
class PrivacyQuery:
    """The queries about a person's rights."""

    @strawberry.field(
        description="All that is held about a person, by id or by e-mail address, also of who is no contact any "
        "more: values, labels, history with consents, segments, what imports changed, refused rows with their cells, "
        "and whether and why the address is on the do-not-contact list. For admins; the audit log "
        "tells of it."
    )
    @told
    async def export_contact(
        self, info: Info[Context, None], id: strawberry.ID | None = None, email: str | None = None
    ) -> Json:
        """All that is held about a person."""
        context = info.context
        async with acted(context, "exportContact") as act:
            context.require("admin")
            refuse_unless_one(id, email)
            number = None if id is None else number_of(id, "Contact")
            held = await disclose(context.catalog, context.scope(), number, email)
            if (contact := held["contact"]) is not None:
                act.kind, act.number = "Contact", number_of(contact["id"], "Contact")
        return Json(held)

    @strawberry.field(description="Receipts of erasures, newest first; 50 unless first or last says. For admins.")
    @told
    async def erasures(
        self,
        info: Info[Context, None],
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> ErasureConnection:
        """Receipts of erasures, newest first."""
        return await erasure_connection(info.context, first, after, last, before)


def refuse_unless_one(id: str | None, email: str | None, path: str = "") -> None:
    """Raises Refused where there is neither an id nor an address, or both."""
    if (id is None) == (email is None):
        raise Refused.because(Code.ONE_OF, "give an id or an e-mail address", f"{path}.id".lstrip("."))
