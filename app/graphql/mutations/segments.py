"""Mutations of segments."""

import strawberry
from strawberry import UNSET
from strawberry.types.info import Info

from app.filters.ids import number_of
from app.filters.problems import Code, Refused
from app.filters.vocabulary import SegmentKind
from app.graphql.context import Context
from app.graphql.errors import InputError, paid_out
from app.graphql.filter_input import FilterInput, document_of
from app.graphql.types.segment import Segment, segment_type
from app.queries import fixed_lists, segment_edits, segments

MOST_IDS = 10_000


@strawberry.input(description="A new segment: a filter, followed or frozen, or a list of contacts.")
class CreateSegmentInput:
    """A new segment."""

    name: str
    kind: SegmentKind = SegmentKind.DYNAMIC
    filter: FilterInput | None = strawberry.field(default=None, description="For DYNAMIC and SNAPSHOT.")
    contact_ids: list[strawberry.ID] | None = strawberry.field(default=None, description="For STATIC.")
    announce: bool = strawberry.field(
        default=False, description="Whether webhooks are told of those who are in from the beginning."
    )


@strawberry.input(description="What to change of a segment; what is left out stays.")
class UpdateSegmentInput:
    """What to change of a segment."""

    id: strawberry.ID
    name: str | None = UNSET
    filter: FilterInput | None = UNSET
    announce: bool = strawberry.field(
        default=False, description="Whether webhooks are told who enters and leaves by the edit."
    )
    expected_version: int | None = strawberry.field(
        default=None,
        description="The `currentVersion` that the editor saw: where it is another by now, nothing is changed, and "
        "CONFLICT says who edited in between.",
    )


@strawberry.input(description="A segment, and the version to go back to.")
class RevertSegmentInput:
    """A segment, and the version to go back to."""

    id: strawberry.ID
    version: int = strawberry.field(description="The number of the version whose name and filter it gets.")
    announce: bool = strawberry.field(
        default=False, description="Whether webhooks are told who enters and leaves by it."
    )
    expected_version: int | None = strawberry.field(
        default=None,
        description="The `currentVersion` that the editor saw: where it is another by now, nothing is changed, and "
        "CONFLICT says who edited in between.",
    )


@strawberry.input(description="Contacts to put on a static segment and to take off it.")
class ChangeSegmentContactsInput:
    """Contacts to put on a static segment and to take off it."""

    id: strawberry.ID
    add: list[strawberry.ID] = strawberry.field(default_factory=list)
    remove: list[strawberry.ID] = strawberry.field(default_factory=list)


@strawberry.input(description="A segment, by its id.")
class SegmentIdInput:
    """A segment, by its id."""

    id: strawberry.ID


@strawberry.type(description="A segment as it is now, or why not.")
class SegmentPayload:
    """A segment as it is now, or why not."""

    segment: Segment | None = None
    errors: list[InputError] = strawberry.field(default_factory=list)


@strawberry.type(description="The id of what is gone, or why not.")
class DeleteSegmentPayload:
    """The id of what is gone, or why not."""

    deleted_id: strawberry.ID | None = None
    errors: list[InputError] = strawberry.field(default_factory=list)


