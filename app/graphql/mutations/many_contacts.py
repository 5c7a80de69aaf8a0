"""The mutation that changes many contacts at once."""

import strawberry
from strawberry import UNSET
from strawberry.types.info import Info

from app.compile import condition
from app.compile.clause import Bound, Clause
from app.filters.check import check
from app.filters.ids import number_of
from app.filters.problems import Code, Refused
from app.graphql.context import Context
from app.graphql.errors import InputError, paid_out
from app.graphql.filter_input import FilterInput, document_of
from app.graphql.mutations.field_values import FieldValueInput, pairs_of
from app.queries.contact_bulk import update_contacts
from app.queries.contact_values import read_label_ids, read_patch, refuse_contradiction
from app.queries.contacts import contacts_by_ids

MOST_IDS = 10_000


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


@strawberry.type(description="How many contacts changed, or why none did.")
class UpdateContactsPayload:
    """How many contacts changed."""

    changed_count: int = strawberry.field(default=0, description="What had it already is not counted.")
    errors: list[InputError] = strawberry.field(default_factory=list)


@strawberry.type
class ManyContactsMutations:
    """The mutation that changes many contacts at once."""

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
