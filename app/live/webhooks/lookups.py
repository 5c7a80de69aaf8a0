"""Names of hosts are looked up by threads of their own, of which no workspace has more than a few."""

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Final
from weakref import WeakValueDictionary

MOST_LOOKUPS: Final = 64
MOST_OF_WORKSPACE: Final = 8

# Threads of its own: names that nobody answers for would hold up all else that is done in the usual ones.
_threads: Final = ThreadPoolExecutor(MOST_LOOKUPS, "webhook-lookup")
_places: Final = WeakValueDictionary[int, asyncio.Semaphore]()


async def look_up(workspace_id: int, host: str, port: int) -> Sequence[str]:
    """The IP addresses of a host; raises OSError or UnicodeError.

    Whoever is no longer waited for has a workspace's place until its thread ends: nothing else can end it.
    """
    places = _places.setdefault(workspace_id, asyncio.Semaphore(MOST_OF_WORKSPACE))
    await places.acquire()
    ask = _threads.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    ask.add_done_callback(partial(_free, asyncio.get_running_loop(), places))
    return [str(each[4][0]) for each in await asyncio.wrap_future(ask)]


def _free(loop: asyncio.AbstractEventLoop, places: asyncio.Semaphore, _ended: object) -> None:
    with suppress(RuntimeError):  # nobody waits in a loop that is closed
        loop.call_soon_threadsafe(places.release)
