"""Mutations that record what happened to a contact, by which its status changes."""

import strawberry
from strawberry.types.info import Info

from app.filters.ids import number_of
from app.filters.problems import Code, Refused
from app.graphql.context import Context
from app.graphql.errors import paid_out
from app.graphql.mutations.contact_payload import ContactPayload, contact_payload
from app.queries import status_events
from app.queries.status_events import StatusEvent


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


@strawberry.type
class ContactEventMutations:
    """Mutations that record what happened to a contact."""

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


async def _event(info: Info[Context, None], id: str, event: StatusEvent, note: str | None) -> ContactPayload:
    info.context.require("write")
    number = number_of(id, "Contact")
    await status_events.record_event(info.context.workspace_id, number, event, note)
    return await contact_payload(number, info)
