"""Mutations of labels."""

import strawberry
from strawberry.types.info import Info

from app.filters.ids import number_of, to_global
from app.graphql.context import Context
from app.graphql.errors import InputError, paid_out
from app.graphql.types.label import Label, label_type
from app.queries import labels


@strawberry.input(description="A new label.")
class CreateLabelInput:
    """A new label."""

    name: str


@strawberry.input(description="A label's new name.")
class RenameLabelInput:
    """A label's new name."""

    id: strawberry.ID
    name: str


@strawberry.input(description="A label, by its id.")
class LabelIdInput:
    """A label, by its id."""

    id: strawberry.ID


@strawberry.type(description="A label as it is now, or why not.")
class LabelPayload:
    """A label as it is now, or why not."""

    label: Label | None = None
    errors: list[InputError] = strawberry.field(default_factory=list)


@strawberry.type
class LabelMutations:
    """Mutations of labels."""

    @strawberry.mutation(description="Add a label.")
    @paid_out(LabelPayload)
    async def create_label(self, info: Info[Context, None], input: CreateLabelInput) -> LabelPayload:
        """Add a label."""
        info.context.require("write")
        number = await labels.create_label(info.context.workspace_id, input.name)
        return await _payload(info, to_global("Label", number))

    @strawberry.mutation(description="Give a label another name; filters that use it follow.")
    @paid_out(LabelPayload)
    async def rename_label(self, info: Info[Context, None], input: RenameLabelInput) -> LabelPayload:
        """Give a label another name."""
        info.context.require("write")
        await labels.rename_label(info.context.workspace_id, number_of(input.id, "Label"), input.name)
        return await _payload(info, input.id)

    @strawberry.mutation(description="Hide a label; contacts keep it. Refused while a segment uses it.")
    @paid_out(LabelPayload)
    async def archive_label(self, info: Info[Context, None], input: LabelIdInput) -> LabelPayload:
        """Hide a label."""
        info.context.require("write")
        payload = await _payload(info, input.id)
        await labels.archive_label(info.context.workspace_id, number_of(input.id, "Label"))
        return payload

    @strawberry.mutation(description="Bring an archived label back to its contacts.")
    @paid_out(LabelPayload)
    async def restore_label(self, info: Info[Context, None], input: LabelIdInput) -> LabelPayload:
        """Bring an archived label back."""
        info.context.require("write")
        await labels.restore_label(info.context.workspace_id, number_of(input.id, "Label"))
        return await _payload(info, input.id)


async def _payload(info: Info[Context, None], id: str) -> LabelPayload:
    await info.context.reload()
    found = info.context.catalog.labels.get(number_of(id, "Label"))
    return LabelPayload(label=None if found is None else label_type(found))
