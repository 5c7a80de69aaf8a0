"""One step of the live engine in one workspace, and what it comes to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.live.announcing import announce
from app.live.following import follow
from app.live.pace import Pace
from app.live.plan import Plan, newest_plan, plan_of
from app.live.telling import is_behind, know, tell_next
from app.queries.changes import PINNING
from app.queries.live.claims import Held, held_workspace
from app.queries.live.keeping import Kept, kept_as
from app.queries.live.moving import Move, close
from app.queries.live.taking import Noted, take_ahead, take_changes, take_due
from app.telemetry.measures import LIVE_CONTACTS, LIVE_MOVES, note_lags

MOST_CONTACTS = 1_000


@dataclass(frozen=True, slots=True)
class Worked:
    """What a step has done: how many contacts it looked at, and how often one of them moved.

    `is_more` where there may be more to do at once, `is_elsewhere` where another engine has the workspace.
    """

    contacts: int = 0
    moves: int = 0
    is_more: bool = False
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class _Seen:
    changed: Sequence[Noted] = ()
    due: int = 0
    moves: Sequence[Move] = ()
    is_more: bool = False
    is_behind: bool = False

    @property
    def contacts(self) -> int:
        return _count(self.changed)


async def step(workspace_id: int, pace: Pace, at: datetime | None = None, most: int = MOST_CONTACTS) -> Worked:
    """See to what has changed and what is due, then tell the next stretch of segments that are being told anew.

    Each of the two becomes visible at once or, where the process is killed, not at all. As of a moment, or of now; of
    changed contacts, and of due ones, so many at most.
    """
    seen = await _see(workspace_id, at, most)
    if seen is None:
        return Worked(is_elsewhere=True)
    is_more = seen.is_behind and await _tell(workspace_id, pace, at)
    _measure(seen)
    return Worked(seen.contacts + seen.due, len(seen.moves), is_more or seen.is_more)


async def _see(workspace_id: int, at: datetime | None, most: int) -> _Seen | None:
    async with held_workspace(workspace_id) as held:
        if held is None:
            return None
        moment = at or held.at
        noted = await take_changes(held, most)
        is_full = _count(noted) >= most
        ahead = await take_ahead(held, most) if is_full else []
        is_time = held.next_due_at is not None and held.next_due_at <= moment
        due = await take_due(held, moment, most) if is_time else {}
        changed = [one for one in (*noted, *ahead) if not one.is_judged]
        plan = await _plan(held, changed)
        kept = await _known(held, plan, moment)
        moves = await follow(held, plan, kept, changed, due, moment) if kept and (changed or due) else []
        await announce(held, noted, moves, moment)
        if noted or due or not held.is_told_for(plan.version):
            await close(held)
    return _Seen(changed, len(due), moves, is_full or len(due) >= most, is_behind(plan, kept))


async def _plan(held: Held, changed: Sequence[Noted]) -> Plan:
    """The plan for these changes: that anybody is pinned to a segment it has to know, or a pin would be lost."""
    is_pinning = any(one.change.cause in PINNING for one in changed)
    return await (newest_plan(held) if is_pinning else plan_of(held))


def _count(noted: Sequence[Noted]) -> int:
    return sum(len(one.contact_ids) for one in noted)


async def _known(held: Held, plan: Plan, at: datetime) -> Mapping[int, Kept]:
    """The segments as they are kept, once the catalog as it is has been made known to them."""
    kept = await kept_as(held)
    if held.is_told_for(plan.version):
        return kept
    await know(held, plan, kept, at)
    return await kept_as(held)


async def _tell(workspace_id: int, pace: Pace, at: datetime | None) -> bool:
    """Apart from what has changed, which is not to wait for it."""
    async with held_workspace(workspace_id) as held:
        if held is None:
            return False
        plan, moment = await plan_of(held), at or held.at
        if not held.is_told_for(plan.version):
            return True
        is_more = await tell_next(held, plan, await kept_as(held), pace, moment)
        await close(held)
    return is_more


def _measure(seen: _Seen) -> None:
    note_lags(one.noted_at for one in seen.changed)
    LIVE_CONTACTS.add("changed", count=seen.contacts)
    LIVE_CONTACTS.add("due", count=seen.due)
    for one in seen.moves:
        LIVE_MOVES.add(one.reason.value)
