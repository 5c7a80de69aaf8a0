"""What webhooks are told of a step: who entered and left, and whose status changed."""

from collections.abc import Sequence
from datetime import datetime

from app.queries.live.claims import Held
from app.queries.live.moving import Move
from app.queries.live.taking import Noted
from app.queries.webhooks.events import Event, MembershipEvent, StatusEvent
from app.queries.webhooks.queue import has_webhooks, queue_messages


async def announce(held: Held, noted: Sequence[Noted], moves: Sequence[Move], at: datetime) -> None:
    """Queue what webhooks want of this, within the step's transaction."""
    if (noted or moves) and await has_webhooks(held.borrowed, held.workspace_id):
        events: list[Event] = [*_status_events(noted), *_membership_events(moves)]
        await queue_messages(held.borrowed, held.workspace_id, events, at)


def _status_events(noted: Sequence[Noted]) -> list[StatusEvent]:
    return [
        StatusEvent(id, one.change.previous, one.change.status, one.change.cause.value)
        for one in noted
        if one.change.status is not None
        for id in one.contact_ids
    ]


def _membership_events(moves: Sequence[Move]) -> list[MembershipEvent]:
    """By segment, so that as many as can go together do: of a contact there is one move a segment at most."""
    return [
        MembershipEvent(one.segment_id, one.contact_id, one.is_entering, one.reason.value, one.detail)
        for one in sorted(moves, key=lambda one: (one.segment_id, one.is_entering))
    ]
