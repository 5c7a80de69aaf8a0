"""GraphQL over HTTP is spoken as its specification has it, by the audits of npm's graphql-http."""

from collections import Counter

import pytest

from tests.clients.node import Node

pytestmark = pytest.mark.clients
AUDITS = 61


def test_every_audit_of_http_is_ok(node: Node) -> None:
    results = node.told("scripts/audits.mjs")
    assert [audit for audit in results if audit["status"] != "ok"] == []
    assert Counter(audit["status"] for audit in results) == {"ok": AUDITS}
