"""However little PostgreSQL knows of a workspace, each item looks its own contact up, and reads no other."""

import json
import os
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from app.filters.vocabulary import Status
from app.queries import do_not_contact
from app.queries.connections import Connection, connection
from app.queries.contact_values import to_json
from app.queries.lookups import UNAWARE
from app.queries.migrations import migrate
from app.queries.upserts import writing
from app.queries.upserts.asked import Item, Upsert
from app.queries.upserts.reading import Row
from app.queries.workspaces import create_workspace
from tests.conftest import named_apart

ITEMS = 1_000
CONTACTS = 20_000
READ_AN_ITEM = 4
MILLISECONDS_A_CHECK = 0.2

FILL = (
    "INSERT INTO contact (workspace_id, email, email_folded, external_id, status, label_ids, fields, folded, "
    "created_at, updated_at) SELECT $1, e, e, n::text, 'PENDING', '{}', '{}', '{}', now(), now() "
    "FROM generate_series(1, $2::int) AS n, format('p%s@example.com', n) AS e"
)
LIST = (
    "INSERT INTO do_not_contact (workspace_id, hash, cause, added_at) SELECT $1, encode(sha256(salt || "
    "convert_to(format('x%s@example.com', n), 'UTF8')), 'hex'), 'x', now() "
    "FROM workspace, generate_series(1, $2::int) AS n WHERE workspace.id = $1"
)
HISTORY = (
    "INSERT INTO status_change (workspace_id, contact_id, previous, status, cause, import_id, changed_at) "
    "SELECT workspace_id, id, NULL, status, 'IMPORTED', 1, now() FROM contact WHERE workspace_id = $1"
)
EMAILS = [f"p{number * 17}@example.com" for number in range(1, ITEMS + 1)]


@pytest.fixture(scope="module")
async def filled(pool: None) -> AsyncIterator[tuple[Connection, int]]:
    """A freshly filled workspace, of which PostgreSQL has no figures, though of another."""
    known, fresh = [await create_workspace(named_apart(f"plans of the {name}"), "UTC") for name in ("known", "fresh")]
    async with connection() as borrowed:
        transaction = borrowed.transaction()
        await transaction.start()
        await borrowed.execute(UNAWARE)
        for statement in (FILL, LIST):
            await borrowed.execute(statement, known, 3_000)
        await borrowed.execute("ANALYZE contact, do_not_contact")
        for statement in (FILL, LIST):
            await borrowed.execute(statement, fresh, CONTACTS)
        await borrowed.execute(HISTORY, fresh)
        yield borrowed, fresh
        await transaction.rollback()


@pytest.fixture
async def unknown(filled: tuple[Connection, int]) -> AsyncIterator[tuple[Connection, int, list[int]]]:
    """That workspace, and the ids of the items' contacts; what a test does is undone."""
    borrowed, workspace = filled
    found = await borrowed.fetch(
        "SELECT id FROM contact WHERE workspace_id = (SELECT $1::bigint) AND email_folded = ANY($2::text[])",
        workspace,
        EMAILS,
    )
    savepoint = borrowed.transaction()
    await savepoint.start()
    yield borrowed, workspace, [row[0] for row in found]
    await savepoint.rollback()


async def explained(borrowed: Connection, text: str, *values: object) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The plan of a statement that was done, and the triggers that it set off."""
    found = await borrowed.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {text}", *values)
    (answer,) = json.loads(found)
    return answer["Plan"], answer["Triggers"]


def parts_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan's nodes."""
    yield plan
    for part in plan.get("Plans", ()):
        yield from parts_of(part)


def most_read(plan: dict[str, Any], tables: tuple[str, ...]) -> float:
    """The most rows that any node took out of these tables, with those that it threw away."""
    dropped = ("Rows Removed by Filter", "Rows Removed by Index Recheck", "Rows Removed by Join Filter")
    counts: Iterator[float] = (
        (node["Actual Rows"] + sum(node.get(name, 0) for name in dropped)) * node["Actual Loops"]
        for node in parts_of(plan)
        if node.get("Relation Name") in tables or "Join" in node["Node Type"] or "Loop" in node["Node Type"]
    )
    return max(counts)


