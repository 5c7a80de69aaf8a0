"""What mutations of a single contact answer."""

import strawberry
from strawberry.types.info import Info

from app.graphql.context import Context
from app.graphql.errors import InputError
from app.graphql.lookahead import selected
from app.graphql.types.contact import Contact, contact_by_number


@strawberry.type(description="A contact as it is now, or why not.")
class ContactPayload:
    """A contact as it is now, or why not."""

    contact: Contact | None = None
    errors: list[InputError] = strawberry.field(default_factory=list)


async def contact_payload(number: int, info: Info[Context, None]) -> ContactPayload:
    """The payload with the contact of this number, as far as the answer asks for it."""
    return ContactPayload(contact=await contact_by_number(number, info, selected(info).at("contact")))
