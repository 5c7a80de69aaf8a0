"""Examines PostgreSQL: each fact is asked once, and judged by rules that ask nothing."""

from collections.abc import AsyncIterator

import asyncpg

from app.cli.database import files_folder
from app.cli.doctor.findings import Finding, good, hint, problem
from app.cli.doctor.machine import missing_files
from app.cli.doctor.server import clock_findings, connection_findings, server_findings, wire_findings
from app.cli.doctor.tables import rights_findings, table_findings
from app.queries.connections import Connection, opened
from app.queries.deployment import examined, rights_facts, server_facts, table_facts
from app.queries.migrations import pending_migrations
from app.settings import Settings


async def asked(dsn: str, settings: Settings, servers: int) -> list[Finding]:
    """All that is found out about the PostgreSQL at `dsn`."""
    findings = []
    async with examined(dsn) as session:
        facts = await server_facts(session)
        findings += [*server_findings(facts), *clock_findings(facts), *wire_findings(facts, dsn)]
        findings += connection_findings(facts, settings.pool_size, servers)
        findings += rights_findings(await rights_facts(session), is_embedded=settings.database_url is None)
        if pending := await _pending(dsn):
            names = ", ".join(pending[:3]) + (" …" if len(pending) > 3 else "")
            findings.append(problem(f"{len(pending)} migrations are missing: {names}.", "run `pilah migrate`"))
        else:
            findings += [each async for each in _of_tables(session, settings)]
    return findings


async def _pending(dsn: str) -> list[str]:
    async with opened(dsn, 1):
        return await pending_migrations()


async def _of_tables(session: Connection, settings: Settings) -> AsyncIterator[Finding]:
    yield good("The tables are as this version needs them.")
    try:
        facts = await table_facts(session)
    except asyncpg.PostgresError as error:
        yield hint(
            f"The tables could not be examined (SQLSTATE {error.sqlstate}).", "run this as the role that owns them"
        )
        return
    except TimeoutError:
        yield problem(
            "The tables could not be examined: something holds a lock on them, and has others wait.",
            "find it in pg_stat_activity, where pg_blocking_pids(pid) names it, and end it",
        )
        return
    for each in table_findings(facts):
        yield each
    if missing := missing_files(files_folder(settings), facts.waiting_files):
        yield problem(
            f"{len(missing)} of {len(facts.waiting_files)} files to be imported are not in the folder of files.",
            "let PILAH_FILES name the same folder on all servers, and here",
        )
