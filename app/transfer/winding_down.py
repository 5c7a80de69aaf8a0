"""A server that is to stop begins no further part of its work; what it has begun may come to its end."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field

PART_SECONDS = 10.0


@dataclass(slots=True)
class Winding:
    """Whether the work is to stop, and how many of its parts are being worked on."""

    is_to_stop: Callable[[], bool]
    parts: int = 0
    quiet: asyncio.Event = field(default_factory=asyncio.Event)

    async def parts_ended(self) -> None:
        """Wait until no part is worked on, but not for longer than PART_SECONDS."""
        if self.parts:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.quiet.wait(), PART_SECONDS)

    @contextmanager
    def busy(self) -> Iterator[None]:
        """A part is worked on."""
        self.parts += 1
        self.quiet.clear()
        try:
            yield
        finally:
            self.parts -= 1
            if not self.parts:
                self.quiet.set()


_winding: ContextVar[Winding | None] = ContextVar("winding", default=None)


def wound_down_by(winding: Winding) -> None:
    """Work of this task, and of those that it makes, is stopped so."""
    _winding.set(winding)


def is_winding_down() -> bool:
    """Whether nothing should be begun any more."""
    winding = _winding.get()
    return winding is not None and winding.is_to_stop()


@asynccontextmanager
async def a_part() -> AsyncIterator[None]:
    """A part of a longer work; where that is to stop, waits to be cancelled instead."""
    if is_winding_down():
        await asyncio.Event().wait()
    winding = _winding.get()
    with nullcontext() if winding is None else winding.busy():
        yield
