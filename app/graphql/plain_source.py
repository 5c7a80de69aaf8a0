"""Writes the function that answers a selection of plain attributes.

Whatever it can't answer exactly as graphql-core would makes it raise Unplain.
"""

import keyword
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from types import CodeType
from typing import Any, Final, NoReturn
from uuid import UUID

from graphql import (
    FieldNode,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLList,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLString,
    get_nullable_type,
    is_non_null_type,
)
from graphql.execution.collect_fields import FieldDetails
from graphql.pyutils import Undefined
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.types.cast import TYPE_CAST_ATTRIBUTE
from strawberry.types.field import StrawberryField

from app.graphql.plain import PREPARED, SHARED, Answer, InColumns, Unplain, as_it_is

MOST_LINES: Final = 2_000
INERT: Final = frozenset(
    {str, int, float, bool, bytes, list, tuple, dict, datetime, date, time, Decimal, UUID}
)  # neither awaitable, nor an exception, nor null
BUILTINS: Final = {each.__name__: each for each in (type, list, tuple, str, int, float, bool, getattr, id, zip)}
STRAWBERRY_CHECK: Final = "_get_is_type_of.<locals>.is_type_of"  # it looks at the class, and at casts
RANGES: Final = {
    GraphQLInt: ("int", "-2147483648", "2147483647"),
    GraphQLFloat: ("float", "-1.7976931348623157e308", "1.7976931348623157e308"),
}


class _Unseen:
    """Stands where a type check would get its info; a check that looks at it isn't plain."""

    def __getattr__(self, name: str) -> NoReturn:
        raise Unplain


UNSEEN: Final = _Unseen()


