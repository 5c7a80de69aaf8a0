"""Messages to webhooks, as admins see them: what each is about, how often it was tried, and what was answered."""

import strawberry

from app.filters.ids import to_global
from app.filters.problems import Refused
from app.graphql.context import Context
from app.graphql.enums import WebhookMessageState
from app.graphql.paging import PageInfo, cursor_maker, page_info, read_window
from app.graphql.scalars import DateTime, moment
from app.graphql.types.node import Node
from app.queries.webhooks.messages import (
    NEWEST_FIRST,
    Attempt,
    MessageRow,
    find_message,
    message_row,
    messages_page,
)


@strawberry.type(description="One time that a message was sent, and what came back.")
class WebhookAttempt:
    """One time that a message was sent, and what came back."""

    at: DateTime = strawberry.field(description="When it was sent.")
    seconds: float = strawberry.field(description="How long the answer took.")
    status: int | None = strawberry.field(description="The answer's HTTP status; 2xx is delivered. Null without one.")
    problem: str | None = strawberry.field(description="Why there was no answer, in words.")
    answer: str | None = strawberry.field(
        description="How the answer begins, up to 1,000 characters, without e-mail addresses."
    )


@strawberry.type(description="What a webhook is told, in up to 100 contacts of one kind. It is kept for 30 days.")
class WebhookMessage(Node):
    """What a webhook is told."""

    type: str = strawberry.field(description="As its body has it: `segment.entered`, or `webhook.test` for a test.")
    state: WebhookMessageState
    segment_id: strawberry.ID | None = strawberry.field(
        description="The segment that was entered or left; null where it is about none."
    )
    contact_ids: list[strawberry.ID] = strawberry.field(description="The contacts that it tells of.")
    attempts: list[WebhookAttempt] = strawberry.field(description="How it was sent, the last 20 times.")
    created_at: DateTime
    next_attempt_at: DateTime | None = strawberry.field(
        description="When it is sent at the earliest; null where it is over."
    )
    finished_at: DateTime | None


@strawberry.type(description="A message in a page.")
class WebhookMessageEdge:
    """A message in a page."""

    cursor: str
    node: WebhookMessage


@strawberry.type(description="A page of messages.")
class WebhookMessageConnection:
    """A page of messages."""

    edges: list[WebhookMessageEdge]
    nodes: list[WebhookMessage]
    page_info: PageInfo


async def message_connection(
    context: Context,
    webhook_id: int,
    state: WebhookMessageState | None,
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
) -> WebhookMessageConnection:
    """The page of a webhook's messages that the arguments ask for, newest first; raises Refused."""
    window = read_window(first, after, last, before, NEWEST_FIRST, "webhook_message")
    page = await messages_page(context.workspace_id, webhook_id, state, window)
    nodes = [message_type(message_row(row)) for row in page.rows]
    cursors = map(cursor_maker(NEWEST_FIRST, "webhook_message"), page.rows)
    return WebhookMessageConnection(
        edges=[WebhookMessageEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        nodes=nodes,
        page_info=page_info(page, NEWEST_FIRST, "webhook_message"),
    )


async def message_by_number(context: Context, number: int) -> WebhookMessage | None:
    """The message of this number; None where the workspace has none. Raises FORBIDDEN without the scope."""
    context.require("admin")
    try:
        return message_type(await find_message(context.workspace_id, number))
    except Refused:
        return None


def message_type(row: MessageRow) -> WebhookMessage:
    """A message as the world sees it."""
    return WebhookMessage(
        id=strawberry.ID(to_global("WebhookMessage", row.id)),
        type=row.type,
        state=row.state,
        segment_id=None if row.segment_id is None else strawberry.ID(to_global("Segment", row.segment_id)),
        contact_ids=[strawberry.ID(to_global("Contact", id)) for id in row.contact_ids],
        attempts=[_attempt_type(attempt) for attempt in row.attempts],
        created_at=DateTime(row.created_at),
        next_attempt_at=DateTime(row.due_at) if row.finished_at is None else None,
        finished_at=moment(row.finished_at),
    )


def _attempt_type(attempt: Attempt) -> WebhookAttempt:
    return WebhookAttempt(
        at=DateTime(attempt.at),
        seconds=attempt.seconds,
        status=attempt.status,
        problem=attempt.problem,
        answer=attempt.answer,
    )
