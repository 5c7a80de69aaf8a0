"""What an operation costs is told before it runs, by what it may load, and looked up anew only for its variables."""

from pathlib import Path
from time import perf_counter
from typing import Any, cast

import orjson
import pytest
from graphql import GraphQLInterfaceType, GraphQLObjectType, build_schema

from app.graphql.documents import Documents
from app.graphql.faults import DocumentError
from app.graphql.limits.cost import costs
from app.graphql.limits.prices import LENGTHS, PRICES
from app.graphql.requests import Asked
from app.graphql.schema import schema
from app.settings import Limits
from tests.graphql.conftest import Ask

PILAH = Documents(schema._schema)
STORIES = sorted((Path(__file__).parents[3] / "app/graphql/page/stories").glob("*.graphql"))
SCHEMA = build_schema("""
type Query { leaf: Int one: Node list: [Node!]! some(first: Int! = 3): [Node!] all(first: Int, last: Int): NodeConnection! }
type Node { leaf: Int leaves: [Int!]! one: Node values(keys: [String!]): [Node!]! all(first: Int, last: Int): NodeConnection! }
type NodeConnection { nodes: [Node!]! edges: [NodeEdge!]! total: Int! about: Node! }
type NodeEdge { cursor: String! node: Node! }
type Mutation { change: Node set: Int }
""")
cast(GraphQLObjectType, SCHEMA.type_map["Query"]).fields["some"].args[
    "first"
].default_value = 3  # as Strawberry gives it


def cost_of(query: str, **variables: Any) -> int:
    """The points of the only operation."""
    document = Documents(SCHEMA).read(query)
    return document.cost(document.operation(None), variables)


CERTAIN = {
    "{ leaf __typename }": 0,
    "{ one { leaf } }": 1,
    "{ one { one { leaf } two: one { leaves } } }": 3,
    "{ list { leaf } }": 10,
    "{ list { one { leaf } } }": 20,
    "{ some { leaf } }": 3,
    "{ some(first: 4) { one { leaf } } }": 8,
    "{ all { total } }": 1,
    "{ all { nodes { leaf } } }": 51,
    "{ all(first: 20) { nodes { leaf } total } }": 21,
    "{ all(last: 20) { nodes { leaf } } }": 21,
    "{ all(first: null) { nodes { leaf } } }": 51,
    "{ all(first: 20) { edges { cursor node { leaf } } } }": 21,
    "{ all(first: 20) { nodes { leaf } edges { node { leaf } } } }": 41,
    "{ all(first: 20) { about { one { leaf } } } }": 3,
    "{ all(first: 20) { nodes { all(first: 5) { nodes { leaf } } } } }": 1 + 20 * (1 + 1 + 5),
    "{ all(first: 1000000) { nodes { leaf } } }": 201,
    "{ all(first: -5) { nodes { leaf } } }": 1,
    '{ one { values(keys: ["a", "b"]) { leaf } } }': 3,
    "{ one { values { leaf } } }": 11,
    "{ one @skip(if: true) { leaf } }": 1,
    "mutation { set }": 10,
    "mutation { change { one { leaf } } set }": 22,
    "{ ...F ... { ...F } } fragment F on Query { all(first: 7) { ...G } } fragment G on NodeConnection { nodes { leaf } }": 16,
    "{ __schema { queryType { name } } __typename }": 2,
}


@pytest.mark.parametrize(("query", "points"), CERTAIN.items(), ids=CERTAIN)
def test_an_operation_costs_what_its_answer_may_hold(query: str, points: int) -> None:
    assert cost_of(query) == points


