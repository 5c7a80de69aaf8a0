"""What reading the schema costs: a point for each object that the answer has of it, counted in the schema itself."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    StringValueNode,
    get_named_type,
    introspection_types,
)

MOST: Final = 50_000
VALUES_OF_A_POINT: Final = 10
_SCHEMA: Final[Any] = introspection_types["__Schema"]
_TYPE: Final[Any] = introspection_types["__Type"]


@dataclass(frozen=True, slots=True)
class _Level:
    """What a selection costs for one object, and those of its fields that lead to others."""

    points: int
    fields: list[FieldNode]


class Introspection:
    """Counts within one document; once there are MOST points it stops, and whatever comes then costs as much."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._schema = schema
        self._fragments = fragments
        self._info: Any = SimpleNamespace(schema=schema)
        self._levels: dict[int, _Level] = {}
        self._counted = 0

    def points(self, node: FieldNode) -> int:
        """The points of a `__schema` or a `__type`; those of all types where a variable says which."""
        before = self._counted
        if node.name.value == "__schema":
            self._count(node, _SCHEMA, [self._schema])
        else:
            self._count(node, _TYPE, self._named(node))
        return MOST if self._counted >= MOST else self._counted - before

    def _named(self, node: FieldNode) -> Iterable[object]:
        (name,) = (argument.value for argument in node.arguments or ())
        if not isinstance(name, StringValueNode):
            return self._schema.type_map.values()
        found = self._schema.get_type(name.value)
        return [] if found is None else [found]

    def _count(self, node: FieldNode, type: Any, elements: Iterable[object]) -> None:
        level = self._level(node)
        for element in elements:
            if self._counted >= MOST:
                return
            self._counted += level.points
            for field in level.fields:
                self._follow(field, type, element)

    def _follow(self, node: FieldNode, type: Any, element: object) -> None:
        field = type.fields[node.name.value]
        # What is deprecated counts, whether it is asked for or not.
        found = field.resolve(element, self._info, **dict.fromkeys(field.args, True))
        if found is not None:
            many = found if isinstance(found, Iterable) else [found]
            self._count(node, get_named_type(field.type), many)

    def _level(self, node: FieldNode) -> _Level:
        if id(node) not in self._levels:
            fields = [*self._fields(node.selection_set)]
            leading = [field for field in fields if field.selection_set is not None]
            values = len(fields) - len(leading)
            self._levels[id(node)] = _Level(1 + values // VALUES_OF_A_POINT, leading)
        return self._levels[id(node)]

    def _fields(self, selected: SelectionSetNode | None) -> Iterator[FieldNode]:
        for node in selected.selections if selected else ():
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, FragmentSpreadNode):
                yield from self._fields(self._fragments[node.name.value].selection_set)
            elif isinstance(node, InlineFragmentNode):
                yield from self._fields(node.selection_set)
