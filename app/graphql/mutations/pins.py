"""Mutations of who is pinned to a segment."""

import strawberry
from strawberry.types.info import Info

from app.filters.ids import number_of
from app.filters.problems import Code, Refused, shown
from app.graphql.context import Context
from app.graphql.errors import paid_out
from app.graphql.mutations.segments import SegmentPayload, contact_numbers, segment_payload
from app.queries.pins import MOST_PINS, Pinning, pin_contacts


@strawberry.input(description="Contacts to pin to a dynamic segment, and to unpin; none may be named twice.")
class PinSegmentContactsInput:
    """Contacts to pin to a dynamic segment, and to unpin."""

    id: strawberry.ID
    include: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="To be always in it, whatever its filter says."
    )
    exclude: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="To be never in it, whatever its filter says."
    )
    unpin: list[strawberry.ID] = strawberry.field(
        default_factory=list, description="To be in it or not as its filter says."
    )


@strawberry.type
class PinMutations:
    """Mutations of who is pinned to a segment."""

    @strawberry.mutation(
        description="Keep contacts in a dynamic segment or out of it, whatever becomes of its filter, or leave them "
        f"to its filter again. All or nothing; a segment has up to {MOST_PINS:,} pinned contacts."
    )
    @paid_out(SegmentPayload)
    async def pin_segment_contacts(self, info: Info[Context, None], input: PinSegmentContactsInput) -> SegmentPayload:
        """Keep contacts in a dynamic segment or out of it, or leave them to its filter again."""
        info.context.require("write")
        number = number_of(input.id, "Segment")
        names = ("include", "exclude", "unpin")
        pinning = Pinning(*(_numbers(getattr(input, name), f"input.{name}") for name in names))
        await pin_contacts(info.context.workspace_id, number, pinning)
        return await segment_payload(info, number)


def _numbers(ids: list[strawberry.ID], path: str) -> list[int]:
    found = contact_numbers(ids, path)
    if 0 in found:
        place = found.index(0)
        raise Refused.because(Code.INVALID_ID, f"{shown(ids[place], 100)} is no contact's id", f"{path}[{place}]")
    return found
