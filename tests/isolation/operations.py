"""Every operation of the schema as a document: its arguments are variables, its fields are selected to a depth."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import (
    GraphQLField,
    GraphQLInputType,
    GraphQLNamedType,
    GraphQLObjectType,
    build_schema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)

from app.graphql.schema import printed_schema

DEPTH = 6
SCHEMA = build_schema(printed_schema())
ROOTS = {
    "query": SCHEMA.query_type,
    "mutation": SCHEMA.mutation_type,
    "subscription": SCHEMA.subscription_type,
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One field of a root type; of what may be of several types, one type each."""

    kind: str
    name: str
    document: str
    variables: Mapping[str, GraphQLInputType]

    @property
    def field(self) -> str:
        """The root field's name."""
        return self.name.partition(" ")[0]


def all_operations() -> list[Operation]:
    """Those of all roots, in the order of their names."""
    found = [
        operation
        for kind, root in ROOTS.items()
        for name, field in (root.fields if root else {}).items()
        for operation in _operations(kind, name, field)
    ]
    return sorted(found, key=lambda operation: (operation.kind != "query", operation.name))


def _operations(kind: str, name: str, field: GraphQLField) -> Iterator[Operation]:
    named = get_named_type(field.type)
    for narrowed in SCHEMA.get_possible_types(named) if is_abstract_type(named) else [None]:
        variables: dict[str, GraphQLInputType] = {}
        selected = _field(name, field, (), variables, narrowed)
        declared = ", ".join(f"${variable}: {type}" for variable, type in variables.items())
        called = f"{name} {narrowed}" if narrowed else name
        yield Operation(kind, called, f"{kind} {f'({declared})' if declared else ''} {{ {selected} }}", variables)


def _field(
    name: str,
    field: GraphQLField,
    path: tuple[str, ...],
    variables: dict[str, GraphQLInputType],
    narrowed: GraphQLObjectType | None = None,
    above: frozenset[str] = frozenset(),
) -> str:
    """The field with all that is below it; `above` are the types that it is within, which are not entered again."""
    here = (*path, name)
    names = {argument: "_".join((*here, argument)) for argument in field.args}
    variables |= {names[argument]: given.type for argument, given in field.args.items()}
    given = f"({', '.join(f'{argument}: ${variable}' for argument, variable in names.items())})" if names else ""
    type = get_named_type(field.type)
    if is_leaf_type(type):
        return name + given
    return f"{name}{given} {{ __typename {_below(type, here, variables, narrowed, above)} }}"


def _below(
    type: GraphQLNamedType,
    path: tuple[str, ...],
    variables: dict[str, GraphQLInputType],
    narrowed: GraphQLObjectType | None,
    above: frozenset[str],
) -> str:
    concrete = narrowed or type
    inside = above | {concrete.name}
    chosen = [
        _field(name, field, path, variables, above=inside)
        for name, field in getattr(concrete, "fields", {}).items()
        if is_leaf_type(get_named_type(field.type))
        or (get_named_type(field.type).name not in inside and len(path) < DEPTH)
    ]
    return f"... on {narrowed.name} {{ {' '.join(chosen)} }}" if narrowed else " ".join(chosen)
