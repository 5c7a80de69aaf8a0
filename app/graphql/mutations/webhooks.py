"""Mutations of webhooks, for admins."""

from collections.abc import Sequence

import strawberry
from strawberry import UNSET
from strawberry.types.info import Info

from app.filters.ids import number_of
from app.graphql.context import Context
from app.graphql.enums import WebhookEventType
from app.graphql.errors import InputError, paid_out
from app.graphql.types.webhook import Webhook, webhook_type
from app.graphql.types.webhook_message import WebhookMessage, message_type
from app.queries.webhooks import messages, registry


@strawberry.input(description="A new webhook.")
class CreateWebhookInput:
    """A new webhook."""

    name: str = strawberry.field(description="What it is for, to tell it apart from others.")
    url: str = strawberry.field(description="Where messages are posted to: an address that begins with https://.")
    types: list[WebhookEventType] = strawberry.field(description="What it is to be told.")
    segments: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description="Whose entering and leaving it is told, by their ids; null for all dynamic segments.",
    )


@strawberry.input(description="What to change of a webhook; what is left out stays.")
class UpdateWebhookInput:
    """What to change of a webhook."""

    id: strawberry.ID
    name: str | None = strawberry.field(default=UNSET, description="What it is for.")
    url: str | None = strawberry.field(default=UNSET, description="Where messages are posted to from now on.")
    types: list[WebhookEventType] | None = strawberry.field(default=UNSET, description="What it is to be told.")
    segments: list[strawberry.ID] | None = strawberry.field(
        default=UNSET,
        description="Whose entering and leaving it is told, by their ids; null for all dynamic segments.",
    )
    is_enabled: bool | None = strawberry.field(
        default=UNSET, description="Whether it is told anything. With true, what waits is sent at once."
    )


@strawberry.input(description="A webhook, by its id.")
class WebhookIdInput:
    """A webhook, by its id."""

    id: strawberry.ID


@strawberry.input(description="A message to a webhook, by its id.")
class WebhookMessageIdInput:
    """A message to a webhook, by its id."""

    id: strawberry.ID


@strawberry.type(description="A webhook with its secret, or why there is none.")
class WebhookSecretPayload:
    """A webhook with its secret, or why there is none."""

    webhook: Webhook | None = strawberry.field(default=None, description="Null where nothing was done.")
    secret: str | None = strawberry.field(
        default=None, description="What messages are signed with, `whsec_…`. It is shown only now."
    )
    errors: list[InputError] = strawberry.field(default_factory=list)


@strawberry.type(description="A webhook as it is now, or why not.")
class WebhookPayload:
    """A webhook as it is now, or why not."""

    webhook: Webhook | None = None
    errors: list[InputError] = strawberry.field(default_factory=list)


@strawberry.type(description="The id of the webhook that is gone, or why it is not.")
class DeleteWebhookPayload:
    """The id of the webhook that is gone, or why it is not."""

    deleted_id: strawberry.ID | None = None
    errors: list[InputError] = strawberry.field(default_factory=list)


@strawberry.type(description="A message as it is now, or why not.")
class WebhookMessagePayload:
    """A message as it is now, or why not."""

    message: WebhookMessage | None = None
    errors: list[InputError] = strawberry.field(default_factory=list)


@strawberry.type(description="How many messages are sent again, or why none.")
class ResendWebhookMessagesPayload:
    """How many messages are sent again, or why none."""

    count: int = strawberry.field(default=0, description="How many messages had been given up, and are sent again.")
    errors: list[InputError] = strawberry.field(default_factory=list)


