"""Mutations of contacts."""

from typing import Any

import strawberry
from strawberry import UNSET
from strawberry.types.info import Info

from app.compile import condition
from app.compile.clause import Bound, Clause
from app.filters.check import check
from app.filters.ids import number_of
from app.filters.problems import Code, Refused
from app.graphql.context import Context
from app.graphql.enums import ContactStatus
from app.graphql.errors import InputError, paid_out
from app.graphql.filter_input import FilterInput, document_of
from app.graphql.lookahead import selected
from app.graphql.scalars import Json
from app.graphql.types.contact import Contact, contact_by_number
from app.queries import contact_writes as writes
from app.queries import status_events
from app.queries.contact_bulk import update_contacts
from app.queries.contact_values import read_label_ids, read_patch, refuse_contradiction
from app.queries.contact_writes import ContactDraft
from app.queries.contacts import contacts_by_ids
from app.queries.status_events import StatusEvent

MOST_IDS = 10_000


@strawberry.input(description="A value for a custom field; null or blank text clears it, but for a bulk upsert.")
class FieldValueInput:
    """A value for a custom field."""

    key: str
    value: Json | None = None


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


@strawberry.input(description="A contact's consent to be mailed again.")
class ResubscribeContactInput:
    """A contact's consent to be mailed again."""

    id: strawberry.ID
    consent: str = strawberry.field(description="How and when the person agreed; kept in the history.")


@strawberry.input(description="Something that happened to a contact.")
class ContactEventInput:
    """Something that happened to a contact."""

    id: strawberry.ID
    note: str | None = strawberry.field(default=None, description="Kept in the history.")


@strawberry.input(one_of=True, description="Which contacts: some by id, or all that match a filter.")
class ContactsTarget:
    """Which contacts."""

    ids: list[strawberry.ID] | None = UNSET
    filter: FilterInput | None = UNSET


@strawberry.input(description="What to change of many contacts; what is left out stays.")
class UpdateContactsInput:
    """What to change of many contacts."""

    target: ContactsTarget
    add_labels: list[str] = strawberry.field(default_factory=list, description="Names of labels.")
    remove_labels: list[str] = strawberry.field(default_factory=list, description="Names of labels.")
    fields: list[FieldValueInput] = strawberry.field(default_factory=list)


@strawberry.type(description="A contact as it is now, or why not.")
class ContactPayload:
    """A contact as it is now, or why not."""

    contact: Contact | None = None
    errors: list[InputError] = strawberry.field(default_factory=list)


@strawberry.type(description="The id of what is gone, or why not.")
class DeleteContactPayload:
    """The id of what is gone, or why not."""

    deleted_id: strawberry.ID | None = None
    errors: list[InputError] = strawberry.field(default_factory=list)


@strawberry.type(description="How many contacts changed, or why none did.")
class UpdateContactsPayload:
    """How many contacts changed."""

    changed_count: int = strawberry.field(default=0, description="What had it already is not counted.")
    errors: list[InputError] = strawberry.field(default_factory=list)


