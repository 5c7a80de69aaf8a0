"""Clients out of npm make a segment, read it page by page, follow an import, and understand what they are refused."""

from typing import Any

import pytest

from tests.clients.node import Node

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
    seen = node.told(f"{client}.mjs")
    check_story(seen)
    assert seen["invalid"] == ["BAD_USER_INPUT"]
    assert seen["stranger"] == STRANGERS[client]
    assert (seen["progress"]["states"][-1], seen["progress"]["merged"]) == ("DONE", ROWS)
