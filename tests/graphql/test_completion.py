"""The generated answers are those of Strawberry's own executor, errors and all."""

import enum
import random
from collections.abc import Generator
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Annotated, Any, Generic, NewType, TypeVar

import pytest
import strawberry
from graphql import DocumentNode, ExecutionResult, FieldNode, GraphQLResolveInfo, execute, parse
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from app.graphql.completion import PlainExecution
from app.graphql.plain import PREPARED


@strawberry.enum
class Status(enum.Enum):
    ACTIVE = "ACTIVE"
    PENDING = "waiting"
    ODD = 7


def even_only(value: Any) -> Any:
    if value == 13:
        raise ValueError("thirteen")
    return None if value % 2 else value


Even = NewType("Even", int)


@strawberry.interface
class Named:
    name: str


@strawberry.type
class Label:
    id: strawberry.ID
    name: str | None


@strawberry.type
class Tag(Named):
    color: str | None = None


class Row:
    """What a query gives: no Strawberry instance, and no place for other attributes."""

    __slots__ = ("color", "name")

    def __init__(self, name: Any, color: Any = None) -> None:
        self.name = name
        self.color = color


@strawberry.type
class Sticker:
    name: str
    color: str | None

    @classmethod
    def is_type_of(cls, value: object, _info: GraphQLResolveInfo[Any]) -> bool:
        return isinstance(value, Row) and value.name != "torn"


@strawberry.type
class Nosy:
    name: str

    @classmethod
    def is_type_of(cls, value: object, info: GraphQLResolveInfo[Any]) -> bool:
        return info.field_name in ("nosy", "value") and isinstance(value, Row)


@strawberry.type
class Picture:
    url: str


Thing = Annotated[Label | Tag, strawberry.union("Thing")]


@strawberry.type
class Contact:
    id: strawberry.ID
    name: str | None = "Ayu"
    age: int | None = 30
    score: float = 1.5
    vip: bool = True
    status: Status = Status.ACTIVE
    created_at: datetime = datetime(2026, 1, 2, tzinfo=UTC)
    money: Decimal | None = Decimal("1.50")
    even: Even | None = None
    labels: list[Label] = strawberry.field(default_factory=list)
    maybe_labels: list[Label | None] | None = None
    grid: list[list[int]] = strawberry.field(default_factory=list)
    best: Label | None = None
    strict: Label = strawberry.field(default_factory=lambda: Label(id=strawberry.ID("9"), name="s"))
    friend: "Contact | None" = None
    named: list[Named] = strawberry.field(default_factory=list)
    things: list[Thing] = strawberry.field(default_factory=list)
    tags: list[Tag] = strawberry.field(default_factory=list)
    stickers: list[Sticker] = strawberry.field(default_factory=list)
    nosy: Nosy | None = None
    secret: strawberry.Private[str] = "hidden"
    class_: str = strawberry.field(default="k", name="class")

    @strawberry.field
    def shout(self) -> str:
        return f"{self.name}!"

    @strawberry.field
    async def later(self, twice: bool = False) -> str:
        return f"{self.name} later" * (2 if twice else 1)


@strawberry.type
class Page:
    nodes: list[Contact]
    total: int = 2


@strawberry.type
class Query:
    @strawberry.field
    async def contacts(self, info: strawberry.Info) -> list[Contact]:
        contacts: list[Contact] = info.context
        return contacts

    @strawberry.field
    def loose(self, info: strawberry.Info) -> list[Contact | None] | None:
        contacts: list[Contact | None] | None = info.context
        return contacts

    @strawberry.field
    async def page(self, info: strawberry.Info) -> Page | None:
        return Page(nodes=info.context)

    @strawberry.field
    def one(self, info: strawberry.Info) -> Contact | None:
        contact: Contact | None = info.context[0]
        return contact


def make_schema(**options: Any) -> strawberry.Schema:
    scalars: Any = {Even: strawberry.scalar(name="Even", serialize=even_only, parse_value=int)}
    return strawberry.Schema(Query, types=[Tag, Picture], config=StrawberryConfig(scalar_map=scalars, **options))


schema = make_schema()


async def run(
    executor: type[StrawberryGraphQLCoreExecutionContext],
    document: DocumentNode,
    context: Any,
    variables: dict[str, Any] | None = None,
    schema: strawberry.Schema = schema,
) -> ExecutionResult:
    result: Any = execute(
        schema._schema,
        document,
        context_value=context,
        variable_values=variables,
        executor_class=executor,
        is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
    )
    return result if isinstance(result, ExecutionResult) else await result


