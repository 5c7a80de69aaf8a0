"""Fields of contacts, and a contact's values of them."""

from functools import lru_cache

import strawberry

from app.filters import catalog
from app.filters.ids import to_global
from app.filters.operators import operators_of
from app.graphql.enums import FieldType
from app.graphql.plain import SHARED
from app.graphql.scalars import Json
from app.graphql.types.node import Node

_SYSTEM_IDS = {field.key: to_global("SystemField", place) for place, field in enumerate(catalog.SYSTEM_FIELDS)}


@strawberry.type(description="A property of contacts: the system's own, or one that the workspace made.")
class Field(Node):
    """A property of contacts."""

    key: str = strawberry.field(description="What filters and imports call it; it never changes.")
    name: str = strawberry.field(description="What people call it.")
    type: FieldType
    options: list[str] = strawberry.field(description="The values that a CHOICE takes; none for other types.")
    operators: list[str] = strawberry.field(description="The operators of `FieldTest` that it takes.")
    is_system: bool = strawberry.field(description="Whether every workspace has it.")


@strawberry.type(description="A contact's value of a field.")
class FieldValue:
    """A contact's value of a field."""

    field: Field = strawberry.field(metadata=SHARED)
    value: Json | None = strawberry.field(description="As entered; null where there is none.")


@lru_cache(maxsize=4096)
def field_type(field: catalog.Field) -> Field:
    """A catalog's field as the world sees it."""
    id = _SYSTEM_IDS[field.key] if field.id is None else to_global("Field", field.id)
    return Field(
        id=strawberry.ID(id),
        key=field.key,
        name=field.name,
        type=field.type,
        options=list(field.options),
        operators=list(operators_of(field.type)),
        is_system=field.is_system,
    )