class Source:
    """Writes one function: its lines, and the constants that they name."""

    def __init__(self, executor: StrawberryGraphQLCoreExecutionContext) -> None:
        self.executor = executor
        self.lines: list[str] = []
        self.once_a_call: list[str] = []
        self.names = 0
        self.constants: dict[str, Any] = {
            "__builtins__": BUILTINS,
            "Unplain": Unplain,
            "INERT": INERT,
            "InColumns": InColumns,
        }

    def answer(self, type_: GraphQLOutputType, details: list[FieldDetails]) -> Answer | None:
        """The function that answers a value of this type, or None where graphql-core has to."""
        try:
            if not all(_is_bare(detail.node) for detail in details):
                return None
            self.value(type_, details, "v", 1)
            lines = ["def answer(v):", *self.once_a_call, *self.lines, " return v"]
            exec(_compiled("\n".join(lines)), self.constants)  # noqa: S102
        except (Unplain, Exception):
            return None
        answer: Answer = self.constants["answer"]
        return answer

    def write(self, depth: int, line: str) -> None:
        if len(self.lines) >= MOST_LINES:
            raise Unplain
        self.lines.append(" " * depth + line)

    def name(self) -> str:
        self.names += 1
        return f"v{self.names}"

    def constant(self, value: object) -> str:
        name = f"c{len(self.constants)}"
        self.constants[name] = value
        return name

    def value(
        self, type_: GraphQLOutputType, details: list[FieldDetails], name: str, depth: int, *, shared: bool = False
    ) -> None:
        """Writes the lines that turn the value named so into its answer."""
        inner: Any = get_nullable_type(type_)
        nullable = not is_non_null_type(type_)
        if isinstance(inner, GraphQLEnumType):
            return self.enum(inner, name, depth, nullable)
        if isinstance(inner, GraphQLScalarType):
            return self.scalar(inner, name, depth, nullable)
        if nullable:
            self.write(depth, f"if {name} is not None:")
            depth += 1
        if isinstance(inner, GraphQLList):
            return self.items(inner.of_type, details, name, depth, shared)
        if isinstance(inner, GraphQLObjectType):
            return self.once(inner, details, name, depth) if shared else self.members(inner, details, name, depth)
        raise Unplain

    def items(
        self, type_: GraphQLOutputType, details: list[FieldDetails], name: str, depth: int, shared: bool
    ) -> None:
        answers, add, item = self.name(), self.name(), self.name()
        self.write(depth, f"if type({name}) is not list and type({name}) is not tuple: raise Unplain")
        self.write(depth, f"{answers} = []")
        self.write(depth, f"{add} = {answers}.append")
        self.write(depth, f"for {item} in {name}:")
        self.value(type_, details, item, depth + 1, shared=shared)
        self.write(depth + 1, f"{add}({item})")
        self.write(depth, f"{name} = {answers}")

    def once(self, type_: GraphQLObjectType, details: list[FieldDetails], name: str, depth: int) -> None:
        """Writes the same, for an object that may have been met before; the object is kept, for its id is the key."""
        known, found, met = self.name(), self.name(), self.name()
        self.once_a_call.append(f" {known} = {{}}")
        self.write(depth, f"{found} = {known}.get(id({name}))")
        self.write(depth, f"if {found} is not None: {name} = {found}[1]")
        self.write(depth, "else:")
        self.write(depth + 1, f"{met} = {name}")
        self.members(type_, details, name, depth + 1)
        self.write(depth + 1, f"{known}[id({met})] = {met}, {name}")

    def members(self, type_: GraphQLObjectType, details: list[FieldDetails], name: str, depth: int) -> None:
        self.write(depth, self.admission(type_, name))
        self.write(depth, f"{name} = {self.entries(type_, details, name, depth)}")

    def in_columns(self, type_: GraphQLObjectType, details: list[FieldDetails], name: str, depth: int) -> None:
        """Writes the same for objects that stand in columns, which go through one loop together."""
        answers, read = self.name(), dict[str, str]()
        self.write(depth, f"{answers} = []")
        self.write(depth, "")
        loop = len(self.lines) - 1
        self.write(depth + 1, f"{answers}.append({self.entries(type_, details, read, depth + 1)})")
        columns = ", ".join(f"{name}.columns[{attribute!r}]" for attribute in read.values())
        self.lines[loop] = " " * depth + f"for {', '.join(read)}, in zip({columns}):"
        self.write(depth, f"{name} = {answers}")

    def entries(
        self, type_: GraphQLObjectType, details: list[FieldDetails], owner: str | dict[str, str], depth: int
    ) -> str:
        collected = self.executor.collect_subfields(type_, details)
        if collected.new_defer_usages:
            raise Unplain
        entries = [
            f"{key!r}: {self.member(type_, selected, owner, depth)}"
            for key, selected in collected.grouped_field_set.items()
        ]
        return f"{{{', '.join(entries)}}}"

    def member(
        self, type_: GraphQLObjectType, details: list[FieldDetails], owner: str | dict[str, str], depth: int
    ) -> str:
        """Writes the lines for one field of the object named so; of columns, it notes which ones are read."""
        for detail in details:
            if detail.defer_usage or detail.fragment_variable_values or not _is_bare(detail.node):
                raise Unplain
        node = details[0].node
        if node.name.value == "__typename":
            return repr(type_.name)
        definition = self.executor.schema.get_field(type_, node.name.value)
        if definition is None:
            raise Unplain
        name = self.name()
        if _has(definition, PREPARED):
            if isinstance(owner, dict):
                raise Unplain
            self.write(depth, f"{name} = {owner}.prepared[{id(node)}]")
            depth = self.prepared(definition.type, details, name, depth)
        elif any(detail.node.arguments for detail in details):
            raise Unplain
        elif isinstance(owner, dict):
            owner[name] = _attribute(definition)
        else:
            self.write(depth, f"{name} = {owner}.{_attribute(definition)}")
        self.value(definition.type, details, name, depth, shared=_has(definition, SHARED))
        return name

    def prepared(self, type_: GraphQLOutputType, details: list[FieldDetails], name: str, depth: int) -> int:
        """Writes the lines for a value that may stand in columns, and gives the depth at which to answer others."""
        items: Any = get_nullable_type(type_)
        item: Any = get_nullable_type(items.of_type) if isinstance(items, GraphQLList) else None
        if not isinstance(item, GraphQLObjectType) or item.is_type_of is not None:
            return depth
        self.write(depth, f"if type({name}) is InColumns:")
        self.in_columns(item, details, name, depth + 1)
        self.write(depth, "else:")
        return depth + 1

    def enum(self, type_: GraphQLEnumType, name: str, depth: int, nullable: bool) -> None:
        kind = getattr(type_.extensions.get("strawberry-definition"), "wrapped_cls", None)
        lead = "if"
        if kind is not None:
            members = self.constant({member.name: type_.coerce_output_value(member) for member in kind})
            self.write(depth, f"if type({name}) is {self.constant(kind)}: {name} = {members}[{name}._name_]")
            lead = "elif"
        raw = [value.value for value in type_.values.values() if type(value.value) is str]
        names = self.constant({value: type_.coerce_output_value(value) for value in raw})
        self.write(depth, f"{lead} type({name}) is str: {name} = {names}[{name}]")
        self.otherwise(type_, name, depth, nullable)

    def scalar(self, type_: GraphQLScalarType, name: str, depth: int, nullable: bool) -> None:
        if type_ is GraphQLString or type_ is GraphQLID:
            usual = f"type({name}) is str"
        elif type_ is GraphQLBoolean:
            usual = f"type({name}) is bool"
        elif type_ in RANGES:
            kind, least, most = RANGES[type_]
            usual = f"type({name}) is {kind} and {least} <= {name} <= {most}"
        elif type_.coerce_output_value is as_it_is:
            usual = f"type({name}) in INERT"
        else:
            return self.custom(type_, name, depth, nullable)
        unless_null = f" and {name} is not None" if nullable else ""
        coerce = self.constant(_coercion(type_))
        return self.write(depth, f"if not ({usual}){unless_null}: {name} = {coerce}({name})")

    def custom(self, type_: GraphQLScalarType, name: str, depth: int, nullable: bool) -> None:
        self.write(depth, f"if type({name}) in INERT:")
        self.write(depth + 1, f"{name} = {self.constant(type_.coerce_output_value)}({name})")
        self.write(depth + 1, f"if type({name}) not in INERT: {self.constant(_refuse)}({name})")
        self.otherwise(type_, name, depth, nullable)

    def otherwise(self, type_: GraphQLLeafType, name: str, depth: int, nullable: bool) -> None:
        lead = f"elif {name} is not None" if nullable else "else"
        self.write(depth, f"{lead}: {name} = {self.constant(_coercion(type_))}({name})")

    def admission(self, type_: GraphQLObjectType, name: str) -> str:
        """The line that makes sure that graphql-core would take this value for the type."""
        trusted: set[type] = set()
        cast = f" or getattr({name}, {TYPE_CAST_ATTRIBUTE!r}, None) is not None" if type_.is_type_of else ""
        admit = self.constant(_admit(type_, trusted))
        return f"if type({name}) not in {self.constant(trusted)}{cast}: {admit}({name})"


