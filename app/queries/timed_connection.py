"""A connection that tells how long each statement takes."""

import time
from typing import Any

import asyncpg

from app.telemetry.statements import tell_statement


class TimedConnection(asyncpg.Connection):
    """Tells of each statement; asyncpg's own query log would wake the event loop once more for each."""

    async def execute(self, query: str, *args: Any, **named: Any) -> Any:
        """As asyncpg's."""
        with _Timed(query):
            return await super().execute(query, *args, **named)

    async def fetch(self, query: str, *args: Any, **named: Any) -> Any:
        """As asyncpg's."""
        with _Timed(query):
            return await super().fetch(query, *args, **named)

    async def fetchrow(self, query: str, *args: Any, **named: Any) -> Any:
        """As asyncpg's."""
        with _Timed(query):
            return await super().fetchrow(query, *args, **named)

    async def fetchval(self, query: str, *args: Any, **named: Any) -> Any:
        """As asyncpg's."""
        with _Timed(query):
            return await super().fetchval(query, *args, **named)


class _Timed:
    __slots__ = ("_query", "_started")

    def __init__(self, query: str) -> None:
        self._query = query

    def __enter__(self) -> None:
        self._started = time.perf_counter()

    def __exit__(self, kind: object, *_: object) -> None:
        tell_statement(self._query, time.perf_counter() - self._started, failed=kind is not None)
