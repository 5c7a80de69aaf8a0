"""The delivery log: what was or is to be sent to a webhook, how often it was tried, and sending it again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

import orjson
from asyncpg import Record

from app.compile.clause import Bound, Clause
from app.filters.problems import Code, Refused
from app.queries.connections import connection, transaction
from app.queries.keyset import Order, Page, Window, fetch_page
from app.queries.statements import select
from app.queries.webhooks.events import TEST
from app.queries.webhooks.queue import CALLED
from app.queries.webhooks.registry import find_webhook
from app.queries.webhooks.reopening import ask_to_reopen
from app.tables.webhook import WebhookMessage

KEPT_DAYS = 30
MOST_ATTEMPTS_KEPT = 20
NEWEST_FIRST = Order("webhook_message.id", descending=True)


class MessageState(Enum):
    """Where a message stands."""

    WAITING = "WAITING"
    FAILED = "FAILED"
    DELIVERED = "DELIVERED"
    GIVEN_UP = "GIVEN_UP"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: when, for how many seconds, and the answer's HTTP status and beginning, or else the problem."""

    at: datetime
    seconds: float
    status: int | None = None
    problem: str | None = None
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message as it is kept; `due_at` is when it is tried next, if that is still to come."""

    id: int
    webhook_id: int
    type: str
    segment_id: int | None
    contact_ids: Sequence[int]
    state: MessageState
    attempts: Sequence[Attempt]
    due_at: datetime
    created_at: datetime
    finished_at: datetime | None


_NAMES = tuple(MessageRow.__dataclass_fields__)
_COLUMNS = ", ".join(_NAMES)
_RESEND = (
    "WITH queued AS (UPDATE webhook_message SET state = CASE WHEN finished_at IS NULL THEN state ELSE 'WAITING' END, "
    "tries = 0, due_at = $3, finished_at = NULL FROM webhook WHERE webhook_message.workspace_id = $1 "
    "AND webhook.workspace_id = $1 AND webhook.id = webhook_id AND webhook.deleted_at IS NULL "
    f"AND webhook_message.id = $2 RETURNING webhook_message.id) SELECT max(id), {CALLED}"
)
_TEST = (
    "WITH queued AS (INSERT INTO webhook_message "
    "(workspace_id, webhook_id, type, contact_ids, order_keys, content, state, attempts, due_at, created_at) "
    f"SELECT $1, id, '{TEST}', '{{}}', '{{}}', '[]', 'WAITING', '[]', $3, $3 FROM webhook "
    f"WHERE workspace_id = $1 AND id = $2 AND is_enabled RETURNING id) SELECT max(id), {CALLED}"
)


async def messages_page(workspace_id: int, webhook_id: int, state: MessageState | None, window: Window) -> Page:
    """A page of a webhook's messages, newest first, of one state or of all; `message_row` reads its rows."""
    query = select(WebhookMessage, [f"webhook_message.{name}" for name in _NAMES], workspace_id)
    query = query.where(Clause("webhook_message.webhook_id = ", Bound(webhook_id, "bigint")))
    if state is not None:
        query = query.where(Clause("webhook_message.state = ", Bound(state.value, "text")))
    return await fetch_page(query, NEWEST_FIRST, window)


async def find_message(workspace_id: int, message_id: int) -> MessageRow:
    """A message by its id, unless its webhook is gone; raises Refused NOT_FOUND."""
    async with connection() as borrowed:
        row = await borrowed.fetchrow(
            f"SELECT {_COLUMNS} FROM webhook_message WHERE workspace_id = $1 AND id = $2 AND webhook_id = "
            "ANY(ARRAY(SELECT id FROM webhook WHERE workspace_id = $1 AND deleted_at IS NULL))",
            workspace_id,
            message_id,
        )
    if row is None:
        raise _no_message()
    return message_row(row)


async def resend_message(workspace_id: int, message_id: int, at: datetime) -> MessageRow:
    """A message that is sent once more, under its id, as soon as may be; raises Refused NOT_FOUND."""
    async with transaction() as borrowed:
        if await borrowed.fetchval(_RESEND, workspace_id, message_id, at) is None:
            raise _no_message()
    return await find_message(workspace_id, message_id)


async def resend_given_up(workspace_id: int, webhook_id: int) -> int:
    """How many messages of a webhook had been given up, and are sent once more; raises Refused NOT_FOUND."""
    await find_webhook(workspace_id, webhook_id)
    async with transaction() as borrowed:
        return await ask_to_reopen(borrowed, workspace_id, webhook_id)


async def send_test(workspace_id: int, webhook_id: int, at: datetime) -> MessageRow:
    """A message about nobody, to see that messages arrive; raises Refused where the webhook is off or isn't there."""
    async with transaction() as borrowed:
        message_id: int | None = await borrowed.fetchval(_TEST, workspace_id, webhook_id, at)
    if message_id is None:
        await find_webhook(workspace_id, webhook_id)
        raise Refused.because(Code.NOT_ALLOWED, "this webhook is off; enable it first", "input.id")
    return await find_message(workspace_id, message_id)


def message_row(row: Record) -> MessageRow:
    """A message out of its columns."""
    attempts = [
        Attempt(**{**each, "at": datetime.fromisoformat(each["at"])}) for each in orjson.loads(row["attempts"])
    ]
    found = {name: row[name] for name in _NAMES}
    return MessageRow(**{**found, "state": MessageState(found["state"]), "attempts": attempts})


def _no_message() -> Refused:
    return Refused.because(Code.NOT_FOUND, "there is no such message", "input.id")
