"""Browsers are told to keep other websites out, and let in those that the settings name."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest

from app.asgi import create_app
from app.queries.tokens import create_token
from app.settings.security import Security
from tests.identity.providers import public, rsa_key, serving, signed

ORIGIN = "https://app.example.com"
PREFLIGHT = {
    "origin": ORIGIN,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization, content-type",
}

Callers = Callable[[Security], httpx.AsyncClient]


@pytest.fixture
async def caller(dsn: str, pool: None, tmp_path: Path) -> AsyncIterator[Callers]:
    """Makes a client of an application with these settings."""
    made: list[httpx.AsyncClient] = []

    def make(security: Security) -> httpx.AsyncClient:
        application = create_app(dsn, tmp_path, security=security)
        made.append(httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://pilah.test"))
        return made[-1]

    yield make
    for client in made:
        await client.aclose()


PATHS = ["/graphql", "/live", "/nowhere", "/exports/x", "/imports/x/refused.csv", "/graphql/assets/none.js"]


@pytest.mark.parametrize("path", PATHS)
async def test_no_answer_is_guessed_at_or_framed(caller: Callers, path: str) -> None:
    for accept in ("*/*", "text/html"):
        headers = (await caller(Security()).get(path, headers={"accept": accept})).headers
        assert headers.get_list("x-content-type-options") == ["nosniff"]
        assert headers.get_list("referrer-policy") == ["no-referrer"]
        [policy] = headers.get_list("content-security-policy")
        assert "frame-ancestors 'none'" in policy
        assert "script-src 'self'" in policy or "default-src 'none'" in policy
        assert not {name for name in headers if name.startswith("access-control")}
        assert "strict-transport-security" not in headers
        assert "set-cookie" not in headers


async def test_the_page_of_graphiql_keeps_its_own_policy(caller: Callers) -> None:
    headers = (await caller(Security()).get("/graphql", headers={"accept": "text/html"})).headers
    [policy] = headers.get_list("content-security-policy")
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert scripts == "script-src 'self'"


async def test_a_named_website_may_ask(caller: Callers, workspace: int) -> None:
    client = caller(Security(origins=(ORIGIN,)))
    preflight = await client.options("/graphql", headers=PREFLIGHT)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == ORIGIN
    assert preflight.headers["access-control-max-age"] == "3600"
    allowed = preflight.headers["access-control-allow-headers"].lower().split(", ")
    assert {"authorization", "content-type", "idempotency-key", "x-request-id"} <= set(allowed)
    assert "access-control-allow-credentials" not in preflight.headers
    token = await create_token(workspace, "spa", ["read"])
    for shown, status in ((token, 200), ("wrong", 401)):
        headers = {"origin": ORIGIN, "authorization": f"Bearer {shown}"}
        answer = await client.post("/graphql", json={"query": "{ labels { id } }"}, headers=headers)
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, ORIGIN)
        assert "retry-after" in answer.headers["access-control-expose-headers"]
        assert "origin" in answer.headers["vary"].lower()
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin", ["https://evil.example.com", "https://app.example.com.evil.com", "http://app.example.com", "null"]
)
async def test_any_other_website_may_not(caller: Callers, origin: str) -> None:
    for security in (Security(), Security(origins=(ORIGIN,))):
        client = caller(security)
        preflight = await client.options("/graphql", headers=PREFLIGHT | {"origin": origin})
        answer = await client.get("/live", headers={"origin": origin})
        for each in (preflight, answer):
            assert "access-control-allow-origin" not in each.headers
        assert preflight.status_code >= 400


async def test_every_website_may_where_that_is_said(caller: Callers) -> None:
    client = caller(Security(origins=("*",)))
    answer = await client.get("/live", headers={"origin": "https://any.example.com", "cookie": "a=b"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


async def test_a_providers_token_opens_every_door(caller: Callers, workspace: int) -> None:
    key = rsa_key()
    async with serving(public(key, kid="first")) as server:
        client = caller(Security(issuer=server.issuer))
        scopes = "read write export"
        headers = {"authorization": f"Bearer {signed(key, pilah_workspace=workspace, scope=scopes)}"}
        made = await client.post(
            "/graphql",
            json={"query": 'mutation { createLabel(input: {name: "VIP"}) { label { name } } }'},
            headers=headers,
        )
        assert made.json()["data"] == {"createLabel": {"label": {"name": "VIP"}}}
        assert (await client.post("/exports", json={"everyone": True}, headers=headers)).status_code == 202
        refused = await client.post("/imports", content=b"email\n", headers=headers)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (403, "FORBIDDEN")
        stranger = {"authorization": f"Bearer {signed(rsa_key(), pilah_workspace=workspace)}"}
        for answer in (
            await client.post("/graphql", json={"query": "{ labels { id } }"}, headers=stranger),
            await client.post("/exports", json={"everyone": True}, headers=stranger),
        ):
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        admin = {"authorization": f"Bearer {signed(key, pilah_workspace=workspace, scope='admin')}"}
        log = '{ auditLog(actor: "user-7") { nodes { actor tokenId operation } } }'
        told = await client.post("/graphql", json={"query": log}, headers=admin)
        assert told.json()["data"]["auditLog"]["nodes"] == [
            {"actor": "user-7", "tokenId": None, "operation": operation}
            for operation in ("createImport", "createExport", "createLabel")
        ]
