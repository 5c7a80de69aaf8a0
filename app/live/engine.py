"""The live engine: it looks wherever something changed, is due or is to be told anew, for as long as it lasts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from app.live.agenda import Agenda
from app.live.auditing import audit_next
from app.live.pace import Pace
from app.live.step import step
from app.queries.faults import note_fault, unreachable
from app.queries.live.claims import next_due, noted_workspaces, waiting_workspaces
from app.queries.live.pulse import ANY, noted

WORKSPACES_AT_ONCE = 2
LIVE_CONNECTIONS = WORKSPACES_AT_ONCE + 2
SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_BETWEEN_AUDITS = 2.0
SECONDS_AFTER_FAULT = 2.0


@asynccontextmanager
async def living() -> AsyncIterator[None]:
    """The engine runs for as long as the context lasts; a step that it leaves unfinished hasn't happened."""
    task = asyncio.create_task(live())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


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
        _note(error)
        return []


async def _look(agenda: Agenda) -> float:
    """The seconds until the next look."""
    try:
        now = datetime.now(UTC)
        agenda.add(await waiting_workspaces(now))
        due = await next_due(now)
    except Exception as error:
        _note(error)
        return SECONDS_AFTER_FAULT
    return SECONDS_BETWEEN_LOOKS if due is None else min(SECONDS_BETWEEN_LOOKS, (due - now).total_seconds())


async def _work(agenda: Agenda) -> None:
    pace = Pace()
    while True:
        async with agenda.next() as workspace_id:
            try:
                worked = await step(workspace_id, pace)
            except Exception as error:
                _note(error)
                await asyncio.sleep(SECONDS_AFTER_FAULT)
                continue
        if worked.is_more:
            agenda.add([workspace_id])


async def _audit(agenda: Agenda) -> None:
    pace = Pace()
    while True:
        await asyncio.sleep(SECONDS_BETWEEN_AUDITS)
        try:
            if agenda.is_idle:
                await audit_next(pace)
        except Exception as error:
            _note(error)


def _note(error: Exception) -> None:
    if not unreachable(error):
        note_fault("live_fault", error)
