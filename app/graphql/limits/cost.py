"""What an operation costs, before it is run: a point for each object that its answer may hold, and more for counts.

Fragments are priced once. What depends on variables is kept as such, so that a document is priced once, too,
and only the sizes of its pages are looked up for each request.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLOutputType,
    GraphQLSchema,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Undefined,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
)

from app.graphql.limits.introspection import Introspection
from app.graphql.limits.prices import (
    FILTERED,
    FILTERS,
    LARGEST_PAGE,
    LENGTHS,
    MUTATION,
    PRICES,
    USUAL_LIST,
    USUAL_PAGE,
)

SIZES: Final = ("first", "last", "keys")


@dataclass(frozen=True, slots=True)
class Cost:
    """Points that are certain, and costs that come as many times as a variable says."""

    points: int = 0
    times: tuple["Times", ...] = ()

    def plus(self, other: "Cost") -> "Cost":
        """Both together."""
        return Cost(self.points + other.points, self.times + other.times)

    def of(self, variables: Mapping[str, Any]) -> int:
        """The points for these values of the variables, be they ones that the schema takes or not."""
        return self.points + sum(each.number(variables) * each.cost.of(variables) for each in self.times)


@dataclass(frozen=True, slots=True)
class Times:
    """A cost that comes several times: as the first of the sizes says that is given, else the usual number."""

    sizes: tuple[int | str, ...]
    usual: int
    cost: Cost

    def number(self, variables: Mapping[str, Any]) -> int:
        """How many times; pages beyond the largest are refused by their resolver, which says so better."""
        for size in self.sizes:
            number = _number(variables.get(size)) if isinstance(size, str) else size
            if number is not None:
                return number
        return self.usual


@dataclass(frozen=True, slots=True)
class Selected:
    """What a selection costs once, and for each item of the page that it is of."""

    once: Cost = Cost()
    each: Cost = Cost()

    def plus(self, other: "Selected") -> "Selected":
        """Both together."""
        return Selected(self.once.plus(other.once), self.each.plus(other.each))


def costs(schema: GraphQLSchema, document: DocumentNode) -> dict[str | None, Cost]:
    """The cost of each operation of a valid document, by its name."""
    priced = _Priced(schema, document)
    return {
        found.name.value if found.name else None: priced.operation(found)
        for found in document.definitions
        if isinstance(found, OperationDefinitionNode)
    }


class _Priced:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments = {
            found.name.value: found for found in document.definitions if isinstance(found, FragmentDefinitionNode)
        }
        self._known: dict[str, Selected] = {}
        self._introspection = Introspection(schema, self._fragments)

    def operation(self, node: OperationDefinitionNode) -> Cost:
        return self._selected(node.selection_set, self._schema.get_root_type(node.operation)).once

    def _fragment(self, name: str) -> Selected:
        if name not in self._known:
            fragment = self._fragments[name]
            type = self._schema.type_map[fragment.type_condition.name.value]
            self._known[name] = self._selected(fragment.selection_set, type)
        return self._known[name]

    def _selected(self, selected: SelectionSetNode, type: Any) -> Selected:
        found = Selected()
        for node in selected.selections:
            found = found.plus(self._selection(node, type))
        return found

    def _selection(self, node: Any, type: Any) -> Selected:
        if isinstance(node, FragmentSpreadNode):
            return self._fragment(node.name.value)
        if isinstance(node, FieldNode):
            return self._field(node, type)
        condition = node.type_condition
        return self._selected(node.selection_set, self._schema.type_map[condition.name.value] if condition else type)

    def _field(self, node: FieldNode, type: Any) -> Selected:
        if node.name.value.startswith("__"):
            return Selected(Cost(self._introspection.points(node) if node.selection_set else 0))
        field = type.fields[node.name.value]
        place = f"{type.name}.{node.name.value}"
        own = _price(field, place, node) + (MUTATION if type is self._schema.mutation_type else 0)
        if node.selection_set is None:
            return Selected(Cost(own))
        below = self._selected(node.selection_set, get_named_type(field.type))
        cost = below.once.plus(_times(_sizes(node), _usual(field, USUAL_PAGE), below.each))
        if not _is_list(field.type):
            return Selected(Cost(own).plus(cost))
        item = Cost(own).plus(cost)
        if type.name.endswith("Connection"):
            return Selected(each=item)
        return Selected(_times(_sizes(node), LENGTHS.get(place, _usual(field, USUAL_LIST)), item))


def _price(field: GraphQLField, place: str, node: FieldNode) -> int:
    """A point for an object that is loaded; an edge only holds one."""
    type = get_named_type(field.type)
    price = PRICES.get(place, 0 if is_leaf_type(type) or type.name.endswith("Edge") else 1)
    is_filtered = any(argument.name.value in FILTERS.get(place, ()) for argument in node.arguments or ())
    return price + FILTERED if is_filtered else price


def _is_list(type: GraphQLOutputType) -> bool:
    return is_list_type(get_nullable_type(type))


def _sizes(node: FieldNode) -> tuple[int | str, ...]:
    given = {argument.name.value: argument.value for argument in node.arguments or ()}
    sizes = (_size(given[name]) for name in SIZES if name in given)
    return tuple(size for size in sizes if size is not None)


def _size(value: Any) -> int | str | None:
    match value:
        case VariableNode():
            return str(value.name.value)
        case IntValueNode():
            return _number(int(value.value))
        case ListValueNode():
            return len(value.values)
    return None


def _number(given: object) -> int | None:
    """How many a value asks for, also one that will be refused; the most where it can't be read as a number."""
    match given:
        case None:
            return None
        case list():
            return len(given)
        case int() | float() if given == given // 1 and not isinstance(given, bool):
            return int(min(max(given, 0), LARGEST_PAGE))
    return LARGEST_PAGE


def _usual(field: GraphQLField, otherwise: int) -> int:
    first = field.args.get("first")
    default = Undefined if first is None else first.default_value
    return default if isinstance(default, int) else otherwise


def _times(sizes: tuple[int | str, ...], usual: int, cost: Cost) -> Cost:
    if cost == Cost():
        return cost
    times = Times(sizes, usual, cost)
    if cost.times or any(isinstance(size, str) for size in sizes):
        return Cost(times=(times,))
    return Cost(times.number({}) * cost.points)
