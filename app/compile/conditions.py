"""The tree as a SQL condition: And is AND, Or is OR, Not is NOT, since no condition is ever NULL."""

import time
from dataclasses import dataclass
from hashlib import sha256
from typing import assert_never

from app.compile.clause import Bound, Clause, both, certain, either, negated
from app.compile.fields import field_test
from app.filters import checked
from app.filters.catalog import Segment
from app.filters.checked import Condition, Filter
from app.filters.clock import Clock
from app.filters.slots import SLOTS, slot_at
from app.filters.tree import And, Not, Or
from app.telemetry.measures import COMPILE_SECONDS


@dataclass(frozen=True, slots=True)
class Scope:
    """What a condition is asked within: one workspace, as of one moment."""

    workspace_id: int
    clock: Clock


def condition(tree: Filter, scope: Scope) -> Clause:
    """The condition on a row of `contact`; it narrows the workspace's contacts and can't reach beyond them."""
    started = time.perf_counter()
    clause = _condition(tree, scope)
    COMPILE_SECONDS.add(time.perf_counter() - started)
    return clause


def _condition(tree: Filter, scope: Scope) -> Clause:
    match tree:
        case And(parts):
            return both(_condition(part, scope) for part in parts)
        case Or(parts):
            return either(_condition(part, scope) for part in parts)
        case Not(part):
            return Clause("(", negated(_condition(part, scope)), ")")
        case _:
            return _leaf(tree, scope)


def _leaf(leaf: Condition, scope: Scope) -> Clause:
    match leaf:
        case checked.StatusIs(statuses):
            return either(Clause("contact.status = ", Bound(status.value, "text")) for status in statuses)
        case checked.FieldPasses(field, test):
            return field_test(field, test, scope.clock)
        case checked.HasAnyLabel(labels):
            return Clause("(contact.label_ids && ", Bound([label.id for label in labels], "bigint[]"), ")")
        case checked.HasAllLabels(labels):
            return Clause("(contact.label_ids @> ", Bound([label.id for label in labels], "bigint[]"), ")")
        case checked.LabelsEmpty(truth, labels):
            labelled = Clause("(contact.label_ids && ", Bound([label.id for label in labels], "bigint[]"), ")")
            return Clause("(", negated(labelled), ")") if truth else labelled
        case checked.InAnySegment(segments):
            return either(_members(inlined, scope) for inlined in segments)
        case checked.PinnedIn(segment) if not segment.has_many_pinned_in:
            # An index answers the second half, so that it can be asked beside a filter that few satisfy. It is
            # searched one by one.
            listed = Clause("(contact.id = ANY(ARRAY(SELECT contact_id FROM ", _pins(leaf, scope), ")))")
            return both((pinned(leaf, scope), listed))
        case checked.PinnedIn() | checked.PinnedOut():
            return pinned(leaf, scope)
        case checked.Sample():
            return _sample(leaf)
        case _:
            assert_never(leaf)


def pinned(pin: checked.Pinned, scope: Scope) -> Clause:
    """Whether a contact is pinned so.

    Never a join, which is planned badly where PostgreSQL doesn't know yet how many are pinned.
    """
    return certain("EXISTS (SELECT FROM ", _pins(pin, scope), " AND contact_id = contact.id)")


def _pins(pin: checked.Pinned, scope: Scope) -> Clause:
    how = " AND is_included" if isinstance(pin, checked.PinnedIn) else " AND NOT is_included"
    return Clause("segment_pin WHERE ", _within(pin.segment, scope), how)


def _members(inlined: checked.Inlined, scope: Scope) -> Clause:
    if inlined.filter is not None:
        return _condition(inlined.filter, scope)
    listed = _within(inlined.segment, scope)
    return Clause("(contact.id IN (SELECT contact_id FROM segment_contact WHERE ", listed, "))")


def _within(segment: Segment, scope: Scope) -> Clause:
    workspace = Bound(scope.workspace_id, "bigint")
    return Clause("workspace_id = ", workspace, " AND segment_id = ", Bound(segment.id, "bigint"))


def _sample(sample: checked.Sample) -> Clause:
    """PostgreSQL's seeded 64-bit hash of the id, dealt into a million slots."""
    seed = int.from_bytes(sha256(sample.seed.encode()).digest()[:8], "big", signed=True)
    first, end = slot_at(sample.offset), slot_at(sample.offset + sample.percent)
    slot = Clause("(hashint8extended(contact.id, ", Bound(seed, "bigint"), f") & {2**63 - 1}) % {SLOTS}")
    bounds = [Clause(slot, " >= ", Bound(first, "bigint"))] if first else []  # each bound is a hash a row
    return both([*bounds, Clause(slot, " < ", Bound(end, "bigint"))])
