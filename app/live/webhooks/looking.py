"""Work that is looked for again and again: at once where there may be more, else when woken, or each second."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from app.queries.faults import note_own_fault

SECONDS_BETWEEN_LOOKS: Final = 1.0
SECONDS_AFTER_FAULT: Final = 2.0


async def keep_looking(look: Callable[[], Awaitable[bool]], wake: asyncio.Event) -> None:
    """Look, until cancelled; a look says whether there may be more."""
    while True:
        wake.clear()
        pause = SECONDS_BETWEEN_LOOKS
        try:
            if await look():
                continue
        except Exception as error:
            note_own_fault("webhook_fault", error)
            pause = SECONDS_AFTER_FAULT
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await wake.wait()
