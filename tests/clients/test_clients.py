"""Clients out of npm make a segment, read it page by page, follow an import, and understand what they are refused."""

from typing import Any

import pytest

from tests.clients.node import HERE, Node

pytestmark = pytest.mark.clients
PAGE = 30
ROWS = 500
STRANGERS: dict[str, Any] = {
    "graphql_ws": 4401,
    "graphql_sse": 401,
    "urql": ["UNAUTHENTICATED"],
    "apollo": ["UNAUTHENTICATED"],
}


def check_story(seen: dict[str, Any]) -> None:
    """The segment was read in full, and both kinds of errors were understood."""
    *full, last = seen["pages"]
    assert set(full) == {PAGE}
    assert 0 < last <= PAGE
    assert seen["count"] == seen["distinct"] == sum(seen["pages"])
    assert seen["refused"] == [["UNKNOWN_FIELD", "input.filter.and[1].field.key"]]
    assert seen["turnedAway"] == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("client", STRANGERS)
def test_a_client_tells_the_story(node: Node, client: str) -> None:
    seen = node.told(f"scripts/{client}.mjs")
    check_story(seen)
    assert seen["invalid"] == ["BAD_USER_INPUT"]
    assert seen["stranger"] == STRANGERS[client]
    assert (seen["progress"]["states"][-1], seen["progress"]["merged"]) == ("DONE", ROWS)


def test_relay_compiles_and_joins_pages_by_node(node: Node) -> None:
    made = HERE / "generated" / "relay"
    made.mkdir(parents=True, exist_ok=True)
    (made / "package.json").write_text('{"type": "commonjs"}')
    node.run_package("relay-compiler/cli.js", "relay.config.json")
    seen = node.told("scripts/relay.mjs")
    check_story(seen)
    assert (seen["stranger"], seen["refetchedBy"]) == (["UNAUTHENTICATED"], "node(id: $id)")
    assert (seen["progress"]["states"][-1], seen["progress"]["merged"]) == ("DONE", ROWS)


def test_typescript_knows_the_schema_by_graphql_codegen(node: Node) -> None:
    node.run_package("@graphql-codegen/cli/cjs/bin.js", "--config", "codegen.json")
    node.run_package("typescript/bin/tsc", "--project", "tsconfig.json")
    seen = node.told("generated/compiled/typed/story.js")
    check_story(seen)
    assert (seen["stranger"], seen["unsound"]) == (["UNAUTHENTICATED"], 3)
