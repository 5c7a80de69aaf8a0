"""Looks past a server into its database: how far an import has come, and what it left."""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg

from app.filters.ids import number_of

SECONDS = 60


class Watcher:
    """Looks into a database past the server, and connects again where it has gone."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.connection: asyncpg.Connection[asyncpg.Record] | None = None

    async def ask(self, text: str, *values: object) -> list[asyncpg.Record]:
        """The rows; tried again until PostgreSQL answers."""
        for _ in range(SECONDS * 20):
            try:
                if self.connection is None or self.connection.is_closed():
                    self.connection = await asyncpg.connect(self.dsn)
                return await self.connection.fetch(text, *values)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                self.connection = None
                await asyncio.sleep(0.05)
        raise TimeoutError

    async def close(self) -> None:
        """Go."""
        if self.connection is not None:
            await self.connection.close()


async def progress(watcher: Watcher, id: str) -> dict[str, Any]:
    """The state of an import and how many of its parts are staged and merged."""
    (row,) = await watcher.ask(
        "SELECT state, count(*) FILTER (WHERE is_staged) AS staged, count(*) FILTER (WHERE is_merged) AS merged, "
        "count(number) AS parts FROM file_import LEFT JOIN file_import_part AS part "
        "ON part.workspace_id = file_import.workspace_id AND import_id = id WHERE id = $1 GROUP BY state",
        number_of(id, "Import"),
    )
    return dict(row)


async def until(watcher: Watcher, id: str, true: Callable[[dict[str, Any]], bool]) -> None:
    """Wait for it, or for the import's end."""
    for _ in range(12_000):
        found = await progress(watcher, id)
        if true(found) or found["state"] in ("DONE", "FAILED"):
            return
        await asyncio.sleep(0.005)
    raise TimeoutError


async def check_contacts(watcher: Watcher, id: str, rows: int) -> None:
    """Exactly the file's contacts with its values, each noted once, and nothing left of the work."""
    import_id = number_of(id, "Import")
    (found,) = await watcher.ask(
        "SELECT count(*) AS contacts, count(DISTINCT email) AS emails, bool_and(email = 'p' || (fields ->> 'n') "
        "|| '@example.com' AND fields ->> 'city' = 'Solo' AND cardinality(label_ids) = 1) AS are_right "
        "FROM contact WHERE workspace_id = (SELECT workspace_id FROM file_import WHERE id = $1)",
        import_id,
    )
    assert tuple(found) == (rows, rows, True)
    (noted,) = await watcher.ask(
        "SELECT count(*), count(DISTINCT contact_id) FROM status_change "
        "WHERE workspace_id = (SELECT workspace_id FROM file_import WHERE id = $1) AND cause = 'IMPORTED'",
        import_id,
    )
    assert tuple(noted) == (rows, rows)
    await check_nothing_left(watcher)


async def check_nothing_left(watcher: Watcher) -> None:
    """Neither a stage nor a lock is left, or not for long."""
    for _ in range(500):
        left = await watcher.ask(
            "SELECT relname::text FROM pg_class WHERE relname ~ '^import_stage_' UNION ALL "
            "SELECT locktype FROM pg_locks WHERE locktype = 'advisory' "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        if not left:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(left)


async def reach(watcher: Watcher, id: str, phase: str, part: float) -> None:
    """Wait for a moment that is later than now: so much of a phase done, or a fraction of a second of the first one."""
    if phase == "QUEUED":
        await asyncio.sleep(part / 3)
        return
    done = "staged" if phase == "LOADING" else "merged"
    phases = ("MERGING",) if phase == "MERGING" else ("LOADING", "MERGING")
    before = (await progress(watcher, id))[done]
    await until(
        watcher,
        id,
        lambda now: now["state"] in phases and now[done] > before and now[done] >= int(part * now["parts"]),
    )
    await asyncio.sleep(part / 50)
