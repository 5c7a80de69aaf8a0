"""Reading the schema costs as many points as the answer has objects: tools may, and whoever multiplies it may not."""

from time import perf_counter
from typing import Any

import pytest
from graphql import get_introspection_query, graphql_sync

from app.graphql.documents import Documents
from app.graphql.faults import DocumentError
from app.graphql.limits.introspection import MOST
from app.graphql.requests import Asked
from app.graphql.schema import schema
from app.settings import Limits

CORE = schema._schema
PILAH = Documents(CORE)
FREE = Documents(CORE, Limits(cost=10**9))
ALL = {
    "specified_by_url": True,
    "directive_is_repeatable": True,
    "schema_description": True,
    "input_value_deprecation": True,
}
TOOLS = {
    "with all": get_introspection_query(**ALL),
    "as usual": get_introspection_query(),
    "without descriptions": get_introspection_query(descriptions=False),
    "possible types": "{ __schema { types { kind name possibleTypes { name } } } }",
    "one type": "query ($name: String!) { __type(name: $name) { name fields { name type { name kind } } } }",
    "completion": "{ __schema { types { name fields { name args { name type { name } } } } } }",
}


def cost_of(query: str, **variables: Any) -> int:
    """The points, however many."""
    return FREE.admit(Asked(query, variables, None)).cost


def objects_in(answer: Any) -> int:
    """How many objects stand in JSON."""
    match answer:
        case dict():
            return 1 + sum(map(objects_in, answer.values()))
        case list():
            return sum(map(objects_in, answer))
    return 0


@pytest.mark.parametrize("query", TOOLS.values(), ids=TOOLS)
def test_tools_read_the_schema_far_within_the_limit(query: str) -> None:
    assert 0 < PILAH.admit(Asked(query, {"name": "Contact"}, None)).cost < Limits().cost / 4


@pytest.mark.parametrize(
    "query",
    [
        TOOLS["with all"],
        TOOLS["completion"],
        '{ __type(name: "Contact") { name ... on __Type { ...F } } } fragment F on __Type { fields { type { name } } }',
        '{ __type(name: "Nobody") { name } }',
        '{ __type(name: "SegmentKind") { enumValues(includeDeprecated: true) { name } } }',
        "{ one: __schema { directives { args { type { ofType { name } } } } } two: __schema { queryType { name } } }",
    ],
)
def test_a_point_is_an_object_of_the_answer(query: str) -> None:
    answer = graphql_sync(CORE, query).data
    assert cost_of(query) == objects_in(answer) - 1


def times(number: int, field: str) -> str:
    """The field again and again, under other names."""
    return " ".join(f"a{one}: {field}" for one in range(number))


MULTIPLIED = {
    "fields of fields": f"{{__schema{{types{{fields{{type{{{times(98, 'fields{type{name kind description}}')}}}}}}}}}}}",
    "wrapped types": f"{{__schema{{types{{fields{{type{{{times(98, 'ofType{name kind description}')}}}}}}}}}}}",
    "whole schemas": f"{{{times(98, '__schema{types{fields{name}}}')}}}",
    "in fragments": f"{{...F}} fragment F on Query {{{times(98, '__schema{types{...G}}')}}} "
    "fragment G on __Type {fields{name}}",
    "any type": f"query ($n: String!) {{{times(98, '__type(name: $n){fields{type{name}}}')}}}",
}


@pytest.mark.parametrize("query", MULTIPLIED.values(), ids=MULTIPLIED)
def test_what_multiplies_the_schema_is_refused_at_once(query: str) -> None:
    begun = perf_counter()
    with pytest.raises(DocumentError, match="points") as refused:
        Documents(CORE).admit(Asked(query, {"n": "Contact"}, None))
    assert perf_counter() - begun < 0.5
    assert refused.value.errors[0].extensions is not None
    assert refused.value.errors[0].extensions["code"] == "QUERY_TOO_COMPLEX"


def test_counting_stops_where_it_is_more_than_enough() -> None:
    assert cost_of(MULTIPLIED["fields of fields"]) == MOST
    assert cost_of(MULTIPLIED["whole schemas"]) > MOST


def test_many_values_of_an_object_count_too() -> None:
    one = cost_of("{ __schema { types { name } } }")
    many = cost_of(f"{{ __schema {{ types {{ {times(99, 'name')} }} }} }}")
    assert (one - 1) * 10 == many - 1
