"""A sender with a clock of the test's, a receiver, and webhooks that lead to it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from app.live.webhooks.network import CheckedNetwork
from app.live.webhooks.sending import Sender
from app.queries.connections import connection, transaction
from app.queries.keyset import Window
from app.queries.webhooks.events import Event, EventType, MembershipEvent
from app.queries.webhooks.messages import MessageRow, message_row, messages_page
from app.queries.webhooks.queue import queue_messages
from app.queries.webhooks.registry import Signed, Wanted, create_webhook
from app.queries.webhooks.spreading import spread_drafts
from tests.live.webhooks.receiver import Receiver, receiving

WebhookMaker = Callable[..., Awaitable[Signed]]


@dataclass(slots=True)
class Times:
    """A clock that moves when it is told to."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def pass_by(self, **time: float) -> None:
        """So much time passes."""
        self.now += timedelta(**time)


@pytest.fixture(autouse=True)
async def _others_are_off(pool: None) -> None:
    """Senders send for all workspaces, and must find nothing that other tests have left."""
    async with connection() as borrowed:
        await borrowed.execute("UPDATE webhook SET is_enabled = FALSE")


@pytest.fixture
def times() -> Times:
    """The clock of the test, which begins now."""
    return Times()


@pytest.fixture
def sender(times: Times) -> Sender:
    """Sends to private addresses too, as of the test's clock."""
    return Sender(CheckedNetwork(is_private_allowed=True), lambda: times.now)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A receiver that takes everything."""
    async with receiving() as made:
        yield made


@pytest.fixture
def make_webhook(workspace: int, receiver: Receiver) -> WebhookMaker:
    """Makes a webhook of the fresh workspace that leads to the receiver, and wants everything unless told."""

    async def make(url: str | None = None, types: Sequence[EventType] = tuple(EventType)) -> Signed:
        wanted = Wanted("site", url or receiver.url, types)
        return await create_webhook(workspace, wanted, is_private_allowed=True)

    return make


async def happen(workspace_id: int, at: datetime, *events: Event) -> int:
    """What happens at a moment, in messages that may be sent; how many that makes."""
    async with transaction() as borrowed:
        queued = await queue_messages(borrowed, workspace_id, events, at)
    while await spread_drafts(workspace_id):
        pass
    return queued


async def send_due(sender: Sender) -> None:
    """Send whatever is due by now, and what becomes free by that."""
    while await sender.spread() or await sender.begin():
        await sender.finish()


def entered(contact_id: int = 7, segment_id: int = 3) -> MembershipEvent:
    """A contact enters a segment, that may not be there any more."""
    return MembershipEvent(segment_id, contact_id, True, "TIME_PASSED", {"fields": ["birthday"]})


async def messages(workspace_id: int, webhook_id: int) -> list[MessageRow]:
    """All messages to a webhook, oldest first."""
    page = await messages_page(workspace_id, webhook_id, None, Window(200))
    return [message_row(row) for row in page.rows][::-1]