@strawberry.type
class SegmentMutations:
    """Mutations of segments."""

    @strawberry.mutation(description="Save a segment.")
    @paid_out(SegmentPayload)
    async def create_segment(self, info: Info[Context, None], input: CreateSegmentInput) -> SegmentPayload:
        """Save a segment."""
        info.context.require("write")
        return await segment_payload(info, await _create(info.context, input))

    @strawberry.mutation(description="Give a segment another name, another filter, or both.")
    @paid_out(SegmentPayload)
    async def update_segment(self, info: Info[Context, None], input: UpdateSegmentInput) -> SegmentPayload:
        """Give a segment another name, another filter, or both."""
        info.context.require("write")
        number = number_of(input.id, "Segment")
        document = document_of(input.filter) if input.filter else None
        name = None if input.name is UNSET else input.name
        await segment_edits.update_segment(
            info.context.workspace_id,
            number,
            name,
            document,
            announces=input.announce,
            expected_version=input.expected_version,
        )
        return await segment_payload(info, number)

    @strawberry.mutation(
        description="Give a segment the name and the filter that a version of it had, as a new version. Where it has "
        "both, nothing is done."
    )
    @paid_out(SegmentPayload)
    async def revert_segment(self, info: Info[Context, None], input: RevertSegmentInput) -> SegmentPayload:
        """Give a segment the name and the filter that a version of it had."""
        info.context.require("write")
        number = number_of(input.id, "Segment")
        await segment_edits.revert_segment(
            info.context.workspace_id,
            number,
            input.version,
            announces=input.announce,
            expected_version=input.expected_version,
        )
        return await segment_payload(info, number)

    @strawberry.mutation(description="Delete a segment; it can be restored for 90 days. Refused while others use it.")
    @paid_out(DeleteSegmentPayload)
    async def delete_segment(self, info: Info[Context, None], input: SegmentIdInput) -> DeleteSegmentPayload:
        """Delete a segment."""
        info.context.require("write")
        await segments.delete_segment(info.context.workspace_id, number_of(input.id, "Segment"))
        return DeleteSegmentPayload(deleted_id=input.id)

    @strawberry.mutation(description="Bring a deleted segment back.")
    @paid_out(SegmentPayload)
    async def restore_segment(self, info: Info[Context, None], input: SegmentIdInput) -> SegmentPayload:
        """Bring a deleted segment back."""
        info.context.require("write")
        number = number_of(input.id, "Segment")
        await segments.restore_segment(info.context.workspace_id, number)
        return await segment_payload(info, number)

    @strawberry.mutation(description="Choose the members of a static segment by hand.")
    @paid_out(SegmentPayload)
    async def change_segment_contacts(
        self, info: Info[Context, None], input: ChangeSegmentContactsInput
    ) -> SegmentPayload:
        """Choose the members of a static segment by hand."""
        info.context.require("write")
        number = number_of(input.id, "Segment")
        add, remove = contact_numbers(input.add, "input.add"), contact_numbers(input.remove, "input.remove")
        await fixed_lists.change_members(info.context.workspace_id, number, add, remove)
        return await segment_payload(info, number)


async def _create(context: Context, input: CreateSegmentInput) -> int:
    if input.kind is SegmentKind.STATIC:
        if input.filter is not None:
            raise Refused.because(Code.NOT_ALLOWED, "a STATIC segment is a list and has no filter", "input.filter")
        numbers = contact_numbers(input.contact_ids or [], "input.contactIds")
        return await fixed_lists.create_static(context.workspace_id, input.name, numbers)
    if input.contact_ids:
        raise Refused.because(Code.NOT_ALLOWED, "only a STATIC segment is a list of contacts", "input.contactIds")
    if input.filter is None:
        raise Refused.because(Code.REQUIRED, "say in a filter whom the segment is for", "input.filter")
    document = document_of(input.filter)
    if input.kind is SegmentKind.SNAPSHOT:
        return await fixed_lists.create_snapshot(context.workspace_id, input.name, document, context.now)
    return await segments.create_dynamic(context.workspace_id, input.name, document, announces=input.announce)


def contact_numbers(ids: list[strawberry.ID], path: str) -> list[int]:
    """The numbers within ids of contacts; raises Refused where there are too many."""
    if len(ids) > MOST_IDS:
        raise Refused.because(Code.TOO_MANY_VALUES, f"give at most {MOST_IDS:,} ids at once", path)
    return [number_of(id, "Contact") for id in ids]


async def segment_payload(info: Info[Context, None], number: int) -> SegmentPayload:
    """A segment as it is after a change of it."""
    await info.context.reload()
    catalog = info.context.catalog
    found = catalog.segments.get(number)
    return SegmentPayload(segment=None if found is None else segment_type(found, catalog))
