"""What is said of the PostgreSQL server: its version, settings, clock, connections, and the way to it."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from app.background import BACKGROUND_CONNECTIONS
from app.cli.doctor.findings import Finding, good, hint, problem
from app.cli.doctor.settings import LOOPBACK
from app.queries.deployment import ServerFacts

MOST_SKEW = 5.0
NOTICEABLE_SKEW = 1.0
LEAST_SHARED_BUFFERS = 128 * 1024
LEAST_WORK_MEM = 8 * 1024
LONG_TRANSACTION = 3_600.0


def server_findings(facts: ServerFacts) -> Iterator[Finding]:
    """What is odd about how the server is set up."""
    yield good(f"PostgreSQL {facts.version} answers.")
    yield from _grave(facts)
    yield from _settings(facts)
    if facts.oldest_transaction_seconds > LONG_TRANSACTION:
        yield hint(
            f"A transaction has been open for {facts.oldest_transaction_seconds / 3_600:.1f} hours.",
            "find it in pg_stat_activity and end it: nothing deleted since can be cleared away",
        )


def _grave(facts: ServerFacts) -> Iterator[Finding]:
    if facts.is_standby:
        yield problem("This PostgreSQL is a standby, which takes no writes.", "let DATABASE_URL name the primary")
    if facts.encoding != "UTF8":
        yield problem(
            f"The database is encoded in {facts.encoding}.", "make it anew with CREATE DATABASE … ENCODING 'UTF8'"
        )
    if facts.is_pooled:
        yield problem(
            "A pooler stands between, which gives statements of one session to several.",
            "connect to PostgreSQL itself, or to a pool in session mode: imports hold locks by their sessions",
        )
    for name, loss in (("fsync", "a power cut"), ("full_page_writes", "a power cut"), ("autovacuum", "growth")):
        if facts.settings.get(name) == "off":
            yield problem(
                f"{name} is off: {loss} will ruin the database.", f"ALTER SYSTEM SET {name} = on, and reload"
            )
    if facts.is_collation_outdated:
        yield problem(
            "The system's collations have changed since the database was made.",
            "REINDEX DATABASE, and then ALTER DATABASE … REFRESH COLLATION VERSION",
        )


def _settings(facts: ServerFacts) -> Iterator[Finding]:
    shared, work = int(facts.settings["shared_buffers"]), int(facts.settings["work_mem"])
    if shared < LEAST_SHARED_BUFFERS:
        yield hint(f"shared_buffers is {shared // 1024} MB.", "a quarter of the server's memory is usual")
    if work < LEAST_WORK_MEM:
        yield hint(f"work_mem is {work // 1024} MB.", "16 to 32 MB let filters on a million contacts stay in memory")
    if float(facts.settings["random_page_cost"]) > 2:
        yield hint(
            f"random_page_cost is {facts.settings['random_page_cost']}, as for disks that turn.",
            "1.1 is right for an SSD: PostgreSQL uses indexes sooner",
        )
    if "citus" in facts.extensions:
        yield hint("This is a Citus cluster.", "docs/citus.md says what to expect")


def clock_findings(facts: ServerFacts) -> Iterator[Finding]:
    """Whether this machine and PostgreSQL's agree on the time."""
    ahead = facts.clock_seconds_ahead
    sentence = f"PostgreSQL's clock is {abs(ahead):.1f} s {'ahead of' if ahead > 0 else 'behind'} this machine's"
    if abs(ahead) > MOST_SKEW:
        yield problem(f"{sentence}.", 'keep both by NTP: filters such as "within the last hour" are wrong meanwhile')
    elif abs(ahead) > NOTICEABLE_SKEW:
        yield hint(f"{sentence}.", "keep both by NTP")
    else:
        yield good("The clocks agree.")


def connection_findings(facts: ServerFacts, pool_size: int, servers: int) -> Iterator[Finding]:
    """Whether PostgreSQL has room for the connections of all servers."""
    room = int(facts.settings["max_connections"]) - int(facts.settings["superuser_reserved_connections"])
    beside = BACKGROUND_CONNECTIONS + 1  # which listens
    one = pool_size + beside
    wanted = f"{servers} server{'s' * (servers > 1)} may hold {one * servers} connections, of {room} that there are"
    if one * servers > room:
        advice = f"let PILAH_POOL be at most {max(1, room // servers - beside)}, or raise max_connections"
        yield problem(f"{wanted}.", advice)
    elif facts.connections + one > room:
        yield hint(
            f"{facts.connections} connections are open, of {room} that there are.", "see pg_stat_activity for whose"
        )
    else:
        yield good(f"{wanted}.")


def wire_findings(facts: ServerFacts, dsn: str) -> Iterator[Finding]:
    """Whether others can read on the way to the server."""
    parts = urlsplit(dsn)
    asked = parse_qs(parts.query)
    host = asked.get("host", [parts.hostname or ""])[0]
    if not host or host.startswith("/") or host in LOOPBACK:
        return
    if not facts.is_encrypted:
        yield hint(
            "What is said to PostgreSQL can be read on the way: there is no TLS.",
            "add ?sslmode=verify-full to DATABASE_URL, unless the network between is yours alone",
        )
    elif asked.get("sslmode", ["prefer"])[0] not in ("verify-ca", "verify-full"):
        yield hint("The connection has TLS, but nobody checks whose.", "add ?sslmode=verify-full to DATABASE_URL")
    else:
        yield good("The connection to PostgreSQL has TLS.")
