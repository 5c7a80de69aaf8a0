"""The mutation by which partners make and change many contacts at once."""

import strawberry
from strawberry.types.info import Info

from app.filters.ids import to_global
from app.filters.problems import Refused
from app.graphql.context import Context
from app.graphql.enums import ContactStatus, UpsertKey, UpsertOutcome
from app.graphql.errors import InputError, input_errors, paid_out
from app.graphql.faults import RequestError
from app.graphql.mutations.field_values import FieldValueInput, pairs_of
from app.graphql.plain_input import built_at_once
from app.queries.idempotency import KEPT_HOURS, KeyReused, read_call
from app.queries.upserts.asked import MOST_ITEMS, Item, Result, Upsert
from app.queries.upserts.writing import upsert_contacts


@built_at_once
@strawberry.input(
    description="A contact as a partner has it. What is left out, null or blank leaves what is there; see clear."
)
class UpsertContactInput:
    """A contact as a partner has it."""

    email: str | None = strawberry.field(
        default=None,
        description="Needed by new contacts and where it is the key; else another one is the new address.",
    )
    external_id: str | None = strawberry.field(default=None, description="Needed where it is the key.")
    name: str | None = None
    source: str | None = None
    status: ContactStatus | None = strawberry.field(
        default=None,
        description="How a new contact begins. One that is there only becomes UNSUBSCRIBED or HARD_BOUNCE by it.",
    )
    consent: str | None = strawberry.field(
        default=None,
        description="How and when the person agreed; a new ACTIVE contact needs it. Kept in the history.",
    )
    labels: list[str] | None = strawberry.field(default=None, description="Names of labels to add.")
    fields: list[FieldValueInput] | None = None
    clear: list[str] | None = strawberry.field(
        default=None, description="Keys of fields to clear, custom ones or `name`, `source`, `external_id`."
    )


@strawberry.input(description="Contacts as a partner has them.")
class BulkUpsertContactsInput:
    """Contacts as a partner has them."""

    items: list[UpsertContactInput] = strawberry.field(description=f"1 to {MOST_ITEMS:,}.")
    key: UpsertKey = UpsertKey.EMAIL
    idempotency_key: str | None = strawberry.field(
        default=None,
        description=f"Makes it safe to send the call again: for {KEPT_HOURS} hours the same call with the same key "
        "gets the same answer and changes nothing. Another call with it is a CONFLICT.",
    )
    status: ContactStatus = strawberry.field(
        default=ContactStatus.PENDING, description="For new contacts whose item has none: PENDING or ACTIVE."
    )
    consent: str | None = strawberry.field(default=None, description="For new contacts whose item has none.")


@strawberry.type(description="What became of an item.")
class UpsertResult:
    """What became of an item."""

    index: int = strawberry.field(description="The item's place in the call, from 0.")
    outcome: UpsertOutcome
    contact_id: strawberry.ID | None = strawberry.field(description="Null where the item was refused.")
    errors: list[InputError] = strawberry.field(description="Why the item was refused.")


@strawberry.type(description="What became of each item, in order; or why nothing was done at all.")
class BulkUpsertContactsPayload:
    """What became of each item."""

    results: list[UpsertResult] = strawberry.field(default_factory=list)
    errors: list[InputError] = strawberry.field(
        default_factory=list, description="Why nothing was done; what is wrong with an item is told in its result."
    )


@strawberry.type
class UpsertMutations:
    """The mutation by which partners make and change many contacts at once."""

    @strawberry.mutation(
        description=f"Make and change up to {MOST_ITEMS:,} contacts, each item answered by itself. Labels are added. "
        "Of several items about one contact the last counts. Nobody who unsubscribed or bounced can be mailed "
        "again by it, and an item that says so counts even where it is refused for something else."
    )
    @paid_out(BulkUpsertContactsPayload)
    async def bulk_upsert_contacts(
        self, info: Info[Context, None], input: BulkUpsertContactsInput
    ) -> BulkUpsertContactsPayload:
        """Make and change many contacts, each item answered by itself."""
        info.context.require("write")
        asked = Upsert([_item(item) for item in input.items], input.key, input.status, input.consent)
        key = input.idempotency_key
        call = None if key is None else read_call(key, "bulkUpsertContacts", asked)
        try:
            results = await upsert_contacts(info.context.catalog, asked, call)
        except KeyReused:
            message = f"this idempotency key came with another call within {KEPT_HOURS} hours; take a new key"
            raise RequestError("CONFLICT", message) from None
        return BulkUpsertContactsPayload(results=[_result(*result) for result in enumerate(results)])


def _item(given: UpsertContactInput) -> Item:
    texts = (given.email, given.external_id, given.name, given.source)
    fields = pairs_of(given.fields or [])
    return Item(*texts, given.status, given.consent, given.labels or (), fields, given.clear or ())


def _result(index: int, result: Result) -> UpsertResult:
    id = None if result.contact_id is None else strawberry.ID(to_global("Contact", result.contact_id))
    return UpsertResult(
        index=index, outcome=result.outcome, contact_id=id, errors=input_errors(Refused(result.problems))
    )