@lru_cache(maxsize=256)
def _compiled(source: str) -> CodeType:
    return compile(source, "<plain answer>", "exec")


def _refuse(value: object) -> None:
    if value is None or value is Undefined or isinstance(value, Exception) or optimized_is_awaitable(value):
        raise Unplain(value)


def _coercion(type_: GraphQLLeafType) -> Answer:
    def coerced(value: Any) -> Any:
        _refuse(value)
        answer = type_.coerce_output_value(value)
        _refuse(answer)
        return answer

    return coerced


def _admit(type_: GraphQLObjectType, trusted: set[type]) -> Callable[[Any], None]:
    check: Any = type_.is_type_of
    by_class = check is None or getattr(check, "__qualname__", "").endswith(STRAWBERRY_CHECK)

    def admit(value: Any) -> None:
        _refuse(value)
        if check is not None:
            passed = check(value, UNSEEN)
            if not passed or optimized_is_awaitable(passed):
                raise Unplain(passed)
        if by_class and _is_static(type(value)) and not hasattr(value, TYPE_CAST_ATTRIBUTE):
            trusted.add(type(value))

    return admit


def _is_static(kind: type) -> bool:
    reads: Any = kind.__getattribute__
    return reads is object.__getattribute__ and not hasattr(kind, "__getattr__")


def _is_bare(node: FieldNode) -> bool:
    return all(directive.name.value in ("skip", "include") for directive in node.directives or ())


def _has(definition: GraphQLField, metadata: Mapping[str, bool]) -> bool:
    """Whether a field has been marked so. PREPARED: its owner's `prepared` holds its values by node's id."""
    field: Any = definition.extensions.get("strawberry-definition")
    return isinstance(field, StrawberryField) and metadata.items() <= field.metadata.items()


def _attribute(definition: GraphQLField) -> str:
    field: Any = definition.extensions.get("strawberry-definition")
    if (
        isinstance(field, StrawberryField)
        and field.is_basic_field
        and type(field).get_result == StrawberryField.get_result
        and vars(field).get("default_resolver") == getattr
        and getattr(definition.resolve, "__name__", "") == "_get_basic_result"
        and not definition.args
    ):
        name = field.python_name
        if name.isascii() and name.isidentifier() and not keyword.iskeyword(name):
            return name
    raise Unplain
