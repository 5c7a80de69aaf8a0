"""Tortoise's asyncpg engine, opened by one address and without the round trip of a reset."""

from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient

from app.telemetry.statements import tell_statement


class QuietConnection(asyncpg.Connection):
    """A pooled connection that is given back as it is: nothing here changes a session's state. It tells its times."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.add_query_logger(tell_statement)

    def get_reset_query(self) -> str:
        """Nothing to reset."""
        return ""


class AddressedClient(AsyncpgDBClient):
    """Takes `dsn`, as in `postgresql://…`, in its credentials."""

    async def create_pool(self, **kwargs: Any) -> "asyncpg.Pool[asyncpg.Record]":
        """The pool at the address; host, port and database are in it."""
        for part in ("host", "port", "user", "password", "database"):
            kwargs.pop(part, None)
        return await asyncpg.create_pool(**kwargs)


client_class = AddressedClient
