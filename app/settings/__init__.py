"""Every environment variable, read once."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from starlette.datastructures import Secret

from app.settings.operating import USUAL_OPERATING, Operating, read_operating
from app.settings.reading import Variables, contents, number, path, secret, share, truth
from app.settings.security import USUAL_SECURITY, Security, read_security


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one workspace may keep: imports that wait or were tried out, and bytes of files in all."""

    imports: int = 100
    bytes: int = 20_000_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that callers may ask; docs/limits.md has the reasons. `PILAH_MOST_DEPTH` sets `depth`.

    What is asked in a second, kept open and so on is counted within one process.
    """

    characters: int = 100_000
    tokens: int = 5_000
    fragments: int = 100
    depth: int = 15
    introspection_depth: int = 20
    fields: int = 500
    aliases: int = 100
    directives: int = 50
    mutations: int = 10
    cost: int = 20_000
    body_bytes: int = 1_000_000
    body_seconds: float = 60
    nesting: int = 64
    request_seconds: float = 15
    requests_per_second: int = 100
    requests_in_a_burst: int = 500
    wrong_tokens_per_minute: int = 60
    unknown_tokens_per_second: int = 100
    requests_at_once: int = 350
    requests_at_once_per_workspace: int = 200
    sockets: int = 500
    sockets_per_workspace: int = 250
    sockets_per_token: int = 100
    socket_operations: int = 20
    greeting_seconds: float = 10
    subscriptions: int = 1_000
    subscriptions_per_workspace: int = 500
    subscriptions_per_token: int = 100


USUAL_LIMITS: Final = Limits()
USUAL_BROAD_SHARE: Final = 0.9
MOST_REQUEST_SECONDS: Final = 30  # for PostgreSQL stops every statement then, whatever it is for


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says.

    DATABASE_URL  a PostgreSQL of one's own, 15 or newer; without it an embedded one is started
    DATABASE_URL_FILE  a file that holds it, as secrets of containers come
    PILAH_DATA    the embedded PostgreSQL's folder
    PILAH_FILES   the folder of files that come in and go out; all servers of one database share it
    PILAH_POOL    connections to PostgreSQL that a server process holds
    PILAH_MOST_IMPORTS  imports of one workspace that wait, are worked on, or were tried out
    PILAH_MOST_BYTES    bytes of one workspace's files that wait to be imported or fetched
    PILAH_MOST_…        the other limits, each named as its field of Limits
    PILAH_DOCUMENTS     a JSON file of the only GraphQL documents that run, by their ids
    PILAH_BROAD_SHARE   of all contacts the share above which a filter is said to be too broad
    PILAH_INTROSPECTION whether callers may read the schema; without, no answer suggests its names either
    PILAH_LOG_LEVEL     the least that is logged: debug, info, warning or error
    PILAH_LOG_FORMAT    json or text
    PILAH_METRICS       a port of this machine's own, or host:port, where Prometheus reads /metrics
    PILAH_TRACES        whether OpenTelemetry is told what goes on
    PILAH_DRAIN_SECONDS how long a server that is told to stop still serves while it says that it isn't ready
    PILAH_GRACE_SECONDS how long it waits after that for requests that are running
    PILAH_ORIGINS       other websites whose pages may speak to the server, as in https://app.example.com
    PILAH_PROXIES       addresses or networks whose X-Forwarded-For tells where a request comes from
    PILAH_AUDIT_DAYS    for how long the audit log is kept
    PILAH_LEDGER_DAYS   for how long it is known who entered and left segments; 0 for ever
    PILAH_PRIVATE_WEBHOOKS  whether webhooks may lead to private addresses, and use http
    PILAH_OIDC_…        an identity provider, by ISSUER, AUDIENCE and KEYS; also ALGORITHMS, WORKSPACE_CLAIM,
                        SCOPES_CLAIM and LEEWAY in seconds
    """

    database_url: Secret | None
    data: Path | None
    files: Path | None
    pool_size: int
    allowance: Allowance
    limits: Limits = USUAL_LIMITS
    documents: Path | None = None
    introspection: bool = True
    broad_share: float = USUAL_BROAD_SHARE
    operating: Operating = USUAL_OPERATING
    security: Security = USUAL_SECURITY


def read_settings(variables: Variables | None = None) -> Settings:
    """The settings of this process; raises ValueError where a variable doesn't parse."""
    said = variables or Variables()
    usual = Allowance()
    return Settings(
        database_url=said.read("DATABASE_URL", secret, None) or said.read("DATABASE_URL_FILE", contents, None),
        data=said.read("PILAH_DATA", path, None),
        files=said.read("PILAH_FILES", path, None),
        pool_size=said.read("PILAH_POOL", number(1_000), 8),
        allowance=Allowance(
            imports=said.read("PILAH_MOST_IMPORTS", number(1_000_000), usual.imports),
            bytes=said.read("PILAH_MOST_BYTES", number(10**15), usual.bytes),
        ),
        limits=_limits(said),
        documents=said.read("PILAH_DOCUMENTS", path, None),
        introspection=said.read("PILAH_INTROSPECTION", truth, True),
        broad_share=said.read("PILAH_BROAD_SHARE", share, USUAL_BROAD_SHARE),
        operating=read_operating(said),
        security=read_security(said),
    )


def variable_of(limit: str) -> str:
    """The environment variable that sets a limit."""
    return f"PILAH_MOST_{limit.upper()}"


def _limits(said: Variables) -> Limits:
    read = {each.name: number(10**9) for each in fields(Limits)} | {"request_seconds": number(MOST_REQUEST_SECONDS)}
    return Limits(
        **{name: said.read(variable_of(name), cast, getattr(USUAL_LIMITS, name)) for name, cast in read.items()}
    )
