"""Processes that work beside: bound to their memory, to who waits for them, and to the server."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from app.filters.problems import Code, Refused
from app.transfer.imports.processes import MOST_MEMORY, beside

SERVER = """
import asyncio, sys
from functools import partial
from pathlib import Path
from app.transfer.imports.processes import beside
from tests.transfer.imports.test_processes import linger
asyncio.run(beside(partial(linger, Path(sys.argv[1]))))
"""


def linger(told: Path) -> None:
    """Tell who works, and go on for a minute."""
    told.with_suffix(".draft").write_text(str(os.getpid()))
    told.with_suffix(".draft").rename(told)
    time.sleep(60)


def is_there(process: int) -> bool:
    """Whether it runs, and isn't just not yet waited for."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def until(true: Callable[[], bool]) -> None:
    """Wait for it."""
    for _ in range(1_500):
        if true():
            return
        await asyncio.sleep(0.02)
    raise TimeoutError


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
async def test_a_process_is_killed_where_its_work_is_given_up(tmp_path: Path) -> None:
    task = asyncio.create_task(beside(partial(linger, tmp_path / "told")))
    await until((tmp_path / "told").exists)
    process = int((tmp_path / "told").read_text())
    assert is_there(process)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not is_there(process)


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
async def test_a_process_ends_with_a_server_that_is_killed(tmp_path: Path) -> None:
    server = await asyncio.create_subprocess_exec(sys.executable, "-c", SERVER, str(tmp_path / "told"))
    await until((tmp_path / "told").exists)
    process = int((tmp_path / "told").read_text())
    server.send_signal(signal.SIGKILL)
    await server.wait()
    await until(lambda: not is_there(process))


async def test_work_that_needs_too_much_memory_is_refused_and_the_next_is_done() -> None:
    with pytest.raises(Refused) as raised:
        await beside(partial(bytearray, MOST_MEMORY))
    assert (raised.value.problems[0].code, raised.value.problems[0].path) == (Code.TOO_LARGE, "file")
    assert await beside(partial(len, "three")) == 5
