"""Every operation of the schema as a document: its arguments are variables, and of each type all is selected once."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from graphql import (
    GraphQLField,
    GraphQLInputType,
    GraphQLNamedType,
    GraphQLObjectType,
    build_schema,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_required_argument,
)

from app.graphql.schema import printed_schema

DEEPEST = 10
DEEPEST_GIVEN = 2
DEEPEST_REQUIRED = 1
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
        drawn = _Drawn(_levels(narrowed or named))
        selected = drawn.field(name, field, (), narrowed)
        declared = ", ".join(f"${variable}: {type}" for variable, type in drawn.variables.items())
        called = f"{name} {narrowed}" if narrowed else name
        yield Operation(
            kind, called, f"{kind} {f'({declared})' if declared else ''} {{ {selected} }}", drawn.variables
        )


def _levels(type: GraphQLNamedType) -> dict[str, int]:
    """How many levels below the first type each comes that it leads to, at the nearest."""
    levels, waiting = {type.name: 0}, deque([type])
    while waiting:
        above = waiting.popleft()
        for below in (get_named_type(one.type) for one in getattr(above, "fields", {}).values()):
            if not is_leaf_type(below) and below.name not in levels:
                levels[below.name] = levels[above.name] + 1
                waiting.append(below)
    return levels


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A document as it is written: a type is selected with all that it leads to where it is nearest, and elsewhere by its values."""

    levels: Mapping[str, int]
    variables: dict[str, GraphQLInputType] = field(default_factory=dict)

    def field(
        self, name: str, field: GraphQLField, above: tuple[str, ...], narrowed: GraphQLObjectType | None = None
    ) -> str:
        here = (*above, name)
        names = {argument: "_".join((*here, argument)) for argument in field.args}
        self.variables.update({names[argument]: given.type for argument, given in field.args.items()})
        given = ", ".join(f"{argument}: ${variable}" for argument, variable in names.items())
        called = f"{name}({given})" if given else name
        type = get_named_type(field.type)
        return called if is_leaf_type(type) else f"{called} {{ __typename {self.selected(type, here, narrowed)} }}"

    def selected(
        self, type: GraphQLNamedType, above: tuple[str, ...], narrowed: GraphQLObjectType | None = None
    ) -> str:
        concrete = narrowed or type
        is_nearest = len(above) - 1 <= self.levels[concrete.name]
        fields: Mapping[str, GraphQLField] = getattr(concrete, "fields", {})
        chosen = " ".join(
            self.field(name, field, above)
            for name, field in fields.items()
            if (is_nearest or is_leaf_type(get_named_type(field.type))) and len(above) <= _deepest(field)
        )
        return f"... on {narrowed.name} {{ {chosen} }}" if narrowed else chosen


def _deepest(field: GraphQLField) -> int:
    """The level to which a field is selected: what has to be given it is seldom right in several places at once."""
    if any(is_required_argument(argument) for argument in field.args.values()):
        return DEEPEST_REQUIRED
    return DEEPEST_GIVEN if field.args else DEEPEST
