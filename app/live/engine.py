"""The live engine: it looks wherever something changed, is due or is to be told anew, for as long as it lasts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.live.agenda import Agenda
from app.live.auditing import audit_next
from app.live.pace import Pace
from app.live.step import MOST_CONTACTS, step
from app.queries.faults import note_own_fault
from app.queries.live.claims import noted_workspaces, seconds_until_due, waiting_workspaces
from app.queries.live.pulse import ANY, noted
from app.queries.rounds import beside

WORKSPACES_AT_ONCE = 2
LIVE_CONNECTIONS = WORKSPACES_AT_ONCE + 2
SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_BETWEEN_AUDITS = 2.0
AUDIT_SECONDS = 0.05  # whoever writes meanwhile waits so long
SECONDS_AFTER_FAULT = 2.0
SECONDS_ELSEWHERE = 0.02

# How many contacts a step takes, of workspaces where the usual many were too many.
_appetites: dict[int, int] = {}


@asynccontextmanager
async def living() -> AsyncIterator[None]:
    """The engine runs for as long as the context lasts; a step that it leaves unfinished hasn't happened."""
    async with beside(_keep_living()):
        yield


async def _keep_living() -> None:
    while True:
        try:
            await live()
        except Exception as error:
            note_own_fault("live_fault", error)
            await asyncio.sleep(SECONDS_AFTER_FAULT)


async def live() -> None:
    """See to all workspaces, until cancelled."""
    agenda = Agenda()
    async with asyncio.TaskGroup() as group:
        group.create_task(_look_out(agenda))
        group.create_task(_audit(agenda))
        for _ in range(WORKSPACES_AT_ONCE):
            group.create_task(_work(agenda))


async def _look_out(agenda: Agenda) -> None:
    """Put on the agenda what is heard of, at once, and all else by looking each second, and when time says so."""
    loop = asyncio.get_running_loop()
    look_at = loop.time()
    while True:
        heard = await noted.rung(max(0.0, look_at - loop.time()))
        agenda.add(heard - {ANY})
        if ANY in heard:
            agenda.add(await _noted())
        if loop.time() >= look_at:
            look_at = loop.time() + await _look(agenda)


async def _noted() -> list[int]:
    try:
        return await noted_workspaces()
    except Exception as error:
        note_own_fault("live_fault", error)
        return []


async def _look(agenda: Agenda) -> float:
    """The seconds until the next look."""
    try:
        agenda.add(await waiting_workspaces())
        seconds = await seconds_until_due()
    except Exception as error:
        note_own_fault("live_fault", error)
        return SECONDS_AFTER_FAULT
    return SECONDS_BETWEEN_LOOKS if seconds is None else min(SECONDS_BETWEEN_LOOKS, seconds)


async def _work(agenda: Agenda) -> None:
    pace = Pace()
    while True:
        async with agenda.next() as workspace_id:
            wait = await _step(workspace_id, pace)
        if wait is not None:
            agenda.postpone(workspace_id, wait)


async def _step(workspace_id: int, pace: Pace) -> float | None:
    """The seconds until the workspace is to be looked at again; None where it is done."""
    appetite = _appetites.pop(workspace_id, MOST_CONTACTS)
    try:
        worked = await step(workspace_id, pace, most=appetite)
    except Exception as error:
        note_own_fault("live_fault", error)
        _appetites[workspace_id] = max(1, appetite // 4)
        return SECONDS_AFTER_FAULT
    if worked.is_more and appetite < MOST_CONTACTS:
        _appetites[workspace_id] = min(MOST_CONTACTS, appetite * 2)
    if worked.is_elsewhere:
        return SECONDS_ELSEWHERE
    return 0.0 if worked.is_more else None


async def _audit(agenda: Agenda) -> None:
    pace = Pace(AUDIT_SECONDS)
    while True:
        await asyncio.sleep(SECONDS_BETWEEN_AUDITS)
        try:
            if agenda.is_idle:
                await audit_next(pace)
        except Exception as error:
            note_own_fault("live_fault", error)