BY_VARIABLES: list[tuple[str, dict[str, Any], int]] = [
    ("query ($n: Int) { all(first: $n) { nodes { leaf } } }", {"n": 7}, 8),
    ("query ($n: Int) { all(first: $n) { nodes { leaf } } }", {}, 51),
    ("query ($n: Int) { all(first: $n) { nodes { leaf } } }", {"n": None}, 51),
    ("query ($n: Int = 3) { all(first: $n) { nodes { leaf } } }", {}, 4),
    ("query ($n: Int = 3) { all(first: $n) { nodes { leaf } } }", {"n": 9}, 10),
    ("query ($n: Int) { all(first: $n) { nodes { leaf } } }", {"n": "many"}, 201),
    ("query ($n: Int) { all(first: $n) { nodes { leaf } } }", {"n": 120.0}, 121),
    ("query ($n: Int) { all(first: $n) { nodes { leaf } } }", {"n": 1e300}, 201),
    ("query ($n: Int) { all(first: $n) { nodes { leaf } } }", {"n": 1.5}, 201),
    ("query ($n: Int) { all(first: $n) { nodes { leaf } } }", {"n": float("nan")}, 201),
    ("query ($n: Int) { all(first: $n) { nodes { leaf } } }", {"n": True}, 201),
    ("query ($n: Int = null) { all(first: $n) { nodes { leaf } } }", {}, 51),
    ("query ($n: Int) { all(first: $n) { nodes { leaf } } }", {"n": 10**9}, 201),
    ("query ($n: Int, $m: Int) { all(first: $n, last: $m) { nodes { leaf } } }", {"m": 4}, 5),
    ("query ($n: Int) { all(first: $n) { nodes { all(last: $n) { nodes { leaf } } } } }", {"n": 10}, 1 + 10 * 12),
    ("query ($n: Int) { all(first: 3) { nodes { all(last: $n) { nodes { leaf } } } } }", {"n": 10}, 1 + 3 * 12),
    ("query ($k: [String!]) { one { values(keys: $k) { leaf } } }", {"k": ["a", "b", "c"]}, 4),
    ("query ($k: [String!]) { one { values(keys: $k) { leaf } } }", {"k": ["a"] * 500}, 501),
    ('query ($k: [String!] = ["a", "b"]) { one { values(keys: $k) { leaf } } }', {}, 3),
    ('query ($k: [String!] = ["a", "b"]) { one { values(keys: $k) { leaf } } }', {"k": None}, 11),
    ("query ($n: Int) { ...F } fragment F on Query { all(first: $n) { nodes { leaf } } }", {"n": 2}, 3),
]


@pytest.mark.parametrize(("query", "variables", "points"), BY_VARIABLES)
def test_pages_count_by_the_variables_of_the_request(query: str, variables: dict[str, Any], points: int) -> None:
    assert cost_of(query, **variables) == points


def test_what_costs_too_much_is_refused_and_told_what_it_costs() -> None:
    documents = Documents(SCHEMA, Limits(cost=20))
    asked = Asked("query ($n: Int) { all(first: $n) { nodes { leaf } } }", {"n": 19}, None)
    assert documents.admit(asked).extensions == {"cost": {"requested": 20, "limit": 20}}
    with pytest.raises(DocumentError) as caught:
        documents.admit(Asked(asked.query, {"n": 20}, None))
    assert caught.value.errors[0].extensions == {"code": "QUERY_TOO_COMPLEX", "cost": {"requested": 21, "limit": 20}}
    assert len(documents._kept) == 1


def test_fragments_are_priced_once_each() -> None:
    fragments = " ".join(f"fragment F{n} on Query {{ one {{ leaf }} ...F{n + 1} }}" for n in range(90))
    source = (
        f"query ($n: Int) {{ ...F0 }} {fragments} fragment F90 on Query {{ all(first: $n) {{ nodes {{ leaf }} }} }}"
    )
    document = Documents(SCHEMA).read(source)
    begun = perf_counter()
    (cost,) = costs(SCHEMA, document.node).values()
    assert cost.of({"n": 9}) == 100
    assert perf_counter() - begun < 0.2


def test_every_price_is_of_a_field_that_there_is() -> None:
    for place in [*PRICES, *LENGTHS]:
        name, _, field = place.partition(".")
        kind = schema._schema.type_map[name]
        assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        assert field in kind.fields


ADVISED = "{ previewSegment(filter: {status: [ACTIVE]}) { advice { code %s } } }"
NESTED = {
    "": 181,
    "segment { name }": 184,
    "segment { advice { code } }": 724,
    "segment { advice { segment { advice { code } } } }": 2_353,
}