async def both(
    query: str, make: Any, variables: dict[str, Any] | None = None, schema: strawberry.Schema = schema
) -> ExecutionResult:
    """Answers a query by either executor, twice by ours, and says that the answers are the same."""
    document = parse(query)
    expected = await run(StrawberryGraphQLCoreExecutionContext, document, make(), variables, schema)
    for _ in range(2):
        found = await run(PlainExecution, document, make(), variables, schema)
        assert found.formatted == expected.formatted
        assert keys(found.data) == keys(expected.data)
    return expected


def keys(value: Any) -> Any:
    """The order of keys, which equality of dicts doesn't see."""
    if isinstance(value, dict):
        return [(key, keys(inner)) for key, inner in value.items()]
    return [keys(inner) for inner in value] if isinstance(value, list) else type(value)


def label(number: int, name: Any = "VIP") -> Label:
    return Label(id=strawberry.ID(str(number)), name=name)


def two(**attributes: Any) -> list[Contact]:
    """Two contacts, the second with these attributes."""
    first = Contact(id=strawberry.ID("1"), labels=[label(1), label(2, None)])
    second = Contact(id=strawberry.ID("2"))
    for name, value in attributes.items():
        setattr(second, name, value)
    return [first, second]


EVERYTHING = """id name age score vip status createdAt money even labels { id name }
  maybeLabels { id } grid best { name } strict { id name } friend { name friend { id } }
  tags { name color } stickers { name color __typename } nosy { name } class __typename"""

PLAIN = {
    "everything": EVERYTHING,
    "aliases": "a: name b: name name: id kind: __typename l: labels { x: id } m: labels { y: name }",
    "merged": "labels { id } labels { name } ... on Contact { labels { nick: name } best { id } best { name } }",
    "fragments": "...One ...Two ... { age } ... on Contact @include(if: true) { vip }",
    "named fragment in a list": "labels { ...L } best { ...L } friend { ...One }",
    "literal skip": "id @skip(if: true) name @include(if: false) age labels @skip(if: false) { id }",
    "nothing left": "id @skip(if: true)",
    "type names": "__typename labels { __typename }",
    "odd name": "class",
}
FRAGMENTS = "fragment One on Contact { id ...Two } fragment Two on Contact { name best { id } }"
FRAGMENTS += " fragment L on Label { name id }"


def rich() -> list[Contact]:
    friend = Contact(id=strawberry.ID("3"), name=None, friend=Contact(id=strawberry.ID("4")))
    values: dict[str, Any] = {
        "maybe_labels": [label(1), None],
        "grid": [[1, 2], [], [3]],
        "best": label(7),
        "friend": friend,
        "even": 4,
        "tags": [Tag(name="a"), Tag(name="b", color="red")],
        "stickers": [Row("x"), Row("y", "blue")],
        "labels": (label(5),),
        "nosy": Row("n"),
    }
    return two(**values)


@pytest.mark.parametrize("selected", PLAIN.values(), ids=PLAIN)
@pytest.mark.parametrize("root", ["contacts", "loose", "page { nodes", "one"])
async def test_plain_selections_are_answered_alike(root: str, selected: str) -> None:
    query = f"{{ {root} {{ {selected} }} {'}' if '{' in root else ''} }}"
    used = FRAGMENTS if "..." in selected else ""
    result = await both(query + used, rich)
    assert result.data
    assert not result.errors


class Stringy(str):
    """A text that is no exact str."""


class Number(int):
    """A number that is no exact int."""


class Bag:
    """Any attributes at all."""

    def __init__(self, **attributes: Any) -> None:
        vars(self).update(attributes)


class NamedError(Exception):
    """An error that has all that is asked of a label."""

    id = "1"
    name = "x"


