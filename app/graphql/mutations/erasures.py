"""The mutation that erases a person, for admins."""

import strawberry
from strawberry.types.info import Info

from app.filters.ids import number_of
from app.graphql.context import Context
from app.graphql.errors import InputError, paid_out
from app.graphql.privacy import refuse_unless_one
from app.graphql.types.erasure import Erasure, erasure_type
from app.queries.erasure import erase_contact


@strawberry.input(description="Who is to be erased: by id or by e-mail address, also who is no contact any more.")
class EraseContactInput:
    """Who is to be erased."""

    id: strawberry.ID | None = None
    email: str | None = None
    cause: str = strawberry.field(description="Why, as in: asked for it on 2 May. Kept; say it without the address.")


@strawberry.type(description="The receipt, or why nobody was erased.")
class EraseContactPayload:
    """The receipt, or why nobody was erased."""

    erasure: Erasure | None = strawberry.field(default=None, description="The receipt; null where nobody was erased.")
    errors: list[InputError] = strawberry.field(default_factory=list)


@strawberry.type
class ErasureMutations:
    """The mutation that erases a person."""

    @strawberry.mutation(
        description="Remove a person everywhere, for good: contact, history, changes, refused rows, samples, "
        "exports. A salted hash on the do-not-contact list keeps the address out. Needs the scope admin."
    )
    @paid_out(EraseContactPayload)
    async def erase_contact(self, info: Info[Context, None], input: EraseContactInput) -> EraseContactPayload:
        """Remove a person everywhere."""
        info.context.require("admin")
        refuse_unless_one(input.id, input.email, "input")
        number = None if input.id is None else number_of(input.id, "Contact")
        row = await erase_contact(info.context.workspace_id, number, input.email, input.cause)
        return EraseContactPayload(erasure=erasure_type(row))
