"""Kept membership is held against filters evaluated afresh, one segment after another, while nothing else waits."""

import time
from datetime import datetime

from app.live.pace import Pace
from app.live.plan import plan_of
from app.live.telling import tell
from app.queries.live.audits import next_audited, note_audit, unaudited_segment
from app.queries.live.claims import held_workspace
from app.queries.live.keeping import LAST
from app.queries.live.moving import Reason, close
from app.queries.live.telling import Stretch
from app.telemetry.measures import LIVE_DIFFERENCES


async def audit_next(pace: Pace, at: datetime | None = None) -> int:
    """Audit the next stretch of the workspace whose turn it is, and repair it; how many differences there were.

    As of now, or of a moment. Who has changed, or is due, but hasn't been looked at since is left out: nothing kept
    of them is wrong yet.
    """
    workspace_id = await next_audited()
    if workspace_id is None:
        return 0
    async with held_workspace(workspace_id) as held:
        if held is None:
            return 0
        plan = await plan_of(held)
        if not held.is_told_for(plan.version):
            return 0
        segment_id, after = await unaudited_segment(held)
        if segment_id not in plan.by_id:
            await note_audit(held, segment_id, LAST, 0)
            return 0
        started = time.perf_counter()
        stretch = Stretch(after, LAST, pace.contacts)
        told = await tell(held, plan, [plan.by_id[segment_id]], stretch, Reason.REPAIRED, at or held.at)
        pace.learn(time.perf_counter() - started)
        await note_audit(held, segment_id, told.last, told.moved)
        await close(held)
    LIVE_DIFFERENCES.add(count=told.moved)
    return told.moved
