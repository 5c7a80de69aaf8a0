"""The work that goes on behind requests: imports, exports, and what grows old, taken up wherever it was left."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from app.queries.faults import note_own_fault
from app.queries.imports.claims import claimed_import
from app.queries.rounds import beside
from app.transfer.exports.running import next_export
from app.transfer.files.uploads import path_of
from app.transfer.imports.running import run_import
from app.transfer.tidying import tidy
from app.transfer.winding_down import Winding, is_winding_down, wound_down_by

IMPORTS_AT_ONCE = 2
WORK_CONNECTIONS = 6
SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_WITHOUT_POSTGRES = 2.0
SECONDS_BETWEEN_TIDYINGS = 3_600.0

Step = Callable[[Path], Awaitable[bool]]


@asynccontextmanager
async def working(folder: Path, is_to_stop: Callable[[], bool] = lambda: False) -> AsyncIterator[None]:
    """Work goes on for as long as the context lasts; what it leaves unfinished is taken up again by the next.

    Nothing is begun any more once it is to stop, and what was begun has a while to come to its end.
    """
    is_over = False
    winding = Winding(lambda: is_over or is_to_stop())
    async with beside(_work(folder, winding)):
        yield
        is_over = True
        await winding.parts_ended()


@asynccontextmanager
async def working_on(workspace_id: int, import_id: int, folder: Path) -> AsyncIterator[None]:
    """One import goes on for as long as the context lasts, and no other, unless another process works on it."""
    async with beside(keep_doing(partial(next_import, only=(workspace_id, import_id)), folder)):
        yield


async def _work(folder: Path, winding: Winding) -> None:
    wound_down_by(winding)
    await work(folder)


async def work(folder: Path) -> None:
    """Do whatever is waiting, until cancelled; files are in the folder."""
    async with asyncio.TaskGroup() as group:
        for _ in range(IMPORTS_AT_ONCE):
            group.create_task(keep_doing(next_import, folder))
        group.create_task(keep_doing(next_export, folder))
        group.create_task(keep_doing(hourly_tidying, folder))


async def keep_doing(step: Step, folder: Path) -> None:
    """A step again and again, without a pause for as long as it finds something to do."""
    while True:
        pause = SECONDS_BETWEEN_LOOKS
        try:
            if not is_winding_down() and await step(folder):
                continue
        except Exception as error:
            pause = SECONDS_WITHOUT_POSTGRES
            note_own_fault("work_fault", error)
        await asyncio.sleep(pause)


async def hourly_tidying(folder: Path) -> bool:
    """Tidy up, and let an hour pass."""
    await tidy(folder)
    await asyncio.sleep(SECONDS_BETWEEN_TIDYINGS)
    return True


async def next_import(folder: Path, only: tuple[int, int] | None = None) -> bool:
    """Run an import that waits and whose file is in the folder, or `only` that one; False where none does."""
    async with claimed_import(lambda stored: os.path.exists(path_of(folder, stored)), only) as claim:
        if claim is None:
            return False
        await run_import(*claim, folder)
        return True
