"""One step of the live engine in one workspace, and what it comes to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.live.announcing import announce
from app.live.following import follow
from app.live.pace import Pace
from app.live.plan import Plan, plan_of
from app.live.telling import is_behind, know, tell_next
from app.queries.live.claims import Held, held_workspace
from app.queries.live.keeping import Kept, kept_as
from app.queries.live.moving import Move, close
from app.queries.live.taking import Noted, take_changes, take_due
from app.telemetry.measures import LIVE_CONTACTS, LIVE_MOVES, note_lags

MOST_CONTACTS = 1_000


@dataclass(frozen=True, slots=True)
class Worked:
    """What a step has done: how many contacts it looked at, and how often one of them moved.

    `is_more` where there may be more to do at once.
    """

    contacts: int = 0
    moves: int = 0
    is_more: bool = False


@dataclass(frozen=True, slots=True)
class _Seen:
    noted: Sequence[Noted] = ()
    due: int = 0
    moves: Sequence[Move] = ()
    is_behind: bool = False

    @property
    def changed(self) -> int:
        return sum(len(one.contact_ids) for one in self.noted)


async def step(workspace_id: int, pace: Pace, at: datetime | None = None) -> Worked:
    """See to what has changed and what is due, then tell the next stretch of segments that are being told anew.

    Each of the two becomes visible at once or, where the process is killed, not at all. As of a moment, or of now.
    """
    seen = await _see(workspace_id, at)
    is_more = seen.is_behind and await _tell(workspace_id, pace, at)
    _measure(seen)
    contacts = seen.changed + seen.due
    return Worked(contacts, len(seen.moves), is_more or contacts >= MOST_CONTACTS)


async def _see(workspace_id: int, at: datetime | None) -> _Seen:
    async with held_workspace(workspace_id) as held:
        if held is None:
            return _Seen()
        plan, moment = await plan_of(held), at or held.at
        kept = await _known(held, plan, moment)
        noted = await take_changes(held, MOST_CONTACTS)
        is_time = held.next_due_at is not None and held.next_due_at <= moment
        due = await take_due(held, moment, MOST_CONTACTS) if is_time else {}
        moves = await follow(held, plan, kept, noted, due, moment) if kept and (noted or due) else []
        await announce(held, noted, moves, moment)
        if noted or due or held.known_version != plan.version:
            await close(held)
    return _Seen(noted, len(due), moves, is_behind(plan, kept))


async def _known(held: Held, plan: Plan, at: datetime) -> Mapping[int, Kept]:
    """The segments as they are kept, once the catalog as it is has been made known to them."""
    kept = await kept_as(held)
    if held.known_version == plan.version:
        return kept
    await know(held, plan, kept, at)
    return await kept_as(held)


async def _tell(workspace_id: int, pace: Pace, at: datetime | None) -> bool:
    """Apart from what has changed, which is not to wait for it."""
    async with held_workspace(workspace_id) as held:
        if held is None:
            return False
        plan, moment = await plan_of(held), at or held.at
        if held.known_version != plan.version:
            return True
        is_more = await tell_next(held, plan, await kept_as(held), pace, moment)
        await close(held)
    return is_more


def _measure(seen: _Seen) -> None:
    note_lags(one.noted_at for one in seen.noted)
    LIVE_CONTACTS.add("changed", count=seen.changed)
    LIVE_CONTACTS.add("due", count=seen.due)
    for one in seen.moves:
        LIVE_MOVES.add(one.reason.value)
