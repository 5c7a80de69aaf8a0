"""What webhooks are told of, and how it becomes messages of up to 100 contacts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, assert_never

from app.filters.vocabulary import Status

MOST_CONTACTS = 100
TEST = "webhook.test"  # what a message is called that tells of nothing


class EventType(Enum):
    """What happened, as messages call it."""

    SEGMENT_ENTERED = "segment.entered"
    SEGMENT_LEFT = "segment.left"
    STATUS_CHANGED = "contact.status_changed"


@dataclass(frozen=True, slots=True)
class MembershipEvent:
    """A contact entered a dynamic segment or left it; `reason` and `detail` are as in the ledger."""

    segment_id: int
    contact_id: int
    is_entering: bool
    reason: str
    detail: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class StatusEvent:
    """A contact's status changed; `previous` is None where the contact is new."""

    contact_id: int
    previous: Status | None
    status: Status
    cause: str


Event = MembershipEvent | StatusEvent
Group = tuple[EventType, int | None]


@dataclass(frozen=True, slots=True)
class Draft:
    """What a message will hold: of one type, one segment if any, and so many contacts as go together."""

    type: EventType
    segment_id: int | None
    content: Sequence[Mapping[str, Any]]


def drafts(events: Sequence[Event]) -> Iterator[Draft]:
    """The events in messages. What happened to one contact keeps its order, within and among them."""
    groups: dict[Group, list[Mapping[str, Any]]] = {}
    places: dict[Group, int] = {}
    reached: dict[int, int] = {}
    for event in events:
        group = _group(event)
        # A contact that has come to a later group meanwhile must not go back to this one's earlier message.
        if group in places and places[group] < reached.get(event.contact_id, 0):
            yield from _parted(groups)
            groups, places, reached = {}, {}, {}
        reached[event.contact_id] = places.setdefault(group, len(places))
        groups.setdefault(group, []).append(_told(event))
    yield from _parted(groups)


def _group(event: Event) -> Group:
    match event:
        case MembershipEvent():
            entered = EventType.SEGMENT_ENTERED if event.is_entering else EventType.SEGMENT_LEFT
            return entered, event.segment_id
        case StatusEvent():
            return EventType.STATUS_CHANGED, None
        case _:
            assert_never(event)


def _told(event: Event) -> Mapping[str, Any]:
    match event:
        case MembershipEvent():
            return {"contact": event.contact_id, "reason": event.reason, "detail": event.detail}
        case StatusEvent():
            previous = event.previous and event.previous.value
            return {
                "contact": event.contact_id,
                "previous": previous,
                "status": event.status.value,
                "cause": event.cause,
            }
        case _:
            assert_never(event)


def _parted(groups: Mapping[Group, Sequence[Mapping[str, Any]]]) -> Iterator[Draft]:
    for (type, segment_id), told in groups.items():
        for start in range(0, len(told), MOST_CONTACTS):
            yield Draft(type, segment_id, told[start : start + MOST_CONTACTS])