@pytest.mark.parametrize(("below", "points"), NESTED.items(), ids=NESTED)
def test_advice_is_paid_for_each_segment_that_it_names(below: str, points: int) -> None:
    assert PILAH.admit(Asked(ADVISED % below, None, None)).cost == points


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.stem)
def test_the_examples_of_the_page_are_far_from_the_limit(story: Path) -> None:
    variables = story.with_suffix(".json")
    given = orjson.loads(variables.read_bytes()) if variables.exists() else None
    assert PILAH.admit(Asked(story.read_text(), given, None)).cost < Limits().cost / 5


FULL = """{ contacts(first: 200) { totalCount nodes {
  id email name status source createdAt labels { id name } fields { field { key name } value } segments { id name }
  statusHistory { status cause }
} } }"""


def test_the_largest_page_of_all_that_is_known_of_contacts_is_within_the_limit() -> None:
    parts = {"labels": 5, "fields": 20, "segments": 10, "history": 10}
    assert PILAH.admit(Asked(FULL, None, None)).cost == 11 + 200 * (1 + sum(parts.values()))


def test_a_page_with_labels_and_segments_counts_both() -> None:
    query = "{ contacts(first: 200) { nodes { labels { name } segments { name } } } }"
    assert PILAH.admit(Asked(query, None, None)).cost == 1 + 200 * (1 + 5 + 10)


def test_pages_within_pages_are_beyond_it() -> None:
    query = "{ segments(first: 200) { nodes { contacts(first: 200) { nodes { email labels { name } } } } } }"
    with pytest.raises(DocumentError, match="points"):
        PILAH.admit(Asked(query, None, None))


FILTERED = "filter: {status: [ACTIVE]}"
DEAR = {
    "{ contacts(first: 5) { nodes { email } } }": 6,
    f"{{ contacts(first: 5, {FILTERED}) {{ nodes {{ email }} }} }}": 16,
    '{ contacts(first: 5, search: "x") { nodes { email } } }': 16,
    f"{{ previewSegment({FILTERED}) {{ contacts(first: 1) {{ nodes {{ email }} }} }} }}": 1 + 11 + 1,
    '{ segment(id: "x") { contacts(first: 1) { nodes { email } } } }': 1 + 11 + 1,
    '{ exportContact(id: "x") }': 100,
    '{ isOnDoNotContact(email: "x") }': 1,
}


@pytest.mark.parametrize(("query", "points"), DEAR.items(), ids=DEAR)
def test_what_may_look_at_every_contact_costs_more(query: str, points: int) -> None:
    assert PILAH.admit(Asked(query, None, None)).cost == points


async def test_fields_named_again_are_told_once(ask: Ask) -> None:
    await ask('mutation { createField(input: {key: "age", name: "Age", type: NUMBER}) { errors { message } } }')
    await ask('mutation { createContact(input: {email: "a@example.com"}) { errors { message } } }')
    query = "query ($k: [String!]) { contacts { nodes { fields(keys: $k) { field { key } } } } }"
    answer = await ask(query, k=["age"] * 100)
    assert answer["data"]["contacts"]["nodes"] == [{"fields": [{"field": {"key": "age"}}]}]


async def test_every_answer_tells_its_cost(ask: Ask) -> None:
    answer = await ask("query ($n: Int!) { contacts(first: $n) { totalCount nodes { email } } }", n=30)
    assert answer["extensions"] == {"cost": {"requested": 41, "limit": 20_000}}
    refused = await ask('{ contacts(first: 0) { nodes { email } } contact(id: "x") { email } }')
    assert (refused["extensions"]["cost"]["requested"], len(refused["errors"])) == (2, 1)
    dear = await ask("{ segments(first: 200) { nodes { contacts(first: 200) { nodes { email } } } } }")
    assert dear["errors"][0]["extensions"]["code"] == "QUERY_TOO_COMPLEX"
    assert "data" not in dear
