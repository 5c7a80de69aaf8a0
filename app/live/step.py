"""One step of the live engine in one workspace, and what it comes to."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from app.live.announcing import announce
from app.live.following import follow
from app.live.pace import Pace
from app.live.plan import Plan, plan_of
from app.live.telling import know, tell_next
from app.queries.live.claims import Held, held_workspace
from app.queries.live.keeping import Kept, kept_as
from app.queries.live.moving import close
from app.queries.live.taking import take_changes, take_due
from app.telemetry.measures import LIVE_CONTACTS, LIVE_MOVES, note_lags

MOST_CONTACTS = 1_000


@dataclass(frozen=True, slots=True)
class Worked:
    """What a step has done: how many contacts it looked at, and how often one of them moved.

    `is_more` where there may be more to do at once; `noted_at` tells of changes when they were noted.
    """

    contacts: int = 0
    moves: int = 0
    is_more: bool = False
    noted_at: tuple[datetime, ...] = ()


async def step(workspace_id: int, pace: Pace, at: datetime | None = None) -> Worked:
    """See to what has changed and what is due, then tell the next stretch of segments that are being told anew.

    All of it becomes visible at once or, where the process is killed, not at all. As of a moment, or of now.
    """
    async with held_workspace(workspace_id) as held:
        if held is None:
            return Worked()
        moment = at or held.at
        plan = await plan_of(held)
        kept = await _known(held, plan, moment)
        worked = await _look(held, plan, kept, moment)
        is_telling = await tell_next(held, plan, kept, pace, moment)
        await close(held)
    note_lags(worked.noted_at)
    return replace(worked, is_more=worked.is_more or is_telling)


async def _known(held: Held, plan: Plan, at: datetime) -> Mapping[int, Kept]:
    """The segments as they are kept, once the catalog as it is has been made known to them."""
    kept = await kept_as(held)
    if held.known_version == plan.version:
        return kept
    await know(held, plan, kept, at)
    return await kept_as(held)


async def _look(held: Held, plan: Plan, kept: Mapping[int, Kept], at: datetime) -> Worked:
    noted = await take_changes(held, MOST_CONTACTS)
    is_time = held.next_due_at is not None and held.next_due_at <= at
    due = await take_due(held, at, MOST_CONTACTS) if is_time else {}
    if not noted and not due:
        return Worked()
    moves = await follow(held, plan, kept, noted, due, at)
    await announce(held, noted, moves, at)
    LIVE_CONTACTS.add("changed", count=sum(len(one.contact_ids) for one in noted))
    LIVE_CONTACTS.add("due", count=len(due))
    for one in moves:
        LIVE_MOVES.add(one.reason.value)
    contacts = sum(len(one.contact_ids) for one in noted) + len(due)
    noted_at = tuple(one.noted_at for one in noted)
    return Worked(contacts, len(moves), is_more=contacts >= MOST_CONTACTS, noted_at=noted_at)
