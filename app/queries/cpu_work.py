"""Work that takes the processor and asks PostgreSQL nothing: little at once, each asker of a request in turn."""

import asyncio
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

from app.queries.deadlines import current
from app.queries.turns import Turns

AT_ONCE: Final = 2

P = ParamSpec("P")
Made = TypeVar("Made")

# A workspace has one of them at most.
_TURNS: Final = Turns(AT_ONCE)


async def worked_out(work: Callable[P, Made], *args: P.args, **kwargs: P.kwargs) -> Made:
    """What the work returns, done in a thread. It keeps its turn until it ends, also when it was given up."""
    deadline = current.get()
    if deadline is None:
        return await asyncio.to_thread(work, *args, **kwargs)
    asker = deadline.asker
    await _TURNS.take(asker)
    working = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
    working.add_done_callback(lambda _: _TURNS.give(asker))
    return await asyncio.shield(working)
