"""A condition that is to hold, or not to hold, as what is then possible in the one respect that it asks about."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, assert_never

from app.filters import checked
from app.filters.advice.logic.extent import Extent, one_of
from app.filters.advice.logic.field_extents import field_extent
from app.filters.advice.logic.members import Members
from app.filters.advice.logic.ranges import BEFORE, Stretch, outside, present, within
from app.filters.checked import Condition
from app.filters.clock import Clock
from app.filters.slots import SLOTS, slot_at
from app.filters.vocabulary import Status

PINNED: Final = (True, False, None)  # in, out, neither
LABEL_TO_COME: Final = 0

_ALL_SLOTS: Final = Stretch((0, BEFORE), (SLOTS, BEFORE))

Subject = tuple[str, str | int]


@dataclass(frozen=True, slots=True)
class Literal:
    """In respect of the subject, the contact is within the extent. Extents of one subject are of one kind."""

    subject: Subject
    extent: Extent


def literal(condition: Condition, clock: Clock, *, holds: bool) -> Literal:
    """What follows as of the clock from a condition that holds or doesn't, of contacts as PostgreSQL keeps them.

    It stays so whatever labels and options there will be. Whoever is in a dynamic segment is told by the segment's
    filter, not by this.
    """
    match condition:
        case checked.StatusIs(statuses):
            return Literal(("status", ""), one_of(statuses, Status, holds=holds))
        case checked.FieldPasses(field, test):
            return Literal(("field", field.key), field_extent(field, test, clock, holds=holds))
        case checked.HasAnyLabel(labels):
            return Literal(("labels", ""), _in_any((label.id for label in labels), holds=holds))
        case checked.HasAllLabels(labels):
            return Literal(("labels", ""), _in_all((label.id for label in labels), holds=holds))
        case checked.LabelsEmpty(value, labels):
            known = [LABEL_TO_COME, *(label.id for label in labels)]
            return Literal(("labels", ""), _in_any(known, holds=holds != value))
        case checked.InAnySegment(segments):
            return Literal(("lists", ""), _in_any((one.segment.id for one in segments), holds=holds))
        case checked.PinnedIn(segment):
            return Literal(("pin", segment.id), one_of((True,), PINNED, holds=holds))
        case checked.PinnedOut(segment):
            return Literal(("pin", segment.id), one_of((False,), PINNED, holds=holds))
        case checked.Sample(percent, seed, offset):
            slots = Stretch((slot_at(offset), BEFORE), (slot_at(offset + percent), BEFORE))
            return Literal(("sample", seed), within(slots, _ALL_SLOTS) if holds else _out_of(slots))
        case _:
            assert_never(condition)


def _in_any(ids: Iterable[int], *, holds: bool) -> Members:
    return Members(some=(frozenset(ids),)) if holds else Members(none_of=frozenset(ids))


def _in_all(ids: Iterable[int], *, holds: bool) -> Members:
    return Members(some=tuple(frozenset({id}) for id in ids)) if holds else Members(not_all=(frozenset(ids),))


def _out_of(slots: Stretch) -> Extent:
    """Every contact has its slot."""
    return present(outside(slots, _ALL_SLOTS))
