"""What is counted and timed, for Prometheus. Every label's values are a bounded set."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Literal, get_args

from prometheus_client import CollectorRegistry, Gauge, ProcessCollector, generate_latest

from app.telemetry.instruments import Counter, Timer

REGISTRY: Final = CollectorRegistry()
CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

ProcessCollector(registry=REGISTRY)


def _counter(name: str, about: str, *labels: str) -> Counter:
    return Counter(f"pilah_{name}", about, labels, REGISTRY)


def _gauge(name: str, about: str, *labels: str) -> Gauge:
    return Gauge(f"pilah_{name}", about, labels, registry=REGISTRY)


def _timer(name: str, about: str, *labels: str) -> Timer:
    return Timer(f"pilah_{name}", about, labels, REGISTRY)


_CODES: Final = frozenset(
    {"BAD_USER_INPUT", "UNAUTHENTICATED", "FORBIDDEN", "NOT_FOUND", "CONFLICT", "RATE_LIMITED"}
    | {"QUERY_TOO_COMPLEX", "INTERNAL_SERVER_ERROR"}
)
FaultEvent = Literal[
    "advice_fault",
    "answer_broken_off",
    "audit_fault",
    "export_fault",
    "graphql_fault",
    "http_fault",
    "import_fault",
    "listening_fault",
    "live_fault",
    "oidc_keys_fault",
    "round_fault",
    "segment_unread",
    "socket_look_fault",
    "tidying_fault",
    "webhook_fault",
    "work_fault",
]

REQUESTS = _counter("http_requests", "Requests over HTTP.", "method", "route", "status")
REQUEST_SECONDS = _timer("http_request", "From a request's head to the last byte of its answer.", "route")
OPERATIONS = _counter("operations", "GraphQL operations that ran, by the field they ask.", "kind", "field", "outcome")
OPERATION_SECONDS = _timer("operation", "The running of a GraphQL operation.", "field")
REFUSALS = _counter("refusals", "Requests that were refused before any work.", "code")
FAULTS = _counter("faults", "What went wrong on our side; each has an id in the log.", "event")
SOCKETS = _gauge("socket_connections", "WebSockets that are open.")
COMPILE_SECONDS = _timer("filter_compile", "From a checked filter to its SQL condition.")
STATEMENT_SECONDS = _timer("statement", "SQL statements; filters are asked by SELECT of contact.", "verb", "table")
IMPORT_ROWS = _counter("import_rows", "Rows that imports read, by what became of them.", "outcome")
WEBHOOK_MESSAGES = _counter("webhook_messages", "Messages to webhooks, each time one was sent.", "outcome")
WEBHOOK_SECONDS = _timer("webhook_send", "From a message to a webhook to its answer.")
POOL = _gauge("pool_connections", "Connections to PostgreSQL that this process holds.", "state")
POOL_MOST = _gauge("pool_connections_most", "Connections to PostgreSQL that this process may hold.")
POOL_WAITING = _gauge("pool_waiting", "Who waits for a connection.")
JOBS = _gauge("jobs", "Imports and exports that are kept, and messages that aren't over.", "kind", "state")
QUEUE = _gauge("queue_depth", "Imports, exports, messages and changes for the live engine that aren't over.", "kind")
QUEUE_AGE = _gauge("queue_oldest_seconds", "How long the oldest of those has been there.", "kind")
LIVE_LAG_SECONDS = _timer("live_lag", "From a noted change to what follows from it being visible.")
LIVE_CONTACTS = _counter("live_contacts", "Contacts that the live engine looked at, by what for.", "cause")
LIVE_MOVES = _counter("live_moves", "Contacts that entered or left dynamic segments, by why.", "reason")
LIVE_DIFFERENCES = _counter("live_differences", "Kept memberships that the audit found wrong, and mended.")
READY = _gauge("ready", "Whether requests should come here: 1 or 0, as /ready last told.")

# From the start, for a rate needs a sample from before the first.
for _event in get_args(FaultEvent):
    FAULTS.add(_event, count=0)
for _code in (*_CODES, "other"):
    REFUSALS.add(_code, count=0)
LIVE_DIFFERENCES.add(count=0)


def note_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count a request that was answered within so many seconds."""
    REQUESTS.add(method, route, str(status))
    REQUEST_SECONDS.add(seconds, route)


def note_operation_end(kind: str, field: str, outcome: str, seconds: float) -> None:
    """Count an operation that took so many seconds; `field` is one of the schema's."""
    OPERATIONS.add(kind, field, outcome)
    OPERATION_SECONDS.add(seconds, field)


def note_refusals(entries: Iterable[Mapping[str, Any]]) -> None:
    """Count what was refused: errors as an answer has them, over GraphQL or HTTP."""
    for entry in entries:
        code = (entry.get("extensions") or entry).get("code")
        REFUSALS.add(code if code in _CODES else "other")


def note_lags(noted_at: Iterable[datetime]) -> None:
    """Tell how long ago changes were noted, now that what follows from them can be seen."""
    now = datetime.now(UTC)
    for time in noted_at:
        LIVE_LAG_SECONDS.add((now - time).total_seconds())


def note_rows(**outcomes: int) -> None:
    """Count rows of imports: `created`, `changed`, `unchanged`, `refused`."""
    for outcome, rows in outcomes.items():
        IMPORT_ROWS.add(outcome, count=rows)


def exposition() -> bytes:
    """All measures in Prometheus' text format."""
    return generate_latest(REGISTRY)
