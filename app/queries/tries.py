"""What others may disturb is tried again: now it sees what they did."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg

from app.filters.problems import Code, Refused

MOST_TRIES = 20

Result = TypeVar("Result")


class Disturbed(Exception):
    """Somebody has written to a row meanwhile."""


async def undisturbed(step: Callable[[], Awaitable[Result]], otherwise: str, path: str) -> Result:
    """What a transaction comes to once nobody writes to its contacts meanwhile; raises Refused if that never is."""
    for _ in range(MOST_TRIES):
        try:
            return await step()
        except (asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError, Disturbed):
            continue
    raise Refused.because(Code.TAKEN, otherwise, path)
