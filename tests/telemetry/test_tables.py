"""Every table has its own measure."""

from app.queries.connections import connection
from app.telemetry.statements import kind_of


async def test_a_statement_is_counted_under_its_table(pool: None) -> None:
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relpersistence = 'p' "
            "AND relnamespace = 'public'::regnamespace AND relname <> 'tortoise_migrations'"
        )
    tables = [row["relname"] for row in rows]
    assert len(tables) > 15
    assert [kind_of(f"SELECT 1 FROM {table} WHERE workspace_id = $1")[1] for table in tables] == tables