def items(ids: list[int], **more: Any) -> str:
    """Items as the statement reads them: of known contacts, and of as many new ones."""
    known = [writing._item(id, Row(place, **more), Upsert([])) for place, id in enumerate(ids)]
    made = [
        writing._item(email, Row(place, email, email, **more), Upsert([Item(email)]))
        for place, email in enumerate((f"new{number}@example.com" for number in range(ITEMS)), len(ids))
    ]
    return to_json([*known, *made])


TABLES = ("contact", "status_change", "do_not_contact")


async def test_each_item_finds_its_own_contact(unknown: tuple[Connection, int, list[int]]) -> None:
    borrowed, workspace, _ = unknown
    ids = [str(number) for number in range(1, CONTACTS, CONTACTS // ITEMS)]
    plan, _ = await explained(borrowed, writing._FIND, workspace, EMAILS, ids)
    assert most_read(plan, TABLES) <= 2 * ITEMS * READ_AN_ITEM


@pytest.mark.parametrize("status", [None, Status.UNSUBSCRIBED])
async def test_each_item_writes_its_own_contact(
    unknown: tuple[Connection, int, list[int]], status: Status | None
) -> None:
    borrowed, workspace, ids = unknown
    if status:
        await borrowed.execute("UPDATE contact SET status = 'UNSUBSCRIBED' WHERE workspace_id = $1", workspace)
    plan, triggers = await explained(borrowed, writing._WRITE, workspace, items(ids, name="Ani", status=status))
    assert most_read(plan, TABLES) <= ITEMS * READ_AN_ITEM
    calls = sum(trigger["Calls"] for trigger in triggers)
    assert calls >= ITEMS
    assert sum(trigger["Time"] for trigger in triggers) <= calls * MILLISECONDS_A_CHECK


@pytest.mark.parametrize("name", ["_LOCK_KNOWN", "_FOUND"])
async def test_each_address_is_looked_up_by_itself(unknown: tuple[Connection, int, list[int]], name: str) -> None:
    borrowed, workspace, _ = unknown
    plan, _ = await explained(borrowed, getattr(do_not_contact, name), workspace, EMAILS)
    assert most_read(plan, TABLES) <= ITEMS * READ_AN_ITEM


@pytest.mark.parametrize("status", list(Status))
async def test_each_listed_contact_is_written_by_itself(
    unknown: tuple[Connection, int, list[int]], status: Status
) -> None:
    borrowed, workspace, ids = unknown
    await borrowed.execute("UPDATE contact SET status = $2 WHERE workspace_id = $1", workspace, status.value)
    plan, _ = await explained(borrowed, do_not_contact._UNSUBSCRIBE, workspace, ids, "complained")
    assert most_read(plan, TABLES) <= ITEMS * READ_AN_ITEM


@pytest.fixture
async def new(server: str, worker_id: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a database that has a workspace and nothing else."""
    name = f"pilah_new_{worker_id}_{os.getpid()}"
    control = await asyncpg.connect(server)
    await control.execute(f'CREATE DATABASE "{name}"')
    address = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    await migrate(address)
    opened = await asyncpg.connect(address, server_settings={"plan_cache_mode": "force_custom_plan"})
    await opened.execute("ALTER TABLE contact SET (autovacuum_enabled = off)")
    await opened.execute(
        "INSERT INTO workspace (name, time_zone, catalog_version, created_at) VALUES ('a', 'UTC', 1, now())"
    )
    yield opened
    await opened.close()
    await control.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await control.close()


async def test_first_calls_of_a_database_look_up_likewise(new: asyncpg.Connection) -> None:
    workspace = await new.fetchval("SELECT id FROM workspace")
    for call, count in enumerate((1, ITEMS, ITEMS, ITEMS)):
        emails = [f"p{call}x{number}@example.com" for number in range(count)]
        rows = [Row(place, email, email) for place, email in enumerate(emails)]
        async with new.transaction():
            await writing._upsert(new, workspace, Upsert([Item(email) for email in emails]), rows)
            read = await new.fetchval(
                "SELECT idx_tup_fetch + seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'contact'"
            )
    assert read <= 2 * ITEMS * READ_AN_ITEM
