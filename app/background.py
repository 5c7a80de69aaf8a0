"""What goes on behind requests: imports, exports, live segments, webhooks; in a server or in a worker."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from app.live.engine import LIVE_CONNECTIONS, living
from app.live.webhooks.sending import SENDING_CONNECTIONS, sending_webhooks
from app.queries.audit import audit_kept
from app.queries.live.pulse import queued
from app.queries.live.retention import ledger_kept
from app.queries.rounds import beside
from app.settings.security import USUAL_SECURITY, Security
from app.transfer.work import WORK_CONNECTIONS, working

BACKGROUND_CONNECTIONS = WORK_CONNECTIONS + LIVE_CONNECTIONS + SENDING_CONNECTIONS
SECONDS_BETWEEN_BELLS = 60.0


@asynccontextmanager
async def in_background(
    files: Path, security: Security = USUAL_SECURITY, is_to_stop: Callable[[], bool] = lambda: False
) -> AsyncIterator[None]:
    """All of it goes on for as long as the context lasts, by BACKGROUND_CONNECTIONS of the open pool at most.

    Files are in the folder; `security` says where webhooks may lead and how long is kept who did and entered what.
    Nothing is begun any more once it is to stop.
    """
    sending = sending_webhooks(is_private_allowed=security.private_webhooks, is_to_stop=is_to_stop)
    audit, ledger = audit_kept(security.audit_days), ledger_kept(security.ledger_days)
    async with living(), working(files, is_to_stop), audit, ledger, sending as wake, beside(_wake(wake)):
        yield


async def _wake(sender: asyncio.Event) -> None:
    """Have messages looked for when it is heard that some were queued."""
    while True:
        if await queued.rung(SECONDS_BETWEEN_BELLS):
            sender.set()
