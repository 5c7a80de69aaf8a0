"""Brings the tables up to date; whoever comes second waits and finds it done."""

import asyncpg
from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.migrations import api
from tortoise.migrations.autodetector import MigrationAutodetector
from tortoise.migrations.executor import MigrationExecutor

from app.queries.connections import tortoise_config

_LOCK = 0x70696C6168  # "pilah"


async def migrate(dsn: str) -> None:
    """Apply what is missing, under an advisory lock."""
    lock = await asyncpg.connect(dsn)
    try:
        await lock.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await api.migrate(config=tortoise_config(dsn, 2))
        await Tortoise.close_connections()
    finally:
        await lock.close()


async def is_up_to_date() -> bool:
    """Whether every migration of this release has been applied to the open pool's database."""
    client = get_connection("default")
    config = tortoise_config("")["apps"]
    return not await MigrationExecutor(client, config).plan()


async def missing_migrations() -> list[str]:
    """The names of the migrations that the models would still need; empty where none is pending."""
    await Tortoise.init(config=tortoise_config("postgresql://nowhere/"), init_connections=False)
    try:
        writers = await MigrationAutodetector(Tortoise.apps, tortoise_config("")["apps"]).changes()
        return [writer.name for writer in writers]
    finally:
        await Tortoise.close_connections()
