"""Mutations of single contacts: create, update, delete."""

import strawberry
from strawberry import UNSET
from strawberry.types.info import Info

from app.filters.ids import number_of
from app.filters.problems import Code, Refused
from app.graphql.context import Context
from app.graphql.enums import ContactStatus
from app.graphql.errors import InputError, paid_out
from app.graphql.mutations.contact_payload import ContactPayload, contact_payload
from app.graphql.mutations.field_values import FieldValueInput, pairs_of
from app.queries import contact_writes as writes
from app.queries.contact_values import SYSTEM_TEXTS
from app.queries.contact_writes import ContactDraft


@strawberry.input(description="A new contact.")
class CreateContactInput:
    """A new contact."""

    email: str
    name: str | None = None
    source: str | None = None
    external_id: str | None = None
    status: ContactStatus = strawberry.field(
        default=ContactStatus.PENDING, description="PENDING until confirmed, or ACTIVE where consent was given."
    )
    consent: str | None = strawberry.field(
        default=None, description="How and when the person agreed; ACTIVE needs it. Kept in the history."
    )
    labels: list[str] = strawberry.field(default_factory=list, description="Names of labels.")
    fields: list[FieldValueInput] = strawberry.field(default_factory=list)


@strawberry.input(description="What to change of a contact; what is left out stays.")
class UpdateContactInput:
    """What to change of a contact."""

    id: strawberry.ID
    email: str | None = UNSET
    name: str | None = UNSET
    source: str | None = UNSET
    external_id: str | None = UNSET
    add_labels: list[str] = strawberry.field(default_factory=list, description="Names of labels.")
    remove_labels: list[str] = strawberry.field(default_factory=list, description="Names of labels.")
    fields: list[FieldValueInput] = strawberry.field(default_factory=list)


@strawberry.input(description="A contact that is to go.")
class DeleteContactInput:
    """A contact that is to go."""

    id: strawberry.ID
    do_not_contact: bool = strawberry.field(
        default=False,
        description="Put its address on the do-not-contact list, as is done anyway for UNSUBSCRIBED and HARD_BOUNCE.",
    )


@strawberry.type(description="The id of what is gone, or why not.")
class DeleteContactPayload:
    """The id of what is gone, or why not."""

    deleted_id: strawberry.ID | None = None
    errors: list[InputError] = strawberry.field(default_factory=list)


@strawberry.type
class ContactMutations:
    """Mutations of single contacts."""

    @strawberry.mutation(description="Add a contact.")
    @paid_out(ContactPayload)
    async def create_contact(self, info: Info[Context, None], input: CreateContactInput) -> ContactPayload:
        """Add a contact."""
        info.context.require("write")
        texts = {key: getattr(input, key) for key in SYSTEM_TEXTS if getattr(input, key) is not None}
        draft = ContactDraft(input.email, texts, pairs_of(input.fields), input.labels)
        number = await writes.create_contact(info.context.catalog, draft, input.status, input.consent)
        return await contact_payload(number, info)

    @strawberry.mutation(description="Change a contact's values and labels. Its status follows events alone.")
    @paid_out(ContactPayload)
    async def update_contact(self, info: Info[Context, None], input: UpdateContactInput) -> ContactPayload:
        """Change a contact's values and labels."""
        info.context.require("write")
        if input.email is None:
            raise Refused.because(Code.REQUIRED, "a contact can't be without an e-mail address", "input.email")
        texts = {key: getattr(input, key) for key in SYSTEM_TEXTS if getattr(input, key) is not UNSET}
        draft = ContactDraft(
            None if input.email is UNSET else input.email,
            texts,
            pairs_of(input.fields),
            input.add_labels,
            input.remove_labels,
        )
        number = number_of(input.id, "Contact")
        await writes.update_contact(info.context.catalog, number, draft)
        return await contact_payload(number, info)

    @strawberry.mutation(description="Remove a contact, its history and its places in lists.")
    @paid_out(DeleteContactPayload)
    async def delete_contact(self, info: Info[Context, None], input: DeleteContactInput) -> DeleteContactPayload:
        """Remove a contact."""
        info.context.require("write")
        number = number_of(input.id, "Contact")
        await writes.delete_contact(info.context.workspace_id, number, unwanted=input.do_not_contact)
        return DeleteContactPayload(deleted_id=input.id)
