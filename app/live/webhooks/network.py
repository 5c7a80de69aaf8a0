"""Connections to hosts that may be called: looked up, checked, and connected to at the very address checked."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Final

from httpcore import AnyIOBackend, AsyncNetworkBackend, AsyncNetworkStream, ConnectError

from app.queries.webhooks.urls import is_public

MOST_LOOKUPS: Final = 64
MOST_ADDRESSES: Final = 4

Lookup = Callable[[str, int], Awaitable[Sequence[str]]]

# Threads of its own: names that nobody answers for would hold up all else that is done in the usual ones.
_threads: Final = ThreadPoolExecutor(MOST_LOOKUPS, "webhook-lookup")


class NoAddress(Exception):
    """The host has no address that may be called: it isn't told whether it has one at all."""


async def look_up(host: str, port: int) -> Sequence[str]:
    """The IP addresses of a host; raises OSError or UnicodeError."""
    ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_threads, ask)
    return [str(each[4][0]) for each in found]


class CheckedNetwork(AsyncNetworkBackend):
    """Connects to public addresses alone, or to any where private ones are allowed.

    What a name leads to is looked up once for each connection, so it can't lead elsewhere after it was checked.
    """

    def __init__(self, *, is_private_allowed: bool, lookup: Lookup = look_up) -> None:
        self._is_private_allowed = is_private_allowed
        self._lookup = lookup
        self._inner = AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - it is the interface's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> AsyncNetworkStream:
        """A connection to the first of the host's addresses that answers; raises NoAddress and ConnectError."""
        failure: Exception = NoAddress()
        for address in await self._addresses(host, port):
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except ConnectError as error:
                failure = error
        raise failure

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            found = dict.fromkeys(await self._lookup(host, port))
        except (OSError, UnicodeError):
            return ()
        return [each for each in found if self._is_private_allowed or is_public(each)][:MOST_ADDRESSES]

    async def sleep(self, seconds: float) -> None:
        """As it says."""
        await self._inner.sleep(seconds)
