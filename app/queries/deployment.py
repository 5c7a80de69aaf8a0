"""What an examination of a deployment asks PostgreSQL: facts only, in a session of its own that changes nothing."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import asyncpg

from app.queries.connections import Connection

_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """How PostgreSQL is set up; `settings` are pg_settings' numbers and words, memory in kB."""

    version: str
    settings: dict[str, str]
    connections: int
    clock_seconds_ahead: float
    is_standby: bool
    is_pooled: bool
    is_encrypted: bool
    extensions: tuple[str, ...]
    encoding: str
    is_collation_outdated: bool
    oldest_transaction_seconds: float


@dataclass(frozen=True, slots=True)
class RightsFacts:
    """What the role may do with the schema and the audit log, and with which tables it can't do what it has to."""

    role: str
    is_superuser: bool
    schema: str
    may_create: bool
    tables_beyond: tuple[str, ...]
    may_forget_entries: bool
    owns_entries: bool


@dataclass(frozen=True, slots=True)
class TableFacts:
    """How the tables are: contacts as PostgreSQL believes, whether it has looked, what waits and since when."""

    contact_bytes: int
    is_analyzed: bool
    dead_share: float
    invalid_indexes: tuple[str, ...]
    unknown_time_zones: tuple[str, ...]
    oldest_waiting_seconds: float
    oldest_change_seconds: float
    waiting_files: tuple[str, ...]


@asynccontextmanager
async def examined(dsn: str) -> AsyncIterator[Connection]:
    """A session that can only read; raises what asyncpg does."""
    settings = {"application_name": "pilah doctor", "default_transaction_read_only": "on"}
    session = await asyncpg.connect(dsn, timeout=_SECONDS, command_timeout=_SECONDS, server_settings=settings)
    try:
        yield session
    finally:
        await session.close(timeout=_SECONDS)


_SETTINGS = (
    *("max_connections", "superuser_reserved_connections", "shared_buffers", "work_mem", "maintenance_work_mem"),
    *("autovacuum", "track_counts", "fsync", "full_page_writes", "synchronous_commit", "random_page_cost"),
    *("TimeZone", "max_wal_size", "effective_cache_size", "max_locks_per_transaction"),
)
_SERVER = (
    "SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend') AS connections, "
    "pg_is_in_recovery() AS is_standby, pg_backend_pid() AS pid, "
    "(SELECT array_agg(extname::text ORDER BY extname) FROM pg_extension) AS extensions, "
    "pg_encoding_to_char(encoding) AS encoding, "
    "coalesce(datcollversion <> pg_database_collation_actual_version(pg_database.oid), FALSE) AS is_outdated, "
    "coalesce((SELECT ssl FROM pg_stat_ssl WHERE pg_stat_ssl.pid = pg_backend_pid()), FALSE) AS is_encrypted, "
    "coalesce((SELECT max(extract(epoch FROM clock_timestamp() - xact_start)) FROM pg_stat_activity AS other "
    "WHERE other.datname = current_database() AND other.pid <> pg_backend_pid()), 0)::float8 AS oldest "
    "FROM pg_database WHERE datname = current_database()"
)


async def server_facts(session: Connection) -> ServerFacts:
    """How the server of a session is set up."""
    row = await _row(session, _SERVER)
    rows = await session.fetch(
        "SELECT name, CASE unit WHEN '8kB' THEN (setting::bigint * 8)::text WHEN 'MB' THEN "
        "(setting::bigint * 1024)::text ELSE setting END FROM pg_settings WHERE name = ANY($1::text[])",
        list(_SETTINGS),
    )
    return ServerFacts(
        version=session.get_settings().server_version.split()[0],
        settings={row[0]: row[1] for row in rows},
        connections=row["connections"],
        clock_seconds_ahead=await _clock_seconds_ahead(session),
        is_standby=row["is_standby"],
        is_pooled=row["pid"] != session.get_server_pid(),
        is_encrypted=row["is_encrypted"],
        extensions=tuple(row["extensions"] or ()),
        encoding=row["encoding"],
        is_collation_outdated=row["is_outdated"],
        oldest_transaction_seconds=row["oldest"],
    )


