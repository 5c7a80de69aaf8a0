"""Contacts that changed, and those whose time has come, are looked at again: who enters and leaves, and why."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from app.compile.clause import Clause
from app.compile.dues import near_values
from app.filters.clock import Clock
from app.filters.flips import exact_due
from app.live.plan import Plan
from app.live.reasons import is_explained, moved
from app.queries.changes import Change
from app.queries.live.claims import Held
from app.queries.live.judging import Next, judge, kept_segments, look_ahead
from app.queries.live.keeping import Kept
from app.queries.live.moving import Move, keep_due, move
from app.queries.live.taking import Noted, waiting_changes

Changes = defaultdict[int, list[Change]]
Crossing = tuple[int, int, bool]  # a segment, a contact, whether it enters


async def follow(
    held: Held,
    plan: Plan,
    kept: Mapping[int, Kept],
    noted: Sequence[Noted],
    due: Mapping[int, datetime],
    at: datetime,
) -> Sequence[Move]:
    """Look at the contacts as of a moment, with the whole plan, and let them in and out."""
    changes = _by_contact(noted)
    ids = sorted(changes.keys() | due.keys())
    belongs = await _belonging(held, plan, ids, at)
    crossings = list(_crossings(plan, kept, belongs, await kept_segments(held, ids), ids))
    await _add_waiting(held, plan, changes, crossings, due)
    moves = [
        moved(plan.by_id.get(segment), crossing, changes[contact], contact in due, contact in belongs)
        for crossing in crossings
        for segment, contact, _ in [crossing]
    ]
    await move(held, moves, at)
    await keep_due(held, await _due(held, plan, ids, at))
    return moves


def _by_contact(noted: Sequence[Noted]) -> Changes:
    changes: Changes = defaultdict(list)
    for one in noted:
        for id in one.contact_ids:
            changes[id].append(one.change)
    return changes


async def _belonging(held: Held, plan: Plan, ids: Sequence[int], at: datetime) -> Mapping[int, frozenset[int]]:
    """The segments in which contacts belong, by contact; those that are missing are gone."""
    first, *others = [await judge(held, ids, asking.cases(Clock(at, plan.zone))) for asking in plan.askings]
    return {id: found.union(*(other.get(id, ()) for other in others)) for id, found in first.items()}


def _crossings(
    plan: Plan,
    kept: Mapping[int, Kept],
    belongs: Mapping[int, frozenset[int]],
    was_in: Mapping[int, set[int]],
    ids: Sequence[int],
) -> Iterator[Crossing]:
    """Who enters and leaves; what a segment that is being told has yet to reach is left to that."""
    for contact in ids:
        is_in, meant = was_in.get(contact, set()), belongs.get(contact, frozenset[int]())
        for segment in sorted(meant ^ is_in):
            is_asked = segment in plan.by_id or contact not in belongs
            if is_asked and segment in kept and kept[segment].covers(contact):
                yield segment, contact, segment in meant


async def _add_waiting(
    held: Held, plan: Plan, changes: Changes, crossings: Sequence[Crossing], due: Mapping[int, datetime]
) -> None:
    """What was written since the changes were taken has been seen already, and may be what explains a crossing."""
    puzzling = {
        contact
        for segment, contact, _ in crossings
        if segment in plan.by_id and contact not in due and not is_explained(plan.by_id[segment], changes[contact])
    }
    if puzzling:
        for one in await waiting_changes(held, sorted(puzzling)):
            for contact in puzzling.intersection(one.contact_ids):
                changes[contact].append(one.change)


async def _due(held: Held, plan: Plan, ids: Sequence[int], at: datetime) -> Mapping[int, datetime | None]:
    """When to look at contacts again."""
    if (due := plan.due(at)) is None:
        return dict.fromkeys(ids)
    near = Clause("CASE WHEN ", due.near, " THEN ", near_values(plan.tests), " END")
    found = await look_ahead(held, ids, due.at, near)
    return {id: _soonest(found[id], plan, at) if id in found else None for id in ids}


def _soonest(following: Next, plan: Plan, at: datetime) -> datetime | None:
    if following.near is None:
        return following.due_at
    near = {key: datetime.fromisoformat(moment) for key, moment in following.near.items()}
    exact = exact_due(plan.tests, near, Clock(at, plan.zone))
    return min((time for time in (following.due_at, exact) if time is not None), default=None)
