"""Nothing that is logged or traced, however much is, has a token, an address or a value of anybody's."""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from app.asgi import create_app
from app.cli.connections import GuardedHttp
from app.cli.serving import configured
from app.queries.connections import connection
from app.queries.tokens import create_token
from app.settings.security import Security
from app.telemetry.traces import start_tracing, stop_tracing
from app.transfer.exports.running import next_export
from app.transfer.work import next_import
from tests.graphql.sockets import opened, served
from tests.identity.providers import public, rsa_key, serving, signed

ADDRESS = "quetzalcoatl@example.com"
VALUE = "Xochimilco"
PARTS = ("quetzalcoatl", VALUE.lower())
EVENTS = ("graphql_fault", "import_fault", "request", "socket", "uvicorn.error", "trace_id")

CREATE = (
    "mutation ($email: String!, $value: String!, $field: JSON) { createContact(input: {email: $email, name: $value, "
    'fields: [{key: "town", value: $field}]}) { contact { id } errors { message } } }'
)
ASK = (
    'query ($value: String!) { contacts(search: $value, filter: {field: {key: "town", test: {contains: $value}}}) '
    "{ totalCount nodes { email } } }"
)
WRONG = [
    "{ nonsense(%s) }",
    'query { contact(email: "%s") { nonsense } }',
    'query { contact(email: "%s", id: "%s") { id } }',
    '{ contacts(filter: {field: {key: "%s", test: {contains: "%s"}}}) { totalCount } }',
    '{ contacts(filter: {field: {key: "town", test: {atLeast: "%s"}}}) { totalCount } }',
    'mutation { createSegment(input: {name: "%s", filter: {label: {containsAny: ["%s"]}}}) { errors { code } } }',
    '{ contacts(after: "%s") { totalCount } }',
    'mutation { addToDoNotContact(input: {emails: ["%s"], reason: "%s"}) { errors { code } } }',
    'mutation { removeFromDoNotContact(input: {email: "%s", consent: "%s"}) { errors { code } } }',
    'mutation { createContact(input: {email: "%s"}) { errors { code } } }',
]


OUR_CLIENTS = ("httpx", "httpcore", "websockets.client")


class Heard(logging.Handler):
    """Keeps what every logger says, as it would be written."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(OUR_CLIENTS):
            return
        self.lines.append(self.format(record))


@pytest.fixture
def heard() -> Iterator[Heard]:
    """Every logger there is, at its most talkative, until the test ends."""
    handler, root = Heard(), logging.getLogger()
    known = [root, *(each for each in logging.root.manager.loggerDict.values() if isinstance(each, logging.Logger))]
    before = [(each, each.level, each.disabled) for each in known]
    for each in known:
        each.setLevel(logging.DEBUG)
        each.disabled = False
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)
    for logger, level, disabled in before:
        logger.setLevel(level)
        logger.disabled = disabled


@pytest.fixture
async def url(dsn: str, pool: None, tmp_path: Path, key: Any) -> AsyncIterator[str]:
    """Where a real server answers, which also knows an identity provider."""
    async with serving(public(key, kid="first")) as provider:
        application = create_app(dsn, tmp_path, security=Security(issuer=provider.issuer))
        configured(application)  # the loggers are as they are where it is served
        async with served(application, http=GuardedHttp, access_log=False) as (address, _):
            yield address


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """What is traced, until the test ends."""
    exporter = InMemorySpanExporter()
    start_tracing(SimpleSpanProcessor(exporter))
    yield exporter
    stop_tracing()


@pytest.fixture
def key() -> Any:
    """The identity provider's."""
    return rsa_key()


async def story(client: httpx.AsyncClient, folder: Path) -> None:
    """All that goes well, and all that doesn't."""

    async def ask(query: str, **variables: Any) -> None:
        await client.post("/graphql", json={"query": query, "variables": variables})

    await ask('mutation { createField(input: {name: "Town", type: TEXT}) { errors { code } } }')
    for _ in range(2):
        await ask(CREATE, email=ADDRESS, value=VALUE, field=VALUE)
    await ask(ASK, value=VALUE)
    await client.get("/graphql", params={"query": '{ contact(email: "%s") { id } }' % ADDRESS})
    for query in WRONG:
        await ask(query.replace("%s", ADDRESS))
        await ask(query.replace("%s", VALUE))
    rows = f"email,town\n{ADDRESS},{VALUE}\n{VALUE},{ADDRESS}\n".encode()
    await client.post("/imports", params={"name": f"{VALUE}.csv"}, content=rows)
    await client.post("/imports", files={"file": (f"{ADDRESS}.csv", rows)}, data={"consent": ADDRESS, "status": "x"})
    await client.post("/exports", json={"filter": {"field": {"key": "town", "test": {"contains": VALUE}}}})
    await client.post("/exports", json={"filter": {"field": {"key": VALUE, "test": {"contains": ADDRESS}}}})
    await client.post("/exports", content=ADDRESS.encode())
    await client.get(f"/exports/{ADDRESS}")
    while await next_import(folder) or await next_export(folder):
        pass


async def spoken(url: str, token: str) -> None:
    """The same over a socket."""
    async with opened(url, {"Authorization": f"Bearer {token}"}) as speaker:
        await speaker.answers(ASK, "1", {"value": VALUE})
        await speaker.answers(CREATE, "2", {"email": ADDRESS, "value": VALUE, "field": VALUE})
        await speaker.say({"type": ADDRESS, "payload": {"value": VALUE}})
        await speaker.closing()


async def break_down() -> None:
    """From now on contacts can't be read."""
    async with connection() as borrowed:
        await borrowed.execute("ALTER TABLE contact RENAME COLUMN name TO gone")


async def mend() -> None:
    """They can be again."""
    async with connection() as borrowed:
        await borrowed.execute("ALTER TABLE contact RENAME COLUMN gone TO name")


async def test_no_log_and_no_trace_tells_of_anybody(
    url: str,
    workspace: int,
    tmp_path: Path,
    key: Any,
    heard: Heard,
    spans: InMemorySpanExporter,
    capfd: pytest.CaptureFixture[str],
) -> None:
    own = await create_token(workspace, "test", ["admin"])
    theirs = signed(key, pilah_workspace=workspace, scope="admin", sub=ADDRESS)
    base = url.replace("ws://", "http://").removesuffix("/graphql")
    for token in (own, theirs, own[:-1] + "x", theirs[:-4] + "AAAA"):
        headers = {"authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=base, headers=headers) as client:
            await story(client, tmp_path)
    await spoken(url, own)
    await break_down()
    try:
        async with httpx.AsyncClient(base_url=base, headers={"authorization": f"Bearer {own}"}) as client:
            await story(client, tmp_path)
        await spoken(url, own)
    finally:
        await mend()
    async with connection() as borrowed:
        assert await borrowed.fetchval("SELECT name FROM contact WHERE workspace_id = $1", workspace) == VALUE
    told = "\n".join(
        (*heard.lines, *capfd.readouterr(), *(span.to_json() for span in spans.get_finished_spans()))
    ).lower()
    assert {event for event in EVENTS if event not in told} == set()
    secrets = {own[-20:], theirs.split(".")[2][:20], theirs.split(".")[1][:20], *PARTS}
    leaks = [line for line in told.splitlines() if any(secret.lower() in line for secret in secrets)]
    assert leaks == []
