"""What `pilah doctor` finds: by rules over facts, and on a real deployment."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from app.cli.doctor.findings import Finding, Weight
from app.cli.doctor.machine import folder_findings, missing_files, time_zone_findings
from app.cli.doctor.server import clock_findings, connection_findings, server_findings, wire_findings
from app.cli.doctor.settings import settings_findings
from app.cli.doctor.tables import rights_findings, table_findings
from app.queries.connections import connection
from app.queries.deployment import RightsFacts, ServerFacts, TableFacts, examined, server_facts, table_facts
from app.queries.imports.ledger import create_import
from app.queries.migrations import migrate
from app.settings import read_settings
from tests.conftest import WorkspaceMaker, empty_database
from tests.graphql.limits.callers import locked

PILAH = Path(sys.executable).with_name("pilah")
SETTINGS = {
    "max_connections": "100",
    "superuser_reserved_connections": "3",
    "shared_buffers": "1048576",
    "work_mem": "32768",
    "random_page_cost": "1.1",
    "autovacuum": "on",
    "fsync": "on",
    "full_page_writes": "on",
}
SERVER = ServerFacts("15.8", SETTINGS, 20, 0.0, False, False, True, ("plpgsql",), "UTF8", False, 0.0)
RIGHTS = RightsFacts("pilah", False, "public", True, (), True, False)
TABLES = TableFacts(1_000_000, True, 0.1, (), (), 5.0, 0.1, ())
REMOTE = "postgresql://pilah:secret@db.example.com/pilah?sslmode=verify-full"


def weights(findings: Iterable[Finding]) -> set[Weight]:
    """How much what was found matters, beside what is good."""
    return {each.weight for each in findings} - {Weight.GOOD}


def test_nothing_is_wrong_with_what_is_right() -> None:
    found = [*server_findings(SERVER), *clock_findings(SERVER), *wire_findings(SERVER, REMOTE)]
    found += [*connection_findings(SERVER, 8, 3), *table_findings(TABLES)]
    found += rights_findings(RIGHTS, is_embedded=False)
    assert weights(found) == set()


@pytest.mark.parametrize(
    ("change", "weight", "word"),
    [
        ({"is_standby": True}, Weight.PROBLEM, "standby"),
        ({"encoding": "SQL_ASCII"}, Weight.PROBLEM, "SQL_ASCII"),
        ({"is_pooled": True}, Weight.PROBLEM, "pooler"),
        ({"settings": SETTINGS | {"autovacuum": "off"}}, Weight.PROBLEM, "autovacuum"),
        ({"settings": SETTINGS | {"fsync": "off"}}, Weight.PROBLEM, "fsync"),
        ({"is_collation_outdated": True}, Weight.PROBLEM, "collations"),
        ({"settings": SETTINGS | {"work_mem": "4096"}}, Weight.HINT, "work_mem is 4 MB"),
        ({"settings": SETTINGS | {"shared_buffers": "16384"}}, Weight.HINT, "shared_buffers is 16 MB"),
        ({"settings": SETTINGS | {"random_page_cost": "4"}}, Weight.HINT, "random_page_cost"),
        ({"extensions": ("citus", "plpgsql")}, Weight.HINT, "Citus"),
        ({"oldest_transaction_seconds": 7_200.0}, Weight.HINT, "2.0 hours"),
        ({"clock_seconds_ahead": -30.0}, Weight.PROBLEM, "30.0 s behind"),
        ({"clock_seconds_ahead": 2.0}, Weight.HINT, "2.0 s ahead"),
        ({"is_encrypted": False}, Weight.HINT, "no TLS"),
        ({"connections": 90}, Weight.HINT, "90 connections"),
        ({"settings": SETTINGS | {"max_connections": "50"}}, Weight.PROBLEM, "84 connections, of 47"),
    ],
)
def test_what_is_wrong_with_a_server_is_told(change: dict[str, Any], weight: Weight, word: str) -> None:
    facts = replace(SERVER, **change)
    found = [*server_findings(facts), *clock_findings(facts), *wire_findings(facts, REMOTE)]
    found += connection_findings(facts, 8, 4)
    (told,) = [each for each in found if each.weight is not Weight.GOOD]
    assert (told.weight, word in told.sentence, told.advice != "") == (weight, True, True)


@pytest.mark.parametrize(
    ("change", "weight", "word"),
    [
        ({"is_analyzed": False}, Weight.HINT, "statistics"),
        ({"dead_share": 0.8}, Weight.HINT, "80%"),
        ({"invalid_indexes": ("contact_email",)}, Weight.PROBLEM, "contact_email"),
        ({"unknown_time_zones": ("Mars/Base",)}, Weight.PROBLEM, "Mars/Base"),
        ({"oldest_waiting_seconds": 7_200.0}, Weight.PROBLEM, "120 minutes"),
        ({"oldest_change_seconds": 300.0}, Weight.PROBLEM, "300 s"),
    ],
)
def test_what_is_wrong_with_tables_is_told(change: dict[str, Any], weight: Weight, word: str) -> None:
    (told,) = [each for each in table_findings(replace(TABLES, **change)) if each.weight is not Weight.GOOD]
    assert (told.weight, word in told.sentence, told.advice != "") == (weight, True, True)


@pytest.mark.parametrize(
    ("change", "weight"),
    [
        ({"is_superuser": True}, Weight.HINT),
        ({"may_create": False}, Weight.PROBLEM),
        ({"tables_beyond": ("contact",)}, Weight.PROBLEM),
        ({"may_forget_entries": False}, Weight.PROBLEM),
        ({"owns_entries": True}, Weight.HINT),
    ],
)
def test_what_is_wrong_with_a_role_is_told(change: dict[str, Any], weight: Weight) -> None:
    assert weights(rights_findings(replace(RIGHTS, **change), is_embedded=False)) == {weight}


@pytest.mark.parametrize(
    ("dsn", "encrypted", "expected"),
    [
        (REMOTE, True, set()),
        (REMOTE.replace("verify-full", "require"), True, {Weight.HINT}),
        (REMOTE, False, {Weight.HINT}),
        ("postgresql://pilah@127.0.0.1/pilah", False, set()),
        ("postgresql:///pilah?host=/run/postgresql", False, set()),
    ],
)
def test_tls_is_wanted_where_others_listen(dsn: str, encrypted: bool, expected: set[Weight]) -> None:
    assert weights(wire_findings(replace(SERVER, is_encrypted=encrypted), dsn)) == expected


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"DATABASE_URL": REMOTE, "PILAH_FILES": "/srv/files"}, []),
        ({"DATABASE_URL": REMOTE}, ["PILAH_FILES is not set"]),
        ({"DATABASE_URL": REMOTE, "PILAH_FILES": "/srv", "PILAH_DATA": "/srv"}, []),
        ({"PILAH_DOCUMENTS": "/none.json"}, ["/none.json, can't be read"]),
        ({"PILAH_MOST_DEPHT": "3"}, ["PILAH_MOST_DEPTH"]),
        (
            {"PILAH_OIDC_ISSUER": "x", "PILAH_OIDC_AUDIENCE": "y", "PILAH_OIDC_KEYS": "http://127.0.0.1:9/keys"},
            ["can't be had from"],
        ),
        ({"PILAH_METRICS": "0.0.0.0:9464"}, ["0.0.0.0:9464"]),
        ({"PILAH_METRICS": "9464"}, []),
        ({"PILAH_LOG_LEVEL": "debug"}, ["debug"]),
        ({"PILAH_GRACE_SECONDS": "5"}, ["waits 5 s"]),
    ],
)
def test_settings_that_do_not_fit_are_told(
    environment: dict[str, str], words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith(("DATABASE_URL", "PILAH_"))]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    found = [each for each in settings_findings(read_settings()) if each.weight is not Weight.GOOD]
    assert [word in each.sentence for word, each in zip(words, found, strict=True)] == [True] * len(words)


def test_a_folder_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    assert Weight.PROBLEM not in weights(folder_findings(tmp_path / "not" / "yet"))
    assert Weight.PROBLEM in weights(folder_findings(Path("/proc/pilah")))


def test_files_and_zones_that_are_missing_are_told(tmp_path: Path) -> None:
    (tmp_path / "there").touch()
    assert missing_files(tmp_path, ("there", "elsewhere")) == ("elsewhere",)
    assert weights(time_zone_findings("Mars/Base")) == {Weight.PROBLEM}


async def test_facts_are_as_postgres_is(dsn: str, make_workspace: WorkspaceMaker) -> None:
    await make_workspace("Asia/Jakarta")
    async with examined(dsn) as session:
        server, tables = await server_facts(session), await table_facts(session)
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await session.execute("CREATE TABLE trace (id bigint)")
    assert (server.encoding, server.is_pooled, server.is_standby) == ("UTF8", False, False)
    assert SETTINGS.keys() <= server.settings.keys()
    assert abs(server.clock_seconds_ahead) < 1
    assert (tables.unknown_time_zones, tables.invalid_indexes, tables.contact_bytes > 0) == ((), (), True)


def doctor(dsn: str, tmp_path: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """What `pilah doctor` says of a database."""
    environment = {**os.environ, "DATABASE_URL": dsn, "PILAH_FILES": str(tmp_path)}
    return subprocess.run([PILAH, "doctor", *arguments], capture_output=True, text=True, timeout=60, env=environment)


async def test_a_deployment_that_is_well_is_told_so(server: str, worker_id: str, tmp_path: Path) -> None:
    async with empty_database(server, f"pilah_doctor_{worker_id}_{os.getpid()}") as fresh:
        await migrate(fresh)
        done = await asyncio.to_thread(doctor, fresh, tmp_path)
    assert "PROBLEM" not in done.stdout
    assert (done.returncode, done.stderr) == (0, "")
    assert "ok      The tables are as this version needs them." in done.stdout


@pytest.mark.parametrize(
    ("database", "word"),
    [("postgres", "migrations are missing"), ("nowhere", "has no database")],
)
async def test_a_deployment_with_a_problem_ends_with_1(dsn: str, tmp_path: Path, database: str, word: str) -> None:
    elsewhere = urlunsplit(urlsplit(dsn)._replace(path=f"/{database}"))
    done = doctor(elsewhere, tmp_path)
    assert (done.returncode, word in done.stdout, "->" in done.stdout) == (1, True, True)
    assert done.stderr == ""


async def test_files_of_imports_that_are_elsewhere_are_told(
    dsn: str, make_workspace: WorkspaceMaker, tmp_path: Path
) -> None:
    import_id = await create_import(await make_workspace(), "late.csv", "elsewhere", 5, {}, is_dry_run=False)
    done = await asyncio.to_thread(doctor, dsn, tmp_path)
    async with connection() as borrowed:
        await borrowed.execute("DELETE FROM file_import WHERE id = $1", import_id)
    assert (done.returncode, "are not in the folder of files" in done.stdout) == (1, True)


async def test_tables_behind_a_lock_are_told(dsn: str, pool: None, tmp_path: Path) -> None:
    async with locked(dsn, "contact"):
        done = await asyncio.to_thread(doctor, dsn, tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert "something holds a lock on them" in done.stdout


async def test_too_many_servers_are_told(dsn: str, tmp_path: Path) -> None:
    done = doctor(dsn, tmp_path, "--servers", "50")
    assert (done.returncode, "50 servers may hold" in done.stdout, "PILAH_POOL" in done.stdout) == (1, True, True)
