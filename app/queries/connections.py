"""The pool: opened at start-up, borrowed from by every other module here."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import asyncpg
from tortoise import Tortoise

from app.queries.acts import acting
from app.queries.asyncpg_engine import QuietConnection
from app.queries.borrowing import Borrowing, BorrowingInTurn, share
from app.queries.deadlines import current
from app.queries.stirring import stir
from app.settings import MOST_REQUEST_SECONDS

Connection = asyncpg.Connection

POOL_SIZE = 8
STATEMENT_TIMEOUT = MOST_REQUEST_SECONDS
IDLE_IN_TRANSACTION_TIMEOUT = 60
CONNECT_TIMEOUT = 5

MODELS = [
    "audit_entry",
    "contact",
    "do_not_contact",
    "erasure",
    "export",
    "field",
    "file_import",
    "idempotent_answer",
    "label",
    "live",
    "segment",
    "segment_version",
    "status_change",
    "token",
    "webhook",
    "workspace",
]


def tortoise_config(
    dsn: str, pool_size: int = POOL_SIZE, statement_timeout: int = STATEMENT_TIMEOUT
) -> dict[str, Any]:
    """Tortoise's configuration for the PostgreSQL at `dsn`; no statement takes longer than so many seconds."""
    credentials = {
        "dsn": dsn,
        "minsize": 1,
        "maxsize": pool_size,
        "connection_class": QuietConnection,
        "timeout": CONNECT_TIMEOUT,
        "server_settings": {
            "application_name": "pilah",
            "timezone": "UTC",
            "jit": "off",
            "plan_cache_mode": "force_custom_plan",
            "statement_timeout": f"{statement_timeout}s",
            "idle_in_transaction_session_timeout": f"{IDLE_IN_TRANSACTION_TIMEOUT}s",
        },
    }
    return {
        "connections": {"default": {"engine": "app.queries.asyncpg_engine", "credentials": credentials}},
        "apps": {
            "pilah": {
                "models": [f"app.tables.{name}" for name in MODELS],
                "default_connection": "default",
                "migrations": "migrations",
            }
        },
    }


@asynccontextmanager
async def opened(dsn: str, pool_size: int = POOL_SIZE, for_requests: int | None = None) -> AsyncIterator[None]:
    """The pool at `dsn`, for as long as the context lasts; requests have all of it, or so many connections."""
    share(for_requests or pool_size)
    await Tortoise.init(config=tortoise_config(dsn, pool_size), _enable_global_fallback=True)
    try:
        yield
    finally:
        await Tortoise.close_connections()


def connection() -> AbstractAsyncContextManager[Connection]:
    """A connection of the pool; each statement on it is its own transaction.

    Work for a request has to wait for its asker's turn, and is stopped at the request's deadline, by Stopped.
    """
    deadline = current.get()
    return Borrowing() if deadline is None else BorrowingInTurn(deadline)


@asynccontextmanager
async def transaction(*, snapshot: bool = False, quiet: bool = False) -> AsyncIterator[Connection]:
    """A connection in a transaction, rolled back where the block raises; with `snapshot`, reading one state.

    An act under way is written down in the first of its transactions that writes. Unless it is `quiet`, what it has
    noted is looked for.
    """
    act = None if snapshot else acting.get()
    async with connection() as borrowed, borrowed.transaction(isolation="repeatable_read" if snapshot else None):
        yield borrowed
        if act is not None and not act.is_written:
            await act.write(borrowed)
    if act is not None:
        act.is_written = True  # not sooner: what was rolled back is tried again
    if not snapshot and not quiet:
        stir()
