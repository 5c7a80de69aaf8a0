"""The audit log: written with what it tells of, read page by page, and forgotten after years."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from asyncpg import Record

from app.compile.clause import Bound, Clause
from app.filters.problems import Refused
from app.queries.actors import Author, author_columns, author_of
from app.queries.acts import Act, ActOutcome, acting, witnessed
from app.queries.connections import connection
from app.queries.deadlines import beyond
from app.queries.faults import note_fault
from app.queries.keyset import Order, Page, Window, fetch_page
from app.queries.rounds import repeated
from app.queries.seldom import is_due
from app.queries.statements import select
from app.tables.audit_entry import AuditEntry

SECONDS_BETWEEN_ROUNDS: Final = 3_600.0
RECORDING_SECONDS: Final = 2.0
NEWEST_FIRST: Final = Order("audit_entry.id", descending=True)


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry as it is kept, and who did it."""

    id: int
    token_id: int | None
    operation: str
    object_kind: str | None
    object_id: int | None
    outcome: str
    problem: str | None
    request_id: str | None
    happened_at: datetime
    author: Author


_NAMES: Final = tuple(name for name in EntryRow.__dataclass_fields__ if name != "author")
_COLUMNS: Final = (*(f"audit_entry.{name}" for name in _NAMES), *author_columns("audit_entry", has_kind=False))


@asynccontextmanager
async def recorded(act: Act) -> AsyncIterator[Act]:
    """What is done within belongs to the act: its first transaction that writes puts it into the log.

    Where there is none, since it was refused, failed, or only took contacts out, that is done at the end; what an
    actor is refused again within a minute leaves no entry.
    """
    if (acts := witnessed.get()) is not None:
        acts.append(act)
    try:
        with _acting(act):
            yield act
    except Exception as error:
        if isinstance(error, Refused):
            act.problem = error.problems[0].code.value
        act.outcome = ActOutcome.FAILED if act.problem is None else ActOutcome.REFUSED
        await _record_failed(act)
        raise
    await _record(act)


@contextmanager
def _acting(act: Act) -> Iterator[None]:
    token = acting.set(act)
    try:
        yield
    finally:
        acting.reset(token)


async def audit_page(workspace_id: int, window: Window, conditions: list[Clause]) -> Page:
    """A page of a workspace's log, newest first, of the entries that the conditions name."""
    query = select(AuditEntry, _COLUMNS, workspace_id)
    for condition in conditions:
        query = query.where(condition)
    return await fetch_page(query, NEWEST_FIRST, window)


def by_token(token_id: int) -> Clause:
    """The condition that a token did it."""
    return Clause("audit_entry.token_id = ", Bound(token_id, "bigint"))


def by_subject(subject: str) -> Clause:
    """The condition that somebody did it whom an identity provider named so."""
    return Clause("audit_entry.subject = ", Bound(subject, "text"))


def on_object(kind: str, number: int) -> Clause:
    """The condition that it was done to an object."""
    named = Clause("audit_entry.object_kind = ", Bound(kind, "text"))
    return Clause("(", named, " AND audit_entry.object_id = ", Bound(number, "bigint"), ")")


def entry_row(row: Record) -> EntryRow:
    """An entry out of a row of a page."""
    return EntryRow(**{name: row[name] for name in _NAMES}, author=author_of(row))


def audit_kept(days: int) -> AbstractAsyncContextManager[None]:
    """Entries that are older than so many days go, hourly, for as long as the context lasts."""
    return repeated("audit", partial(forget_audit_entries, days), SECONDS_BETWEEN_ROUNDS)


async def forget_audit_entries(days: int) -> int:
    """How many entries of all workspaces were older than so many days and are gone; at least 90 days are kept."""
    async with connection() as borrowed:
        return int(await borrowed.fetchval("SELECT forget_audit_entries($1)", days))


async def _record(act: Act) -> None:
    if not act.is_written and _is_told(act):
        async with connection() as borrowed:
            await act.write(borrowed)
        act.is_written = True


def _is_told(act: Act) -> bool:
    """Of what is refused one a minute: who may do nothing could fill the log all the same, which nobody may clear."""
    told = act.workspace_id, act.actor, act.operation, act.problem
    return act.outcome is not ActOutcome.REFUSED or is_due(told, time.monotonic())


async def _record_failed(act: Act) -> None:
    try:
        with beyond():
            async with asyncio.timeout(RECORDING_SECONDS):
                await _record(act)
    except Exception as error:
        note_fault("audit_fault", error, operation=act.operation)  # the caller is to learn of the first one
