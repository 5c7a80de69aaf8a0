"""Connections to hosts that may be called: looked up, checked, and connected to at the very address checked."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final

from httpcore import AnyIOBackend, AsyncNetworkBackend, AsyncNetworkStream, ConnectError, ConnectTimeout

from app.live.webhooks.lookups import look_up
from app.queries.webhooks.urls import is_public

MOST_ADDRESSES: Final = 4

Lookup = Callable[[int, str, int], Awaitable[Sequence[str]]]


class NoAddress(Exception):
    """The host has no address that may be called: it isn't told whether it has one at all."""


class CheckedNetwork(AsyncNetworkBackend):
    """Connects to public addresses alone, or to any where private ones are allowed.

    What a name leads to is looked up once for each connection, so it can't lead elsewhere after it was checked.
    """

    def __init__(self, *, is_private_allowed: bool, lookup: Lookup = look_up, workspace_id: int = 0) -> None:
        self._is_private_allowed = is_private_allowed
        self._lookup = lookup
        self._workspace_id = workspace_id
        self._inner = AnyIOBackend()

    def of(self, workspace_id: int) -> "CheckedNetwork":
        """The same network, in which that workspace looks names up."""
        return CheckedNetwork(
            is_private_allowed=self._is_private_allowed, lookup=self._lookup, workspace_id=workspace_id
        )

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - it is the interface's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> AsyncNetworkStream:
        """A connection to the first of the host's addresses that answers, each of which has its share of the seconds.

        Raises NoAddress, ConnectError and ConnectTimeout.
        """
        failure: Exception = NoAddress()
        addresses = await self._addresses(host, port)
        for address in addresses:
            share = None if timeout is None else timeout / len(addresses)
            try:
                return await self._inner.connect_tcp(address, port, share, local_address, socket_options)
            except (ConnectError, ConnectTimeout) as error:
                failure = error
        raise failure

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            found = dict.fromkeys(await self._lookup(self._workspace_id, host, port))
        except (OSError, UnicodeError):
            return ()
        return [each for each in found if self._is_private_allowed or is_public(each)][:MOST_ADDRESSES]

    async def sleep(self, seconds: float) -> None:
        """As it says."""
        await self._inner.sleep(seconds)