async def _clock_seconds_ahead(session: Connection) -> float:
    """How far PostgreSQL's clock is ahead of ours; the way to it and back is taken to be equally long."""
    began = time.monotonic()
    theirs: datetime = await session.fetchval("SELECT clock_timestamp()")
    took = time.monotonic() - began
    ahead = (theirs - datetime.now(UTC)).total_seconds() + took / 2
    return 0.0 if abs(ahead) <= took else ahead


_TABLE_RIGHTS = (
    "has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT') AND (relname = 'audit_entry' "
    "OR has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'))"
)
_OURS = (
    "relkind IN ('r', 'p') AND (relname = 'workspace' OR "
    "EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'workspace_id'))"
)
_SERIAL = "relkind = 'S' AND EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'a')"
_BEYOND = (
    "SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace "
    f"AND ({_OURS} AND NOT ({_TABLE_RIGHTS}) OR {_SERIAL} AND NOT has_sequence_privilege(oid, 'USAGE')) ORDER BY 1"
)
_RIGHTS = (
    "SELECT current_user::text AS role, rolsuper AS is_superuser, coalesce(current_schema(), '') AS schema, "
    "coalesce(has_schema_privilege(current_schema(), 'CREATE'), FALSE) AS may_create, "
    f"ARRAY({_BEYOND}) AS tables_beyond, "
    "coalesce(has_function_privilege(to_regprocedure('forget_audit_entries(integer)'), 'EXECUTE'), TRUE) "
    "AS may_forget_entries, "
    "coalesce((SELECT pg_has_role(relowner, 'MEMBER') FROM pg_class WHERE oid = to_regclass('audit_entry')), FALSE) "
    "AS owns_entries FROM pg_roles WHERE rolname = current_user"
)


async def rights_facts(session: Connection) -> RightsFacts:
    """What the role of a session may do."""
    row = await _row(session, _RIGHTS)
    return RightsFacts(**{**dict(row), "tables_beyond": tuple(row["tables_beyond"])})


_TABLES = (
    "SELECT pg_total_relation_size('contact') AS contact_bytes, "
    "(SELECT reltuples >= 0 FROM pg_class WHERE oid = 'contact'::regclass) AS is_analyzed, "
    "coalesce((SELECT n_dead_tup::float8 / greatest(n_live_tup, 1000) FROM pg_stat_user_tables "
    "WHERE relid = 'contact'::regclass), 0) AS dead_share, "
    "ARRAY(SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid ORDER BY 1) AS invalid_indexes, "
    "ARRAY(SELECT DISTINCT time_zone FROM workspace WHERE time_zone NOT IN (SELECT name FROM pg_timezone_names)) "
    "AS unknown_time_zones, "
    "coalesce(greatest((SELECT max(extract(epoch FROM now() - created_at)) FROM file_import "
    "WHERE finished_at IS NULL AND started_at IS NULL), (SELECT max(extract(epoch FROM now() - created_at)) "
    "FROM export WHERE finished_at IS NULL AND started_at IS NULL)), 0)::float8 AS oldest_waiting_seconds, "
    "coalesce((SELECT max(extract(epoch FROM now() - noted_at)) FROM noted_change WHERE NOT is_bulk), 0)::float8 "
    "AS oldest_change_seconds, "
    "ARRAY(SELECT stored FROM file_import WHERE finished_at IS NULL AND state <> 'UNDOING' ORDER BY id LIMIT 1000) "
    "AS waiting_files"
)


async def table_facts(session: Connection) -> TableFacts:
    """How the tables are; raises asyncpg's UndefinedTableError where there are none yet, or TimeoutError."""
    found: dict[str, Any] = dict(await _row(session, _TABLES))
    lists = {name: tuple(value) for name, value in found.items() if isinstance(value, list)}
    return TableFacts(**(found | lists))


async def _row(session: Connection, text: str, *values: Any) -> asyncpg.Record:
    row = await session.fetchrow(text, *values)
    if row is None:
        raise asyncpg.InterfaceError("PostgreSQL told nothing")
    return row
