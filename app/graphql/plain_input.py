"""Builds inputs that come by the thousand without Strawberry's look at each of their values."""

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from strawberry.schema.config import StrawberryConfig
from strawberry.types.arguments import InputContext

Kind = TypeVar("Kind", bound=type)


def built_at_once(kind: Kind) -> Kind:
    """The input type, built of what graphql-core has coerced as it is.

    Its members are leaves, or lists of leaves or of inputs; those that may be left out have Python's own defaults.
    """
    definition: Any = vars(kind)["__strawberry_definition__"]
    definition.from_input = _build
    return kind


def _build(kind: type, given: Mapping[str, Any], _context: InputContext | None = None) -> Any:
    members: dict[str, Any] = {}
    for name, key, inner in _members(kind):
        if name in given:
            value = given[name]
            members[key] = value if inner is None or value is None else [_build(inner, each) for each in value]
    return kind(**members)


@cache
def _members(kind: type) -> tuple[tuple[str, str, type | None], ...]:
    """The names of members, in GraphQL and in Python; of lists of inputs with their type."""
    definition: Any = vars(kind)["__strawberry_definition__"]
    name_of = StrawberryConfig().name_converter.from_field
    return tuple((name_of(field), field.python_name, _inner(field.type)) for field in definition.fields)


def _inner(declared: Any) -> type | None:
    while hasattr(declared, "of_type"):
        declared = declared.of_type
    return declared if isinstance(declared, type) and hasattr(declared, "__strawberry_definition__") else None
