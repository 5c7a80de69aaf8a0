"""One workspace is one shard: every key of every table begins with it."""

import re
from pathlib import Path

from app.queries.connections import connection

CITUS = Path(__file__).parent.parent.parent / "docs" / "citus.md"
OF_THE_WHOLE = {"workspace", "tortoise_migrations"}


async def test_every_unique_key_begins_with_the_workspace(pool: None) -> None:
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "SELECT relname, pg_get_indexdef(indexrelid, 1, FALSE) AS first FROM pg_index "
            "JOIN pg_class ON pg_class.oid = indrelid WHERE indisunique AND relnamespace = 'public'::regnamespace"
        )
    assert len(rows) > 20
    assert {row["relname"] for row in rows if row["first"] != "workspace_id"} == OF_THE_WHOLE


async def test_every_foreign_key_begins_with_the_workspace(pool: None) -> None:
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE contype = 'f'"
        )
    pattern = r"FOREIGN KEY \(workspace_id\b.*\) REFERENCES (workspace\(id\)|\w+\(workspace_id, .*)"
    assert [row for row in rows if not re.match(pattern, row["text"])] == []


async def test_every_table_has_its_place_in_a_cluster(pool: None) -> None:
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relpersistence = 'p' "
            "AND relnamespace = 'public'::regnamespace"
        )
    told = CITUS.read_text()
    assert [row["relname"] for row in rows if not re.search(f"['`]{row['relname']}['`]", told)] == []
