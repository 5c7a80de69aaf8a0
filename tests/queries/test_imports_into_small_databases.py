"""A database of tiny workspaces gets its first large file: each row is still looked up by its own index."""

import os
from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from app.filters.vocabulary import Status
from app.queries.imports.merge_statement import Merging, merge_statement
from app.queries.imports.staging import COLUMNS
from app.queries.imports.undo_statements import REMOVE
from app.queries.migrations import migrate
from tests.queries.test_import_plans import STATEMENTS

STAGE, NUMBER = "import_stage_7", 7

# What the first part of a file has made, in a workspace that PostgreSQL has never looked at.
MADE = (
    "INSERT INTO contact (workspace_id, email, email_folded, status, label_ids, fields, folded, created_at, "
    "updated_at) SELECT $1, e, e, 'PENDING', '{}', '{}', '{}', now(), now() "
    "FROM generate_series(1, $2::int) AS n, format('p%s@example.com', n) AS e"
)

NOTED = (
    "INSERT INTO status_change (workspace_id, contact_id, status, cause, import_id, changed_at) "
    "SELECT workspace_id, id, status, 'IMPORTED', $1, now() FROM contact WHERE workspace_id = $1"
)


@pytest.fixture(scope="module")
async def small(server: str, worker_id: str) -> AsyncIterator[tuple[asyncpg.Connection, int]]:
    """A database of three workspaces of one contact each, and one that is just being filled."""
    name = f"pilah_small_{worker_id}_{os.getpid()}"
    control = await asyncpg.connect(server)
    await control.execute(f'CREATE DATABASE "{name}"')
    address = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    await migrate(address)
    connection = await asyncpg.connect(address)
    ids = [
        await connection.fetchval(
            "INSERT INTO workspace (name, time_zone, catalog_version, created_at) VALUES ($1, 'UTC', 1, now()) "
            "RETURNING id",
            f"workspace {number}",
        )
        for number in range(4)
    ]
    for workspace in ids[:3]:
        await connection.execute(MADE, workspace, 1)
        await connection.execute(NOTED, workspace)
    await connection.execute("VACUUM (ANALYZE) contact, status_change")
    await connection.execute(MADE, ids[3], 15_000)
    await connection.execute(NOTED, ids[3])
    columns = ", ".join(f"{name} {type}" for name, type in COLUMNS.items())
    await connection.execute(f"CREATE UNLOGGED TABLE {STAGE} ({columns})")
    await connection.execute(
        f"INSERT INTO {STAGE} (part, line, email_folded, external_id, refused) "
        "SELECT line / 15000, line, format('p%s@example.com', line), line::text, FALSE "
        "FROM generate_series(1, 25000) AS line"
    )
    await connection.execute(f"CREATE INDEX {STAGE}_part ON {STAGE} (part)")
    await connection.execute(f"ANALYZE {STAGE}")
    yield connection, ids[3]
    await connection.close()
    await control.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await control.close()


async def plan_of(connection: asyncpg.Connection, text: str, *values: object) -> str:
    return "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN {text}", *values))


@pytest.mark.parametrize("name", list(STATEMENTS))
async def test_a_row_is_looked_up_by_its_own_index(small: tuple[asyncpg.Connection, int], name: str) -> None:
    connection, workspace = small
    text, indexes = STATEMENTS[name]
    values: list[object] = [workspace, 1] if name == "lock" else [workspace, NUMBER, 1, "no"]
    plan = await plan_of(connection, text.format(stage=STAGE), *values)
    assert all(f"using {index} on contact" in plan for index in indexes), plan


async def test_a_merge_looks_up_by_address(small: tuple[asyncpg.Connection, int]) -> None:
    connection, workspace = small
    text, values = merge_statement(STAGE, Merging(Status.PENDING.value), NUMBER, False)
    plan = await plan_of(connection, text, workspace, 1, Status.PENDING.value, *values)
    assert "using contact_email on contact" in plan, plan


async def test_undoing_looks_for_how_each_contact_was_made(small: tuple[asyncpg.Connection, int]) -> None:
    connection, workspace = small
    async with connection.transaction():
        await connection.execute("ANALYZE contact")
        await connection.execute("SET LOCAL plan_cache_mode = 'force_generic_plan'")
        await connection.execute(f"PREPARE removing (bigint, bigint, bigint[]) AS {REMOVE}")
        plan = await plan_of(connection, f"EXECUTE removing ({workspace}, {workspace}, '{{1, 2, 3}}')")
    assert "(contact_id = contact.id)" in plan, plan
