"""The queries about webhooks."""

import strawberry
from strawberry.types.info import Info

from app.filters.ids import number_of
from app.graphql.context import Context
from app.graphql.errors import told
from app.graphql.types.webhook import Webhook, webhook_by_number, webhook_type
from app.queries.webhooks.registry import list_webhooks


@strawberry.type
class WebhookQuery:
    """The queries about webhooks."""

    @strawberry.field(description="All webhooks, in the order of their making. For admins.")
    @told
    async def webhooks(self, info: Info[Context, None]) -> list[Webhook]:
        """All webhooks."""
        info.context.require("admin")
        return [webhook_type(row) for row in await list_webhooks(info.context.workspace_id)]

    @strawberry.field(description="A webhook by its id; null where there is none. For admins.")
    @told
    async def webhook(self, info: Info[Context, None], id: strawberry.ID) -> Webhook | None:
        """A webhook by its id."""
        return await webhook_by_number(info.context, number_of(id, "Webhook"))