@strawberry.type
class WebhookMutations:
    """Mutations of webhooks, for admins."""

    @strawberry.mutation(description="Make a webhook. Its secret is shown once.")
    @paid_out(WebhookSecretPayload)
    async def create_webhook(self, info: Info[Context, None], input: CreateWebhookInput) -> WebhookSecretPayload:
        """Make a webhook."""
        context = _admin(info)
        wanted = registry.Wanted(input.name, input.url, input.types, _segment_numbers(input.segments))
        made = await registry.create_webhook(
            context.workspace_id, wanted, is_private_allowed=context.private_webhooks
        )
        return WebhookSecretPayload(webhook=webhook_type(made.row), secret=made.secret)

    @strawberry.mutation(description="Change a webhook, or switch it off or on.")
    @paid_out(WebhookPayload)
    async def update_webhook(self, info: Info[Context, None], input: UpdateWebhookInput) -> WebhookPayload:
        """Change a webhook."""
        context = _admin(info)
        changes = registry.Changes(
            name=None if input.name is UNSET else input.name,
            url=None if input.url is UNSET else input.url,
            types=None if input.types is UNSET else input.types,
            sets_segments=input.segments is not UNSET,
            segment_ids=_segment_numbers(None if input.segments is UNSET else input.segments),
            is_enabled=None if input.is_enabled is UNSET else input.is_enabled,
        )
        row = await registry.update_webhook(
            context.workspace_id,
            number_of(input.id, "Webhook"),
            changes,
            is_private_allowed=context.private_webhooks,
        )
        return WebhookPayload(webhook=webhook_type(row))

    @strawberry.mutation(description="Delete a webhook, with its messages.")
    @paid_out(DeleteWebhookPayload)
    async def delete_webhook(self, info: Info[Context, None], input: WebhookIdInput) -> DeleteWebhookPayload:
        """Delete a webhook."""
        await registry.delete_webhook(_admin(info).workspace_id, number_of(input.id, "Webhook"))
        return DeleteWebhookPayload(deleted_id=input.id)

    @strawberry.mutation(
        description="Give a webhook a new secret, which is shown once. The one from before signs too for 24 hours."
    )
    @paid_out(WebhookSecretPayload)
    async def rotate_webhook_secret(self, info: Info[Context, None], input: WebhookIdInput) -> WebhookSecretPayload:
        """Give a webhook a new secret."""
        context = _admin(info)
        made = await registry.rotate_secret(context.workspace_id, number_of(input.id, "Webhook"), context.now)
        return WebhookSecretPayload(webhook=webhook_type(made.row), secret=made.secret)

    @strawberry.mutation(description="Send a webhook a message about nobody, `webhook.test`, to see that it arrives.")
    @paid_out(WebhookMessagePayload)
    async def send_test_webhook(self, info: Info[Context, None], input: WebhookIdInput) -> WebhookMessagePayload:
        """Send a webhook a message about nobody."""
        context = _admin(info)
        row = await messages.send_test(context.workspace_id, number_of(input.id, "Webhook"), context.now)
        return WebhookMessagePayload(message=message_type(row))

    @strawberry.mutation(description="Send a message once more, whatever became of it; it keeps its id.")
    @paid_out(WebhookMessagePayload)
    async def resend_webhook_message(
        self, info: Info[Context, None], input: WebhookMessageIdInput
    ) -> WebhookMessagePayload:
        """Send a message once more."""
        context = _admin(info)
        number = number_of(input.id, "WebhookMessage")
        return WebhookMessagePayload(
            message=message_type(await messages.resend_message(context.workspace_id, number, context.now))
        )

    @strawberry.mutation(description="Send all messages of a webhook that were given up once more, in their order.")
    @paid_out(ResendWebhookMessagesPayload)
    async def resend_webhook_messages(
        self, info: Info[Context, None], input: WebhookIdInput
    ) -> ResendWebhookMessagesPayload:
        """Send all messages of a webhook that were given up once more."""
        context = _admin(info)
        number = number_of(input.id, "Webhook")
        return ResendWebhookMessagesPayload(count=await messages.resend_given_up(context.workspace_id, number))


def _admin(info: Info[Context, None]) -> Context:
    info.context.require("admin")
    return info.context


def _segment_numbers(ids: Sequence[str] | None) -> list[int] | None:
    return None if ids is None else [number_of(id, "Segment") for id in ids]
