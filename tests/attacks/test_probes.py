"""The OWASP cheat sheet for GraphQL, probe by probe: each has its status, and an answer within half a second.

https://cheatsheetseries.owasp.org/cheatsheets/GraphQL_Cheat_Sheet.html
"""

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.asgi import create_app
from app.queries.tokens import create_token
from tests.graphql.sockets import served

SECONDS = 0.5
JSON = "application/json"


@dataclass(frozen=True)
class Probe:
    """What is sent, and the status and the code that it is answered; without a code it is served."""

    name: str
    status: int
    code: str | None = None
    body: bytes = b""
    method: str = "POST"
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def asking(query: str, **more: Any) -> bytes:
    """The body that asks a query."""
    return json.dumps({"query": query, **more}).encode()


def doubling(levels: int) -> str:
    """A document whose fragments each name the one below twice: 2^levels paths in a few lines."""
    fragments = (f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(levels))
    return f"{{ ...f0 }} {' '.join(fragments)} fragment f{levels} on Query {{ workspace {{ name }} }}"


def circular(length: int) -> str:
    """Fragments in a ring."""
    ring = (f"fragment f{n} on Query {{ ...f{(n + 1) % length} }}" for n in range(length))
    return f"{{ ...f0 }} {' '.join(ring)}"


def nested(depth: int) -> str:
    """A filter so deep."""
    return "{not: " * depth + "{status: [ACTIVE]}" + "}" * depth


ALIASES = " ".join(f"a{n}: workspace {{ name }}" for n in range(2_000))
PAGES = " ".join(f"a{n}: contacts(first: 200) {{ nodes {{ labels {{ name }} }} }}" for n in range(90))
DIRECTIVES = f"{{ workspace {{ name {'@include(if: true) ' * 2_000} }} }}"
FIELDS = f"{{ workspace {{ {'name ' * 20_000} }} }}"
MUTATIONS = " ".join(f'm{n}: createLabel(input: {{name: "L{n}"}}) {{ errors {{ code }} }}' for n in range(50))
COSTLY = "{ segments(first: 200) { nodes { contacts(first: 200) { nodes { id } } } } }"
PAGE = "{ contacts(first: 1000000) { nodes { id } } }"
COMPLEX, BAD = "QUERY_TOO_COMPLEX", "BAD_USER_INPUT"

PROBES = [
    Probe("an honest query", 200, None, asking("{ workspace { name } }")),
    Probe("many aliases", 400, COMPLEX, asking(f"{{ {ALIASES} }}")),
    Probe("aliases of pages", 400, COMPLEX, asking(f"{{ {PAGES} }}")),
    Probe("many directives", 400, COMPLEX, asking(DIRECTIVES)),
    Probe("one field again and again", 400, COMPLEX, asking(FIELDS)),
    Probe("fragments of 2^24 paths", 400, COMPLEX, asking(doubling(24))),
    Probe("fragments in a ring", 400, BAD, asking(circular(20))),
    Probe("many mutations", 400, COMPLEX, asking(f"mutation {{ {MUTATIONS} }}")),
    Probe("pages within pages", 400, COMPLEX, asking(COSTLY)),
    Probe("a page of a million", 200, BAD, asking(PAGE)),
    Probe("a deep filter", 400, COMPLEX, asking(f"{{ previewSegment(filter: {nested(2_000)}) {{ count }} }}")),
    Probe(
        "a deep filter in variables",
        400,
        BAD,
        b'{"query": "query ($f: FilterInput!) { previewSegment(filter: $f) { count } }", "variables": {"f": '
        + b'{"not": ' * 30_000
        + b"{}"
        + b"}" * 30_000
        + b"}}",
    ),
    Probe("deep JSON", 400, BAD, b'{"query": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    Probe("a batch", 400, BAD, json.dumps([{"query": "{ workspace { name } }"}] * 50).encode()),
    Probe("a body of null", 400, BAD, b"null"),
    Probe("no body", 400, BAD),
    Probe("no JSON", 400, BAD, b"{"),
    Probe("no UTF-8", 400, BAD, b'{"query": "{ workspace { name } } # \xff"}'),
    Probe("a NUL", 400, BAD, asking('{ contacts(search: "\\u0000") { nodes { id } } }')),
    Probe("a lone surrogate", 400, BAD, b'{"query": "{ contacts(search: \\"\\ud800\\") { nodes { id } } }"}'),
    Probe("huge variables", 413, BAD, asking("{ workspace { name } }", variables={"x": "x" * 2_000_000})),
    Probe("a huge query", 400, COMPLEX, asking(f"{{ workspace {{ name }} }} #{'x' * 900_000}")),
    Probe("a form, as of another site", 415, BAD, b"query={workspace{name}}", headers={"content-type": "text/plain"}),
    Probe(
        "a form of the web",
        415,
        BAD,
        b"query=%7Bworkspace%7Bname%7D%7D",
        headers={"content-type": "application/x-www-form-urlencoded"},
    ),
    Probe(
        "a mutation by GET", 405, BAD, b"", "GET", "?query=mutation{createLabel(input:{name:%22x%22}){errors{code}}}"
    ),
    Probe(
        "SQL in a search", 200, None, asking('{ contacts(search: "\'; DROP TABLE contact; --") { nodes { id } } }')
    ),
    Probe(
        "SQL in a key",
        200,
        BAD,
        asking('{ previewSegment(filter: {field: {key: "a\'--", test: {isEmpty: true}}}) { count } }'),
    ),
    Probe("no token", 401, "UNAUTHENTICATED", asking("{ workspace { name } }"), headers={"authorization": ""}),
    Probe(
        "another's token",
        401,
        "UNAUTHENTICATED",
        asking("{ workspace { name } }"),
        headers={"authorization": "Bearer x"},
    ),
]


@pytest.fixture
async def caller(dsn: str, workspace: int, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody with a token, before the real server."""
    token = await create_token(workspace, "prober", ["admin"])
    async with served(create_app(dsn, tmp_path)) as (address, _):
        url = address.replace("ws://", "http://").removesuffix("/graphql")
        headers = {"authorization": f"Bearer {token}", "content-type": JSON}
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=10) as client:
            await client.post("/graphql", content=asking("{ workspace { name } }"))
            yield client


def codes(answer: httpx.Response) -> set[str]:
    """The codes of its errors."""
    return {error["extensions"]["code"] for error in answer.json().get("errors", [])}


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
async def test_a_probe_is_answered_soon(caller: httpx.AsyncClient, probe: Probe) -> None:
    began = time.monotonic()
    answer = await caller.request(probe.method, f"/graphql{probe.query}", content=probe.body, headers=probe.headers)
    seconds = time.monotonic() - began
    assert answer.status_code == probe.status, answer.text[:500]
    assert codes(answer) == ({probe.code} if probe.code else set()), answer.text[:500]
    assert "Traceback" not in answer.text
    assert seconds < SECONDS
