"""Brings the tables up to date; whoever comes second waits and finds it done."""

import asyncpg
from tortoise.connection import get_connection
from tortoise.context import TortoiseContext
from tortoise.exceptions import OperationalError
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from app.filters.problems import Code, Refused
from app.queries.connections import connection, tortoise_config

_LOCK = 0x70696C6168  # "pilah"


async def migrate(dsn: str) -> None:
    """Apply what is missing, under an advisory lock and for as long as it takes; raises Refused where it can't be."""
    lock = await asyncpg.connect(dsn)
    try:
        await lock.execute("SELECT pg_advisory_lock($1)", _LOCK)
        async with TortoiseContext() as context:
            config = tortoise_config(dsn, 2, statement_timeout=0)
            await context.init(config=config)
            executor = MigrationExecutor(context.connections.get("default"), config["apps"])
            try:
                await executor.migrate([MigrationTarget("pilah", "__latest__")])
            except OperationalError as error:
                raise Refused.because(Code.NOT_ALLOWED, f"the tables can't be made: {error}", "migrate") from None
    finally:
        await lock.close()


async def is_up_to_date() -> bool:
    """Whether every migration of this release has been applied to the open pool's database."""
    return not await pending_migrations()


async def pending_migrations() -> list[str]:
    """The names of this release's migrations that the open pool's database lacks, in their order."""
    async with connection() as borrowed:
        await borrowed.execute("SELECT")  # Tortoise takes a server that is not there for one without migrations
    executor = MigrationExecutor(get_connection("default"), tortoise_config("")["apps"])
    return [step.migration.name for step in await executor.plan()]


async def missing_migrations() -> list[str]:
    """The names of the migrations that the models would still need; empty where none is pending."""
    config = tortoise_config("postgresql://nowhere/")
    async with TortoiseContext() as context:
        await context.init(config=config, init_connections=False)
        if context.apps is None:
            raise TypeError("the models were not loaded")
        writers = await MigrationAutodetector(context.apps, config["apps"]).changes()
        return [writer.name for writer in writers]