class Waiting:
    """An awaitable that may be awaited many times."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __await__(self) -> Generator[None, None, Any]:
        yield from ()
        return self.value


class Lazy:
    """An object whose attributes are made on the way, one of them a new coroutine at each read."""

    id = "9"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return f"made {name}"

    @property
    def name(self) -> Any:
        async def later() -> str:
            return "later"

        return later()


async def soon(value: Any) -> Any:
    return value


TROUBLE: dict[str, dict[str, Any]] = {
    "null in a non-null leaf": {"score": None},
    "null in a non-null enum": {"status": None},
    "null in a non-null object": {"strict": None},
    "null in a non-null list": {"labels": None},
    "null item in a list of non-null": {"labels": [label(1), None]},
    "null below": {"strict": Label(id=None, name="x")},  # type: ignore[arg-type]
    "null in an optional object": {"best": Label(id=None, name="x")},  # type: ignore[arg-type]
    "integer too large": {"age": 2**31},
    "least integer": {"age": -(2**31)},
    "float as integer": {"age": 3.0},
    "text as integer": {"age": "12"},
    "broken integer": {"age": "twelve"},
    "boolean as integer": {"age": True},
    "not a number": {"score": float("nan")},
    "infinity": {"score": float("-inf")},
    "integer as float": {"score": 3},
    "integer as boolean": {"vip": 1},
    "text as boolean": {"vip": "yes"},
    "number as text": {"name": 5},
    "list as text": {"name": ["x"]},
    "text of another class": {"name": Stringy("s")},
    "number as id": {"id": 5},
    "enum by its value": {"status": "waiting"},
    "enum by its name": {"status": "PENDING"},
    "enum by a number": {"status": 7},
    "enum member": {"status": Status.ODD},
    "enum out of range": {"status": "GONE"},
    "another enum": {"status": enum.Enum("Other", "ACTIVE").ACTIVE},  # type: ignore[attr-defined]
    "scalar answers null": {"even": 3},
    "scalar raises": {"even": 13},
    "scalar takes no text": {"even": "x"},
    "date as text": {"created_at": "2026-01-01"},
    "error as leaf": {"name": ValueError("no name")},
    "error as object": {"best": ValueError("no label")},
    "error with the attributes of an item": {"labels": [label(1), NamedError("no label")]},
    "error with the attributes of an object": {"best": NamedError("no label")},
    "scalar answers null to another class": {"even": Number(3)},
    "number of another class": {"even": Number(2), "age": Number(4)},
    "mapping as inner list": {"grid": [{1: 2}]},
    "generator as inner list": {"grid": [range(2)]},
    "cast, then the same class not cast": {
        "tags": [strawberry.cast(Tag, Bag(name="n", color="c")), Bag(name="m", color="d")]
    },
    "a check that looks at the value": {"stickers": [Row("x"), Row("torn")]},
    "error as item": {"labels": [label(1), ValueError("no label")]},
    "method as leaf": {"name": soon},
    "coroutine as leaf": {"name": Waiting("soon")},
    "coroutine as custom scalar": {"even": Waiting(2)},
    "coroutine as object": {"best": Waiting(label(4))},
    "coroutine as list": {"labels": Waiting([label(4)])},
    "coroutine as item": {"labels": [label(1), Waiting(label(4))]},
    "coroutine that gives null": {"strict": Waiting(None)},
    "text as list": {"labels": "abc"},
    "mapping as list": {"labels": {"a": 1}},
    "set as list": {"grid": [{1}]},
    "item without attributes": {"labels": [label(1), object()]},
    "item that is a mapping": {"labels": [{"id": 1, "name": "x"}]},
    "item of another class": {"labels": [SimpleNamespace(id="1", name="x")]},
    "item that has one attribute only": {"labels": [SimpleNamespace(id="1")]},
    "wrong class for an interface's type": {"tags": [label(1)]},
    "cast to a type": {"tags": [strawberry.cast(Tag, SimpleNamespace(name="n", color="c"))]},
    "cast to another type": {"tags": [Tag(name="a"), strawberry.cast(Label, Tag(name="b"))]},
    "wrong class by the type's own check": {"stickers": [Row("x"), label(1)]},
    "the type's own check": {"stickers": [Row("x"), Row(None)]},
    "made on the way": {"friend": Lazy(), "best": Lazy()},
    "tuple": {"grid": ((1,), (2, 3))},
    "unexpected item in a grid": {"grid": [[1], 2]},
}


@pytest.mark.parametrize("attributes", TROUBLE.values(), ids=TROUBLE)
@pytest.mark.parametrize("root", ["contacts", "loose", "page { total nodes"])
async def test_trouble_is_answered_alike(root: str, attributes: dict[str, Any]) -> None:
    query = f"{{ {root} {{ {EVERYTHING} }} {'}' if '{' in root else ''} }}"
    await both(query, lambda: two(**attributes))


def later(name: str, value: Any) -> Any:
    """Makes contacts with a coroutine as one attribute: each run gets its own."""
    return lambda: two(**{name: soon(value)})


@pytest.mark.parametrize(
    ("selected", "name", "value"),
    [
        ("id", "id", "x"),
        ("id name", "name", None),
        ("score", "score", None),
        ("labels { id name }", "labels", [label(1), label(2)]),
        ("best { name }", "best", label(1)),
        ("maybeLabels { id } strict { id }", "strict", None),
    ],
)
@pytest.mark.parametrize("root", ["contacts", "loose", "page { nodes"])
async def test_coroutines_are_awaited_once(root: str, selected: str, name: str, value: Any) -> None:
    await both(f"{{ {root} {{ {selected} }} {'}' if '{' in root else ''} }}", later(name, value))


NO_CONTACTS: dict[str, Any] = {
    "none": list,
    "null": lambda: [None],
    "tuple": lambda: (Contact(id=strawberry.ID("1")),),
    "set": lambda: {7},
    "text": lambda: "abc",
    "mapping": lambda: {"a": 1},
    "number": lambda: 7,
    "error": lambda: [ValueError("no contact")],
    "other class": lambda: [label(1)],
    "some attributes": lambda: [SimpleNamespace(id=1, name="x")],
    "awaitable": lambda: Waiting([Contact(id=strawberry.ID("1"))]),
    "awaitable item": lambda: [Waiting(Contact(id=strawberry.ID("1")))],
    "coroutine item": lambda: [soon(Contact(id=strawberry.ID("1"))), None],
    "generator": lambda: (Contact(id=strawberry.ID(str(number))) for number in range(3)),
}


@pytest.mark.parametrize("make", NO_CONTACTS.values(), ids=NO_CONTACTS)
@pytest.mark.parametrize("root", ["contacts", "loose"])
async def test_what_is_no_list_of_contacts_is_answered_alike(root: str, make: Any) -> None:
    await both(f"{{ {root} {{ id name }} }}", make)


NOT_PLAIN = {
    "resolver": "id shout",
    "async resolver": "id later labels { id }",
    "argument": "id later(twice: true)",
    "interface": "named { name ... on Tag { color } }",
    "union": "things { __typename ... on Label { id } ... on Tag { color } }",
}


@pytest.mark.parametrize("selected", NOT_PLAIN.values(), ids=NOT_PLAIN)
async def test_other_fields_are_answered_alike(selected: str) -> None:
    named = [Tag(name="t", color="red"), Tag(name="u")]
    things = [label(1), Tag(name="t")]
    result = await both(f"{{ contacts {{ {selected} }} }}", lambda: two(named=named, things=things))
    assert result.data
    assert not result.errors
    await both(f"{{ contacts {{ {selected} }} }}", lambda: two(named=[label(1)], things=[Row("x")], name=None))


@pytest.mark.parametrize("age", [True, False])
@pytest.mark.parametrize("labels", [True, False])
async def test_variables_change_the_shape_of_one_document(age: bool, labels: bool) -> None:
    query = """query ($age: Boolean!, $labels: Boolean = true) { contacts { id age @include(if: $age)
      ...Some @skip(if: $labels) } } fragment Some on Contact { labels @include(if: $age) { id } name }"""
    document = parse(query)
    for each in ({"age": age, "labels": labels}, {"age": not age}, {"age": age, "labels": not labels}):
        ours = await run(PlainExecution, document, rich(), each)
        theirs = await run(StrawberryGraphQLCoreExecutionContext, parse(query), rich(), each)
        assert ours.formatted == theirs.formatted
        assert ("age" in ours.data["contacts"][0]) is each["age"]  # type: ignore[index]


@pytest.mark.parametrize("selected", ["...F", "shout ...F", "id labels { ...G }", "... { ...F }"])
async def test_switches_are_found_in_fragments(selected: str) -> None:
    document = parse(
        f"""query ($v: Boolean!) {{ contacts {{ {selected} }} }} fragment G on Label {{ id name @skip(if: $v) }}
        fragment F on Contact {{ id labels {{ ...G }} }}"""
    )
    for value in (True, False, True):
        ours = await run(PlainExecution, document, two(), {"v": value})
        theirs = await run(StrawberryGraphQLCoreExecutionContext, document, two(), {"v": value})
        assert ours.formatted == theirs.formatted
        assert ("name" in ours.data["contacts"][0]["labels"][0]) is not value  # type: ignore[index]


async def test_a_field_is_told_from_itself_merged_with_others() -> None:
    query = """{ contacts { shout ...F labels { id } } loose { shout ...F labels { name } }
      one { shout ...F } } fragment F on Contact { labels { __typename } }"""
    await both(query, two)


async def test_a_switch_that_is_no_boolean_is_left_to_graphql_core() -> None:
    await both("query ($v: [Int!]) { contacts { id name @include(if: $v) } }", two, {"v": [1]})


async def test_null_for_a_switch_is_refused_alike() -> None:
    query = "query ($v: Boolean = true) { contacts { id labels { id @include(if: $v) name @skip(if: $v) } } }"
    result = await both(query, rich, {"v": None})
    assert result.errors


async def test_two_operations_of_one_document_share_a_fragment() -> None:
    document = parse(
        """query A($v: Boolean!) { contacts { ...F } } query B($v: Boolean = false) { contacts { ...F } }
        fragment F on Contact { id name @include(if: $v) }"""
    )
    found = [
        await execute(  # type: ignore[misc]
            schema._schema,
            document,
            context_value=two(),
            variable_values={"v": True} if name == "A" else {},
            operation_name=name,
            executor_class=PlainExecution,
        )
        for name in "ABAB"
    ]
    assert [set(result.data["contacts"][0]) for result in found] == [{"id", "name"}, {"id"}] * 2


async def test_a_sorted_schema_is_answered_alike() -> None:
    await both(f"{{ contacts {{ {EVERYTHING} }} }}", rich, schema=make_schema(sort_schema=True))


async def test_a_resolver_of_the_schema_s_own_choice_is_obeyed() -> None:
    @strawberry.type
    class Pet:  # of its own, for Strawberry notes the resolver on the fields
        name: str

    @strawberry.type
    class PetQuery:
        @strawberry.field
        def pets(self) -> list[Pet]:
            return [Pet(name="Momo")]

    config = StrawberryConfig(default_resolver=lambda source, name: f"{name} of {type(source).__name__}")
    result = await both("{ pets { name } }", lambda: None, schema=strawberry.Schema(PetQuery, config=config))
    assert result.data == {"pets": [{"name": "name of Pet"}]}


T = TypeVar("T")


@strawberry.type
class Edge(Generic[T]):
    cursor: str
    node: T


@strawberry.type
class PageInfo:
    has_next_page: bool
    end_cursor: str | None


@strawberry.type
class Connection(Generic[T]):
    edges: list[Edge[T]]
    page_info: PageInfo

    @strawberry.field
    async def total_count(self) -> int:
        return len(self.edges)


@strawberry.interface
class Node:
    id: strawberry.ID


@strawberry.type
class Person(Node):
    name: str | None
    labels: list[Label]


@strawberry.type
class PeopleQuery:
    @strawberry.field
    async def people(self) -> Connection[Person]:
        rows = [Person(id=strawberry.ID(str(n)), name=None, labels=[label(n)]) for n in range(5)]
        edges = [Edge(cursor=f"c{row.id}", node=row) for row in rows]
        return Connection(edges=edges, page_info=PageInfo(has_next_page=True, end_cursor="c4"))

    @strawberry.field
    def node(self) -> Node:
        return Person(id=strawberry.ID("1"), name="Ayu", labels=[label(1)])


async def test_connections_are_plain_below_the_field_with_a_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Counting, "completed", 0)
    schema = strawberry.Schema(PeopleQuery, execution_context_class=Counting)
    query = """{ people { edges { cursor node { id name labels { id name } } } pageInfo { hasNextPage endCursor }
      totalCount } node { id ... on Person { name labels { id } } } }"""
    ours = await schema.execute(query)
    theirs = await strawberry.Schema(PeopleQuery).execute(query)
    assert ours.data == theirs.data
    assert not ours.errors
    # Non-null and nullable each of people, edges, pageInfo, totalCount and node, and no more.
    assert Counting.completed == 10


@strawberry.type
class Shelf:
    id: strawberry.ID
    by_key: strawberry.Private[dict[str, list[Label]]]
    prepared: strawberry.Private[dict[int, list[Label]]]

    @strawberry.field(metadata=PREPARED)
    def books(self, info: strawberry.Info, keys: list[str] | None = None) -> list[Label]:
        return self.prepared[id(info._raw_info.field_nodes[0])]


@strawberry.type
class ShelfQuery:
    @strawberry.field
    def shelves(self, info: strawberry.Info) -> list[Shelf]:
        shelves: list[Shelf] = info.context
        selection = info._raw_info.field_nodes[0].selection_set
        nodes = (
            {
                (node.alias or node.name).value: id(node)
                for node in selection.selections
                if isinstance(node, FieldNode)
            }
            if selection
            else {}
        )
        for shelf in shelves:
            shelf.prepared = {nodes[key]: books for key, books in shelf.by_key.items()}
        return shelves


@pytest.mark.parametrize(("missing", "completed"), [(False, 2), (True, None)])
async def test_prepared_values_are_taken_by_their_node(
    missing: bool, completed: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Counting, "completed", 0)
    schema = strawberry.Schema(ShelfQuery)
    by_key = {"books": [label(1)], "a": [label(2)]} | ({} if missing else {"b": []})
    shelves = [Shelf(id=strawberry.ID("1"), by_key=by_key, prepared={})] * 2
    query = '{ shelves { id books { id } a: books(keys: ["x"]) { name } b: books(keys: []) { id name } } }'
    result = await both(query, lambda: shelves, schema=schema)
    assert bool(result.errors) is missing
    await run(Counting, parse(query), shelves, schema=schema)
    assert completed in (None, Counting.completed)


async def test_introspection_is_answered_alike() -> None:
    await both("{ __schema { types { name fields { name type { name } } } } contacts { id } }", rich)


class Counting(PlainExecution):
    """Counts what graphql-core itself completes."""

    completed = 0

    def complete_value(self, *args: Any) -> Any:
        type(self).completed += 1
        return super().complete_value(*args)


@pytest.mark.parametrize("selected", PLAIN.values(), ids=PLAIN)
async def test_a_plain_list_costs_graphql_core_nothing(selected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Counting, "completed", 0)
    selected = selected.replace("nosy { name }", "")  # its own check asks for more than the value
    used = FRAGMENTS if "..." in selected else ""
    result = await run(Counting, parse(f"{{ contacts {{ {selected} }} }} {used}"), rich())
    assert result.data
    assert Counting.completed == 2  # the field `contacts`: non-null, and the list


async def test_one_bad_item_leaves_the_others_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Counting, "completed", 0)
    contacts = [*rich() * 20, *two(age="twelve")]
    result = await run(Counting, parse("{ loose { id age vip } }"), contacts)
    assert [error.path for error in result.errors or ()] == [["loose", 41, "age"]]
    assert Counting.completed == 1 + 42 + 5  # the list, its items, and the fields of the bad one


FIELDS = ["id", "name", "age", "score", "vip", "status", "createdAt", "money", "even", "__typename", "class"]
VALUES: dict[str, list[Any]] = {
    "name": [None, "x", 5, Waiting("w")],
    "age": [None, 3, "4", 2**40],
    "score": [1.5, 2, None],
    "status": [Status.ODD, "waiting", "nothing"],
    "even": [None, 2, 3, 13],
    "vip": [True, False, 0],
}


def random_selection(chance: random.Random, depth: int) -> str:
    picked = [f"{chance.choice(['', 'p: ', ''])}{name}" for name in chance.sample(FIELDS, chance.randint(1, 5))]
    if depth:
        for name in chance.sample(["friend", "labels", "best", "maybeLabels"], chance.randint(0, 3)):
            inner = random_selection(chance, depth - 1) if name == "friend" else "id n: name"
            picked.append(f"{name} {chance.choice(['', '@include(if: $v)'])} {{ {inner} }}")
    aliased = [part for part in picked if part.startswith("p: ")]
    picked = [part for part in picked if part not in aliased[1:]]
    chance.shuffle(picked)
    return " ".join(picked)


def random_contact(chance: random.Random, depth: int) -> Contact:
    contact: Any = Contact(id=strawberry.ID(str(chance.randint(1, 9))))
    for name, values in VALUES.items():
        if chance.random() < 0.15:
            setattr(contact, name, chance.choice(values))
    contact.labels = [label(number, chance.choice(["a", None])) for number in range(chance.randint(0, 2))]
    contact.maybe_labels = chance.choice([None, [None, label(1)], [label(2)], 4])
    contact.best = chance.choice([None, label(3), object()])
    contact.friend = random_contact(chance, depth - 1) if depth and chance.random() < 0.8 else None
    made: Contact = contact
    return made


@pytest.mark.parametrize("seed", range(150))
async def test_random_selections_of_random_contacts_are_answered_alike(seed: int) -> None:
    chance = random.Random(seed)
    query = f"query ($v: Boolean!) {{ ROOT {{ {random_selection(chance, 3)} n: name @skip(if: $v) }} }}"
    contacts = [random_contact(chance, 3) for _ in range(3)]
    for root in ("contacts", "loose"):
        await both(query.replace("ROOT", root), lambda: contacts, {"v": chance.random() < 0.5})
