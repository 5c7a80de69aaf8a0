"""What happened becomes messages, and what was given up waits again where an admin wants it: bit by bit, in turn."""

import asyncio
from collections.abc import Awaitable
from datetime import datetime

from app.queries.faults import note_fault, unreachable
from app.queries.webhooks.reopening import reopen_messages, resending_webhooks
from app.queries.webhooks.spreading import drafted_workspaces, spread_drafts


async def spread_next(at: datetime, borrowing: asyncio.Semaphore) -> bool:
    """A bit for each workspace and webhook where there is something to do; whether there was any.

    Connections are borrowed by leave of the semaphore, one at a time.
    """
    async with borrowing:
        workspaces, webhooks = await drafted_workspaces(), await resending_webhooks()
    done = [await _tried(spread_drafts(workspace_id), borrowing) for workspace_id in workspaces]
    done += [await _tried(reopen_messages(*webhook, at), borrowing) for webhook in webhooks]
    return any(done)


async def _tried(work: Awaitable[int], borrowing: asyncio.Semaphore) -> int:
    """What becomes of it; a fault in one workspace keeps no others waiting."""
    try:
        async with borrowing:
            return await work
    except Exception as error:
        if unreachable(error):
            raise
        note_fault("webhook_fault", error)
        return 0
