"""Webhooks, as admins see them: which address is told what, and whether it listens."""

import strawberry
from strawberry.types.info import Info

from app.filters.ids import number_of, to_global
from app.filters.problems import Refused
from app.graphql.context import Context
from app.graphql.enums import WebhookEventType, WebhookMessageState
from app.graphql.errors import told
from app.graphql.scalars import DateTime, moment
from app.graphql.types.node import Node
from app.graphql.types.segment import Segment, segment_type
from app.graphql.types.webhook_message import WebhookMessageConnection, message_connection
from app.queries.webhooks.registry import WebhookRow, find_webhook


@strawberry.type(description="An address that is told what happens, by signed messages (Standard Webhooks).")
class Webhook(Node):
    """An address that is told what happens."""

    row: strawberry.Private[WebhookRow]
    name: str = strawberry.field(description="What it is for.")
    url: str = strawberry.field(description="Where messages are posted to.")
    types: list[WebhookEventType] = strawberry.field(description="What it is told.")
    is_enabled: bool = strawberry.field(
        description="Whether it is told anything. While it isn't, nothing new is noted for it, and what waits stays."
    )
    disabled_reason: str | None = strawberry.field(
        description="Why it was switched off, where nobody did it by hand."
    )
    failing_since: DateTime | None = strawberry.field(description="Since when nothing arrives; null while it does.")
    previous_secret_until: DateTime | None = strawberry.field(
        description="Until when the secret from before signs beside the new one; null where there never was one."
    )
    created_at: DateTime

    @strawberry.field(description="The segments whose entering and leaving it is told; null for all dynamic ones.")
    def segments(self, info: Info[Context, None]) -> list[Segment] | None:
        """The segments whose entering and leaving it is told."""
        catalog = info.context.catalog
        if self.row.segment_ids is None:
            return None
        return [segment_type(catalog.segments[id], catalog) for id in self.row.segment_ids if id in catalog.segments]

    @strawberry.field(description="Its messages of 30 days, newest first; 50 unless first or last says.")
    @told
    async def messages(
        self,
        info: Info[Context, None],
        state: WebhookMessageState | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> WebhookMessageConnection:
        """Its messages, newest first."""
        number = number_of(self.id, "Webhook")
        return await message_connection(info.context, number, state, first, after, last, before)


async def webhook_by_number(context: Context, number: int) -> Webhook | None:
    """The webhook of this number; None where the workspace has none. Raises FORBIDDEN without the scope."""
    context.require("admin")
    try:
        return webhook_type(await find_webhook(context.workspace_id, number))
    except Refused:
        return None


def webhook_type(row: WebhookRow) -> Webhook:
    """A webhook as the world sees it."""
    return Webhook(
        id=strawberry.ID(to_global("Webhook", row.id)),
        row=row,
        name=row.name,
        url=row.url,
        types=[WebhookEventType(type) for type in row.types],
        is_enabled=row.is_enabled,
        disabled_reason=row.disabled_reason,
        failing_since=moment(row.failing_since),
        previous_secret_until=moment(row.previous_until),
        created_at=DateTime(row.created_at),
    )