@strawberry.type
class ContactMutations:
    """Mutations of contacts."""

    @strawberry.mutation(description="Add a contact.")
    @paid_out(ContactPayload)
    async def create_contact(self, info: Info[Context, None], input: CreateContactInput) -> ContactPayload:
        """Add a contact."""
        info.context.require("write")
        texts = {key: getattr(input, key) for key in writes.SYSTEM_TEXTS if getattr(input, key) is not None}
        draft = ContactDraft(input.email, texts, pairs_of(input.fields), input.labels)
        number = await writes.create_contact(info.context.catalog, draft, input.status, input.consent)
        return await _payload(number, info)

    @strawberry.mutation(description="Change a contact's values and labels. Its status follows events alone.")
    @paid_out(ContactPayload)
    async def update_contact(self, info: Info[Context, None], input: UpdateContactInput) -> ContactPayload:
        """Change a contact's values and labels."""
        info.context.require("write")
        if input.email is None:
            raise Refused.because(Code.REQUIRED, "a contact can't be without an e-mail address", "input.email")
        texts = {key: getattr(input, key) for key in writes.SYSTEM_TEXTS if getattr(input, key) is not UNSET}
        draft = ContactDraft(
            None if input.email is UNSET else input.email,
            texts,
            pairs_of(input.fields),
            input.add_labels,
            input.remove_labels,
        )
        number = number_of(input.id, "Contact")
        await writes.update_contact(info.context.catalog, number, draft)
        return await _payload(number, info)

    @strawberry.mutation(description="Remove a contact, its history and its places in lists.")
    @paid_out(DeleteContactPayload)
    async def delete_contact(self, info: Info[Context, None], input: DeleteContactInput) -> DeleteContactPayload:
        """Remove a contact."""
        info.context.require("write")
        number = number_of(input.id, "Contact")
        await writes.delete_contact(info.context.workspace_id, number, unwanted=input.do_not_contact)
        return DeleteContactPayload(deleted_id=input.id)

    @strawberry.mutation(description="Add and remove labels and set values on many contacts at once.")
    @paid_out(UpdateContactsPayload)
    async def update_contacts(self, info: Info[Context, None], input: UpdateContactsInput) -> UpdateContactsPayload:
        """Add and remove labels and set values on many contacts at once."""
        info.context.require("write")
        catalog = info.context.catalog
        await _known(input.target, info.context)
        add = read_label_ids(input.add_labels, catalog, "input.addLabels")
        remove = read_label_ids(input.remove_labels, catalog, "input.removeLabels")
        refuse_contradiction(add, remove)
        patch = read_patch(pairs_of(input.fields), catalog, "input.fields")
        changed = await update_contacts(
            catalog.workspace_id, _targeted(input.target, info.context), add, remove, patch
        )
        return UpdateContactsPayload(changed_count=changed)

    @strawberry.mutation(description="The person confirmed: PENDING becomes ACTIVE.")
    @paid_out(ContactPayload)
    async def confirm_contact(self, info: Info[Context, None], input: ContactEventInput) -> ContactPayload:
        """The person confirmed."""
        return await _event(info, input.id, status_events.CONFIRMED, input.note)

    @strawberry.mutation(description="The person doesn't want mail: any status becomes UNSUBSCRIBED.")
    @paid_out(ContactPayload)
    async def unsubscribe_contact(self, info: Info[Context, None], input: ContactEventInput) -> ContactPayload:
        """The person doesn't want mail."""
        return await _event(info, input.id, status_events.UNSUBSCRIBED, input.note)

    @strawberry.mutation(description="Mail can't be delivered: ACTIVE and PENDING become HARD_BOUNCE.")
    @paid_out(ContactPayload)
    async def record_bounce(self, info: Info[Context, None], input: ContactEventInput) -> ContactPayload:
        """Mail can't be delivered."""
        return await _event(info, input.id, status_events.BOUNCED, input.note)

    @strawberry.mutation(description="The person agreed again: UNSUBSCRIBED and HARD_BOUNCE become ACTIVE.")
    @paid_out(ContactPayload)
    async def resubscribe_contact(self, info: Info[Context, None], input: ResubscribeContactInput) -> ContactPayload:
        """The person agreed again."""
        info.context.require("write")
        if not input.consent.strip():
            raise Refused.because(Code.REQUIRED, "say how and when the person agreed", "input.consent")
        return await _event(info, input.id, status_events.RESUBSCRIBED, input.consent)


def pairs_of(values: list[FieldValueInput]) -> list[tuple[str, Any]]:
    """Keys and values as they were given."""
    return [(value.key, value.value) for value in values]


def _targeted(target: ContactsTarget, context: Context) -> Clause:
    if target.filter:
        tree = check(document_of(target.filter), context.catalog, path="input.target.filter")
        return condition(tree, context.scope())
    ids = target.ids or []
    if not 1 <= len(ids) <= MOST_IDS:
        raise Refused.because(Code.TOO_MANY_VALUES, f"give 1 to {MOST_IDS:,} ids", "input.target.ids")
    return Clause("contact.id = ANY(", Bound([number_of(id, "Contact") for id in ids], "bigint[]"), ")")


async def _known(target: ContactsTarget, context: Context) -> None:
    numbers = {number_of(id, "Contact") for id in target.ids or []}
    if numbers and len(await contacts_by_ids(context.workspace_id, ["contact.id"], list(numbers))) < len(numbers):
        raise Refused.because(Code.NOT_FOUND, "some of these are no contacts", "input.target.ids")


async def _event(info: Info[Context, None], id: str, event: StatusEvent, note: str | None) -> ContactPayload:
    info.context.require("write")
    number = number_of(id, "Contact")
    await status_events.record_event(info.context.workspace_id, number, event, note)
    return await _payload(number, info)


async def _payload(number: int, info: Info[Context, None]) -> ContactPayload:
    return ContactPayload(contact=await contact_by_number(number, info, selected(info).at("contact")))
