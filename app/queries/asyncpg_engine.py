"""Tortoise's asyncpg engine, opened by one address and without the round trip of a reset."""

from math import ceil
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient

from app.queries.timed_connection import TimedConnection


class QuietConnection(TimedConnection):
    """A pooled connection that is given back as it is: only `hurry` changes a session's state."""

    is_unsettled = False

    async def hurry(self, seconds: float) -> None:
        """Let PostgreSQL stop each statement after so many seconds, until the connection is given back."""
        self.is_unsettled = True
        await self.execute(f"SET statement_timeout = {ceil(seconds * 1000)}")

    def unsettle(self) -> None:
        """A task that used it was cancelled, perhaps between preparing a statement and running it.

        PostgreSQL would wait for the rest within a transaction, until somebody else asks something.
        """
        self.is_unsettled = True

    def get_reset_query(self) -> str:
        """What has to be done before the next one has it, which is nothing as a rule."""
        if not self.is_unsettled:
            return ""
        self.is_unsettled = False
        return "RESET statement_timeout"


class AddressedClient(AsyncpgDBClient):
    """Takes `dsn`, as in `postgresql://…`, in its credentials."""

    async def create_pool(self, **kwargs: Any) -> "asyncpg.Pool[asyncpg.Record]":
        """The pool at the address; host, port and database are in it."""
        for part in ("host", "port", "user", "password", "database"):
            kwargs.pop(part, None)
        return await asyncpg.create_pool(**kwargs)


client_class = AddressedClient
