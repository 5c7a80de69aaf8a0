"""Mutations of custom fields."""

import strawberry
from strawberry.types.info import Info

from app.filters.ids import number_of
from app.graphql.context import Context
from app.graphql.enums import FieldType
from app.graphql.errors import InputError, paid_out
from app.graphql.types.field import Field, field_type
from app.queries import fields


@strawberry.input(description="A new custom field. Its key and type never change.")
class CreateFieldInput:
    """A new custom field."""

    name: str
    type: FieldType
    key: str | None = strawberry.field(default=None, description="a-z, 0-9 and _; made from the name if left out.")
    options: list[str] = strawberry.field(default_factory=list, description="The values that a CHOICE takes.")


@strawberry.input(description="A field's new name.")
class RenameFieldInput:
    """A field's new name."""

    id: strawberry.ID
    name: str


@strawberry.input(description="A field, by its id.")
class FieldIdInput:
    """A field, by its id."""

    id: strawberry.ID


@strawberry.type(description="A field as it is now, or why not.")
class FieldPayload:
    """A field as it is now, or why not."""

    field: Field | None = None
    errors: list[InputError] = strawberry.field(default_factory=list)


@strawberry.type
class FieldMutations:
    """Mutations of custom fields."""

    @strawberry.mutation(description="Add a custom field.")
    @paid_out(FieldPayload)
    async def create_field(self, info: Info[Context, None], input: CreateFieldInput) -> FieldPayload:
        """Add a custom field."""
        info.context.require("write")
        key = fields.key_of(input.name) if input.key is None else input.key
        await fields.create_field(info.context.workspace_id, key, input.name, input.type, input.options)
        await info.context.reload()
        return FieldPayload(field=field_type(info.context.catalog.fields[key]))

    @strawberry.mutation(description="Give a custom field another name; its key stays.")
    @paid_out(FieldPayload)
    async def rename_field(self, info: Info[Context, None], input: RenameFieldInput) -> FieldPayload:
        """Give a custom field another name."""
        info.context.require("write")
        await fields.rename_field(info.context.workspace_id, number_of(input.id, "Field"), input.name)
        return await _payload(info, input.id)

    @strawberry.mutation(description="Hide a custom field; its values are kept. Refused while a segment uses it.")
    @paid_out(FieldPayload)
    async def archive_field(self, info: Info[Context, None], input: FieldIdInput) -> FieldPayload:
        """Hide a custom field."""
        info.context.require("write")
        payload = await _payload(info, input.id)
        await fields.archive_field(info.context.workspace_id, number_of(input.id, "Field"))
        return payload

    @strawberry.mutation(description="Bring an archived field back, with its values.")
    @paid_out(FieldPayload)
    async def restore_field(self, info: Info[Context, None], input: FieldIdInput) -> FieldPayload:
        """Bring an archived field back."""
        info.context.require("write")
        await fields.restore_field(info.context.workspace_id, number_of(input.id, "Field"))
        return await _payload(info, input.id)


async def _payload(info: Info[Context, None], id: str) -> FieldPayload:
    await info.context.reload()
    number = number_of(id, "Field")
    found = (field for field in info.context.catalog.fields.values() if field.id == number)
    return FieldPayload(field=next((field_type(field) for field in found), None))
