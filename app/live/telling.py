"""Segments that are new, edited or gone: their members are told anew, a stretch of contacts at a time."""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime

from app.compile.clause import Bound, Clause
from app.live.announcing import announce
from app.live.pace import Pace
from app.live.plan import Plan, Planned
from app.queries.live.claims import Held
from app.queries.live.keeping import LAST, Kept, begin, clear, disown, know_catalog, reach
from app.queries.live.moving import Reason
from app.queries.live.telling import Stretch, Told, tell_members

NEVER = Clause("NULL::timestamptz")


async def know(held: Held, plan: Plan, kept: Mapping[int, Kept], at: datetime) -> None:
    """Tell those segments anew that mean something else than what they were told for."""
    changed = [each for each in plan.segments if each.id not in kept or kept[each.id].meaning != each.meaning]
    await disown(held, [id for id in kept if id not in plan.by_id])
    await begin(held, {each.id: each.meaning for each in changed}, at)
    await know_catalog(held, plan.version)


def is_behind(plan: Plan, kept: Mapping[int, Kept]) -> bool:
    """Whether there are segments to tell, or to clear."""
    return any(one.built_to is not None or _is_gone(id, plan) for id, one in kept.items())


def _is_gone(segment_id: int, plan: Plan) -> bool:
    return segment_id not in plan.by_id and segment_id not in plan.unread


async def tell_next(held: Held, plan: Plan, kept: Mapping[int, Kept], pace: Pace, at: datetime) -> bool:
    """Tell a stretch of those that have come least far, or clear one that is gone; False with nothing to do."""
    for id in kept:
        if _is_gone(id, plan):
            await clear(held, id, pace.contacts, at)
            return True
    behind = {id: one for id, one in kept.items() if one.built_to is not None and id in plan.by_id}
    if not behind:
        return False
    reached = sorted({one.built_to or 0 for one in behind.values()})
    chosen = _together(plan, [plan.by_id[id] for id, one in behind.items() if one.built_to == reached[0]])
    upto = reached[1] if len(reached) > 1 else LAST
    announced = [each.id for each in chosen if kept[each.id].is_announced]
    started = time.perf_counter()
    stretch = Stretch(reached[0], upto, pace.contacts)
    told = await tell(held, plan, chosen, stretch, Reason.SEGMENT_EDITED, at, announced)
    pace.learn(time.perf_counter() - started)
    await reach(held, [each.id for each in chosen], told.last, at)
    await announce(held, (), told.moves, at)
    return True


def _together(plan: Plan, segments: Sequence[Planned]) -> Sequence[Planned]:
    """Those of the segments that fit in one statement with the first."""
    first = next(asking for asking in plan.askings if segments[0].id in asking.segment_ids)
    return [each for each in segments if each.id in first.segment_ids]


async def tell(
    held: Held,
    plan: Plan,
    segments: Sequence[Planned],
    stretch: Stretch,
    reason: Reason,
    at: datetime,
    announced: Sequence[int] = (),
) -> Told:
    """Tell who of a stretch is in the segments as of a moment."""
    due, due_at = plan.due(at, segments), NEVER
    if due is not None:
        # Whom a moment of today may move is looked at for itself, at once.
        due_at = Clause("CASE WHEN ", due.near, " THEN ", Bound(at, "timestamptz"), " ELSE ", due.at, " END")
    return await tell_members(held, stretch, plan.conditions(at, segments), due_at, at, reason, announced)
