"""Events become messages, and what happened to a contact keeps its order."""

import orjson
from hypothesis import given
from hypothesis import strategies as some

from app.filters.vocabulary import Status
from app.queries.webhooks.events import MOST_CONTACTS, Event, EventType, MembershipEvent, StatusEvent, drafts

CONTACTS = some.integers(1, 6)
STEPS = some.integers(0, 9).map(str)
EVENTS = some.one_of(
    some.builds(MembershipEvent, some.integers(1, 2), CONTACTS, some.booleans(), STEPS),
    some.builds(StatusEvent, CONTACTS, some.just(Status.ACTIVE), some.just(Status.PENDING), STEPS),
)


def _word(event: Event) -> tuple[str, int | None, str]:
    """What an event has to come to."""
    if isinstance(event, StatusEvent):
        return "contact.status_changed", None, event.cause
    return "segment.entered" if event.is_entering else "segment.left", event.segment_id, event.reason


@given(some.lists(EVENTS, max_size=400))
def test_each_event_is_told_once_in_its_contact_s_order(events: list[Event]) -> None:
    made = [*drafts(events)]
    told = [
        (one["contact"], (draft.type.value, draft.segment_id, one.get("reason") or one.get("cause")))
        for draft in made
        for one in draft.content
    ]
    for contact in range(1, 7):
        happened = [_word(event) for event in events if event.contact_id == contact]
        assert [word for each, word in told if each == contact] == happened
    assert len(told) == len(events)
    assert all(len(draft.content) <= MOST_CONTACTS for draft in made)
    orjson.dumps([draft.content for draft in made])


def test_what_is_alike_goes_together_by_the_hundred() -> None:
    entering = [MembershipEvent(3, contact, True, "TIME_PASSED") for contact in range(250)]
    leaving = [MembershipEvent(3, contact, False, "TIME_PASSED") for contact in range(300, 310)]
    mixed = [event for pair in zip(entering, leaving, strict=False) for event in pair] + entering[10:]
    sizes = [(draft.type, len(draft.content)) for draft in drafts(mixed)]
    entered, left = EventType.SEGMENT_ENTERED, EventType.SEGMENT_LEFT
    assert sizes == [(entered, 100), (entered, 100), (entered, 50), (left, 10)]


def test_those_who_enter_several_segments_at_once_go_together() -> None:
    events = [MembershipEvent(segment, contact, True, "UPDATED") for contact in range(250) for segment in range(4)]
    made = [(draft.segment_id, len(draft.content)) for draft in drafts(events)]
    assert made == [(segment, size) for segment in range(4) for size in (100, 100, 50)]
