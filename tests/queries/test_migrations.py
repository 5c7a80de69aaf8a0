"""A database that is in use is brought up to date, whichever release it comes from."""

import asyncpg
from tortoise.context import TortoiseContext
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from app.queries.connections import tortoise_config
from tests.conftest import empty_database

NEEDED = (
    "SELECT table_name, array_agg(column_name ORDER BY ordinal_position) AS columns, "
    "array_agg(udt_name ORDER BY ordinal_position) AS types FROM information_schema.columns "
    "WHERE table_schema = current_schema AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' "
    "GROUP BY 1 ORDER BY 1"
)
VALUES = {
    **{f"{table}_id": f"(SELECT min(id) FROM {table})" for table in ("workspace", "contact", "segment", "label")},
    "import_id": "(SELECT min(id) FROM file_import)",
    "status": "'ACTIVE'",
    "type": "'TEXT'",
    "kind": "'STATIC'",
    "int4": "1",
    "int8": "1",
    "bool": "TRUE",
    "jsonb": "'{}'",
    "timestamptz": "now()",
    "bytea": "'x'",
    "_int8": "'{}'",
    "_text": "'{}'",
}


async def fill(database: asyncpg.Connection) -> set[str]:
    """Put a row into every table that has none; the names of those that could have one."""
    filled, left = set[str](), await database.fetch(NEEDED)
    while left:
        before = len(left)
        for row in list(left):
            columns = ", ".join(row["columns"])
            needed = zip(row["columns"], row["types"], strict=True)
            values = ", ".join(VALUES.get(name, VALUES.get(type, "'x'")) for name, type in needed)
            try:
                await database.execute(
                    f"INSERT INTO {row['table_name']} ({columns}) VALUES ({values}) ON CONFLICT DO NOTHING"
                )
            except (asyncpg.ForeignKeyViolationError, asyncpg.NotNullViolationError):
                continue
            filled.add(row["table_name"])
            left.remove(row)
        if len(left) == before:
            raise AssertionError([row["table_name"] for row in left])
    return filled


async def test_every_migration_takes_a_database_that_is_in_use(server: str, worker_id: str) -> None:
    async with empty_database(server, f"pilah_used_{worker_id}") as dsn, TortoiseContext() as context:
        config = tortoise_config(dsn, 2, statement_timeout=0)
        await context.init(config=config)
        executor = MigrationExecutor(context.connections.get("default"), config["apps"])
        steps = [step.migration.name for step in await executor.plan([MigrationTarget("pilah", "__latest__")])]
        database = await asyncpg.connect(dsn)
        try:
            for name in steps:
                await executor.migrate([MigrationTarget("pilah", name)])
                filled = await fill(database)
        finally:
            await database.close()
    assert len(steps) > 5
    assert {"workspace", "contact", "segment", "file_import", "export", "status_change"} <= filled
