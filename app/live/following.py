"""Contacts that changed, and those whose time has come, are looked at again: who enters and leaves, and why."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from app.filters.clock import Clock
from app.filters.flips import exact_due
from app.live.plan import NEVER, NOTHING, Plan
from app.live.reasons import moved
from app.queries.changes import Change
from app.queries.live.claims import Held
from app.queries.live.judging import Judged, judge, kept_segments
from app.queries.live.keeping import Kept
from app.queries.live.moving import Move, Reason, keep_due, move
from app.queries.live.taking import Noted


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
    judged = await _judged(held, plan, ids, at)
    was_in = await kept_segments(held, ids)
    moves = [
        one
        for id in ids
        for one in _moves(plan, kept, id, judged.get(id), was_in.get(id, set()), changes.get(id, ()), id in due)
    ]
    await move(held, moves, at)
    await keep_due(held, {id: _due(judged.get(id), plan, at) for id in ids})
    return moves


async def _judged(held: Held, plan: Plan, ids: Sequence[int], at: datetime) -> Mapping[int, Judged]:
    clock = Clock(at, plan.zone)
    first, *others = plan.askings
    judged = await judge(held, ids, first.cases(clock), plan.due(at).at, plan.near_values(at))
    for asking in others:
        for id, more in (await judge(held, ids, asking.cases(clock), NEVER, NOTHING)).items():
            judged[id] = replace(judged[id], segment_ids=judged[id].segment_ids | more.segment_ids)
    return judged


def _by_contact(noted: Sequence[Noted]) -> Mapping[int, Sequence[Change]]:
    changes: defaultdict[int, list[Change]] = defaultdict(list)
    for one in noted:
        for id in one.contact_ids:
            changes[id].append(one.change)
    return changes


def _moves(
    plan: Plan,
    kept: Mapping[int, Kept],
    contact_id: int,
    judged: Judged | None,
    was_in: set[int],
    changes: Sequence[Change],
    is_due: bool,
) -> Sequence[Move]:
    """The moves of a contact; what a segment that is being told has yet to reach is left to that."""
    if judged is None:
        return [
            Move(id, contact_id, False, Reason.CONTACT_DELETED)
            for id in sorted(was_in)
            if id in kept and kept[id].covers(contact_id)
        ]
    return [
        moved(plan.by_id[id], contact_id, id in judged.segment_ids, changes, is_due)
        for id in sorted(judged.segment_ids ^ was_in)
        if id in plan.by_id and id in kept and kept[id].covers(contact_id)
    ]


def _due(judged: Judged | None, plan: Plan, at: datetime) -> datetime | None:
    if judged is None:
        return None
    if judged.near is None:
        return judged.due_at
    near = {key: datetime.fromisoformat(moment) for key, moment in judged.near.items()}
    exact = exact_due(plan.tests, near, Clock(at, plan.zone))
    return min((time for time in (judged.due_at, exact) if time is not None), default=None)
