"""Mutations of the do-not-contact list, which nobody can read: it holds hashes alone."""

import strawberry
from strawberry.types.info import Info

from app.graphql.context import Context
from app.graphql.errors import InputError, paid_out
from app.graphql.lookahead import selected
from app.graphql.types.contact import Contact, contact_by_number
from app.queries import do_not_contact
from app.queries.contacts import contact_id_by_email


@strawberry.input(description="Addresses that must not be contacted, whoever brings them in again.")
class AddToDoNotContactInput:
    """Addresses that must not be contacted."""

    emails: list[str] = strawberry.field(description=f"1 to {do_not_contact.MOST_ADDRESSES:,} addresses.")
    reason: str = strawberry.field(description="Why, as in: asked for erasure on 2 May.")


@strawberry.input(description="An address that may be contacted again.")
class RemoveFromDoNotContactInput:
    """An address that may be contacted again."""

    email: str
    consent: str = strawberry.field(description="How and when the person agreed; kept.")


@strawberry.type(description="What came on the list, or why nothing did.")
class AddToDoNotContactPayload:
    """What came on the list, or why nothing did."""

    added_count: int = strawberry.field(default=0, description="How many of the addresses were not on it yet.")
    unsubscribed_count: int = strawberry.field(
        default=0, description="How many contacts had such an address and could be mailed: they are UNSUBSCRIBED now."
    )
    errors: list[InputError] = strawberry.field(default_factory=list)


@strawberry.type(description="Whom the address belongs to, or why it stays on the list.")
class RemoveFromDoNotContactPayload:
    """Whom the address belongs to, or why it stays on the list."""

    contact: Contact | None = strawberry.field(
        default=None, description="The contact with this address, if any. Its status stays: see resubscribeContact."
    )
    errors: list[InputError] = strawberry.field(default_factory=list)


@strawberry.type
class DoNotContactMutations:
    """Mutations of the do-not-contact list."""

    @strawberry.mutation(
        description="Put addresses on the do-not-contact list: who has one is not mailed, nor can it come in again."
    )
    @paid_out(AddToDoNotContactPayload)
    async def add_to_do_not_contact(
        self, info: Info[Context, None], input: AddToDoNotContactInput
    ) -> AddToDoNotContactPayload:
        """Put addresses on the do-not-contact list."""
        info.context.require("write")
        added = await do_not_contact.add_addresses(info.context.workspace_id, input.emails, input.reason)
        return AddToDoNotContactPayload(added_count=added.addresses, unsubscribed_count=added.unsubscribed)

    @strawberry.mutation(description="Take an address off the do-not-contact list: the person agreed again.")
    @paid_out(RemoveFromDoNotContactPayload)
    async def remove_from_do_not_contact(
        self, info: Info[Context, None], input: RemoveFromDoNotContactInput
    ) -> RemoveFromDoNotContactPayload:
        """Take an address off the do-not-contact list."""
        info.context.require("write")
        await do_not_contact.remove_address(info.context.workspace_id, input.email, input.consent)
        number = await contact_id_by_email(info.context.workspace_id, input.email)
        if number is None:
            return RemoveFromDoNotContactPayload()
        contact = await contact_by_number(number, info, selected(info).at("contact"))
        return RemoveFromDoNotContactPayload(contact=contact)
