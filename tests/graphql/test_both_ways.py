"""Every example query, and a table of page queries, answered by our executor and by Strawberry's own: no difference."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from graphql import ExecutionResult, execute, parse, validate
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from app.filters.catalog import Catalog
from app.filters.ids import to_global
from app.graphql.completion import PlainExecution
from app.graphql.context import Context
from app.graphql.documents import RULES
from app.graphql.faults import formatted
from app.graphql.schema import schema
from app.queries.acts import Actor
from app.queries.catalogs import current_catalog
from app.queries.fixed_lists import create_static
from app.queries.segment_edits import update_segment
from app.queries.segments import create_dynamic
from app.queries.tokens import Bearer
from app.queries.workspaces import create_workspace
from app.transfer.demo.filling import SEGMENTS, fill, furnish
from tests.conftest import named_apart

STORIES = Path(__file__).parents[2] / "app" / "graphql" / "page" / "stories"
NOW = datetime.fromisoformat("2026-03-01T12:00:00+07:00")


@pytest.fixture(scope="module")
async def catalog(pool: None) -> Catalog:
    """A workspace like the demo's, shared by the queries here, which change nothing."""
    workspace = await create_workspace(named_apart("both ways"), "Asia/Jakarta")
    await fill(await furnish(workspace), 60)
    for name, document in SEGMENTS.items():
        await create_dynamic(workspace, name, document)
    await create_static(workspace, "By hand", [])
    catalog = await current_catalog(workspace)
    await update_segment(workspace, next(iter(catalog.segments)), "Jakarta", None)
    return await current_catalog(workspace)


async def answered(executor: type, text: str, variables: dict[str, Any], catalog: Catalog) -> dict[str, Any]:
    """The answer as JSON has it, with the order of its keys."""
    document = parse(text)
    assert validate(schema._schema, document, RULES) == []
    result: Any = execute(
        schema._schema,
        document,
        context_value=Context(
            Bearer(catalog.workspace_id, 0, frozenset({"read", "import", "export"}), Actor()), catalog, now=NOW
        ),
        variable_values=variables,
        executor_class=executor,
        is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
    )
    result = result if isinstance(result, ExecutionResult) else await result
    errors = [formatted(error) for error in result.errors or ()]
    return {"data": result.data, "errors": errors}


async def both(text: str, variables: dict[str, Any], catalog: Catalog) -> dict[str, Any]:
    """The answer that both executors give; ours is asked twice, for the second time it has the document's functions."""
    expected = await answered(StrawberryGraphQLCoreExecutionContext, text, variables, catalog)
    for _ in range(2):
        found = await answered(PlainExecution, text, variables, catalog)
        assert json.dumps(found) == json.dumps(expected)
    return expected


def _examples() -> list[Any]:
    """The page's examples that change nothing, with their variables and whether they are meant to be wrong."""
    found = []
    for path in sorted(STORIES.glob("*.graphql")):
        query, saved = path.read_text(), path.with_suffix(".json")
        if not re.search(r"^(mutation|subscription)\b", query, re.MULTILINE):
            variables = json.loads(saved.read_text()) if saved.exists() else {}
            found.append(pytest.param(query, variables, "mistakes" in path.stem, id=path.stem))
    return found


async def _placed(variables: dict[str, Any], catalog: Catalog) -> dict[str, Any]:
    """An example's variables with ids that are there instead of the demo's."""
    segments = [to_global("Segment", number) for number in catalog.segments]
    found = await answered(PlainExecution, "{ contacts(first: 1) { nodes { id } } }", {}, catalog)
    (contact,) = found["data"]["contacts"]["nodes"]
    ids: dict[str, Any] = {"id": segments[0], "segment": segments[0], "segments": segments[:3]}
    return {name: ids.get(name, contact["id"]) for name in variables}


@pytest.mark.parametrize(("query", "variables", "mistaken"), _examples())
async def test_an_example_is_answered_alike(
    query: str, variables: dict[str, Any], mistaken: bool, catalog: Catalog
) -> None:
    answer = await both(query, await _placed(variables, catalog), catalog)
    assert bool(answer["errors"]) == mistaken


EVERYTHING = """id email name status source externalId createdAt updatedAt subscribedAt lastSentAt lastOpenedAt
  lastClickedAt labels { id name __typename } fields { field { id key name type options operators isSystem } value }
  __typename"""

PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "everything": (
        f"{{ contacts(first: 20) {{ edges {{ cursor node {{ {EVERYTHING} }} }} nodes {{ id }} "
        "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } }",
        {},
    ),
    "no one": ('{ contacts(search: "nobody at all") { edges { cursor } pageInfo { startCursor } totalCount } }', {}),
    "keys": ('{ contacts { nodes { fields(keys: ["orders", "city"]) { field { key } value } } } }', {}),
    "no keys": ("{ contacts { nodes { fields(keys: []) { value } } } }", {}),
    "null for keys": ("{ contacts { nodes { fields(keys: null) { field { name } } } } }", {}),
    "a key twice": ('{ contacts { nodes { fields(keys: ["city", "city"]) { value } } } }', {}),
    "keys in a variable": (
        "query ($keys: [String!]) { contacts { nodes { fields(keys: $keys) { value } } } }",
        {"keys": ["plan"]},
    ),
    "no keys in the variable": (
        "query ($keys: [String!]) { contacts { nodes { fields(keys: $keys) { value } } } }",
        {},
    ),
    "default keys": (
        'query ($keys: [String!] = ["city"]) { contacts { nodes { fields(keys: $keys) { value } } } }',
        {},
    ),
    "a key in a variable": (
        'query ($key: String!) { contacts { nodes { fields(keys: ["city", $key]) { value } } } }',
        {"key": "orders"},
    ),
    "aliases of fields": (
        '{ contacts { nodes { a: fields(keys: ["city"]) { value } b: fields(keys: ["birthday"]) { value } '
        "fields { field { key } } } } }",
        {},
    ),
    "aliases of all": (
        "{ a: contacts(first: 2) { e: edges { c: cursor n: node { i: id l: labels { n: name } } } } "
        'b: contacts(first: 3, search: "a") { nodes { i: email } totalCount } }',
        {},
    ),
    "edges and nodes": (
        '{ contacts(first: 3) { edges { node { fields(keys: ["city"]) { value } } } '
        'nodes { other: fields(keys: ["orders"]) { value } labels { name } } } }',
        {},
    ),
    "fragments": (
        "{ contacts(first: 4) { ...Page edges { node { ... on Contact { labels { name } } ... { email } } } } } "
        "fragment Page on ContactConnection { edges { cursor node { ...Person } } } "
        'fragment Person on Contact { id labels { id } fields(keys: ["city"]) { value } }',
        {},
    ),
    "interfaces": (
        "query ($id: ID!) { node(id: $id) { id __typename ... on Segment { name contacts(first: 3) { "
        "nodes { ... on Node { id } email } } } } }",
        {"id": "segment"},
    ),
    "switched off": (
        "query ($off: Boolean!) { contacts(first: 3) { nodes { id @skip(if: $off) labels @include(if: $off) { name } "
        "email fields @skip(if: $off) { value } } } }",
        {"off": True},
    ),
    "switched on": (
        "query ($off: Boolean!) { contacts(first: 3) { nodes { id @skip(if: $off) labels @include(if: $off) { name } "
        "email fields @skip(if: $off) { value } } } }",
        {"off": False},
    ),
    "resolvers below": (
        "{ contacts(first: 5) { nodes { email segments { name } statusHistory { status cause } } } }",
        {},
    ),
    "ordered": (
        '{ contacts(first: 5, orderBy: {field: "city"}) { edges { cursor node { fields(keys: ["city"]) { value } } } } }',
        {},
    ),
    "backward": ("{ contacts(last: 5) { nodes { email name lastOpenedAt } pageInfo { hasPreviousPage } } }", {}),
    "filtered": (
        "query ($f: FilterInput!) { contacts(filter: $f) { totalCount nodes { email labels { name } } } "
        "previewSegment(filter: $f) { summary count advice { code } statusCounts { active } } }",
        {"f": {"or": [{"label": {"containsAny": ["VIP"]}}, {"field": {"key": "orders", "test": {"atLeast": "3"}}}]}},
    ),
    "merged": (
        '{ contacts { nodes { labels { name } fields(keys: ["city"]) { value } } nodes { labels { id } '
        'fields(keys: ["city"]) { field { key } } } } }',
        {},
    ),
    "one": ("query ($id: ID!) { contact(id: $id) { id email } }", {"id": "Q29udGFjdDow"}),
}

WRONG: dict[str, tuple[str, dict[str, Any]]] = {
    "unknown key": ('{ contacts { nodes { email fields(keys: ["citty"]) { value } } } }', {}),
    "unknown keys in one of two": (
        '{ a: contacts { nodes { id } } b: contacts { nodes { fields(keys: ["x"]) { value } } } }',
        {},
    ),
    "too many keys": (
        "query ($keys: [String!]) { contacts { nodes { fields(keys: $keys) { value } } } }",
        {"keys": [f"key_{number}" for number in range(5_000)]},
    ),
    "page too large": ("{ contacts(first: 5000) { nodes { id } } labels { name } }", {}),
    "forged cursor": ('{ contacts(after: "forged") { nodes { id } } fields { key } }', {}),
    "unknown order": ('{ contacts(orderBy: {field: "citty"}) { nodes { id } } }', {}),
    "wrong filter": ("{ previewSegment(filter: {or: []}) { count } }", {}),
    "wrong variable": ("query ($first: Int) { contacts(first: $first) { nodes { id } } }", {"first": "ten"}),
}


def _filled(variables: dict[str, Any], catalog: Catalog) -> dict[str, Any]:
    if variables.get("id") == "segment":
        return variables | {"id": to_global("Segment", next(iter(catalog.segments)))}
    return variables


@pytest.mark.parametrize("case", PAGES)
async def test_a_page_is_answered_alike(case: str, catalog: Catalog) -> None:
    query, variables = PAGES[case]
    answer = await both(query, _filled(variables, catalog), catalog)
    assert not answer["errors"]
    assert answer["data"]


@pytest.mark.parametrize("case", WRONG)
async def test_a_mistake_is_answered_alike(case: str, catalog: Catalog) -> None:
    query, variables = WRONG[case]
    answer = await both(query, variables, catalog)
    assert answer["errors"]
    assert all(error["extensions"]["code"] == "BAD_USER_INPUT" for error in answer["errors"])
