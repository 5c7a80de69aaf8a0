"""Values for custom fields, as mutations take them."""

from typing import Any

import strawberry

from app.graphql.scalars import Json


@strawberry.input(description="A value for a custom field; null or blank text clears it, but for a bulk upsert.")
class FieldValueInput:
    """A value for a custom field."""

    key: str
    value: Json | None = None


def pairs_of(values: list[FieldValueInput]) -> list[tuple[str, Any]]:
    """Keys and values as they were given."""
    return [(value.key, value.value) for value in values]
