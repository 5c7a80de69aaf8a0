"""A look-up that nobody waits for any more keeps its place, and no workspace has all places."""

import asyncio
import socket
from threading import Event
from typing import Any

import pytest

from app.live.webhooks.lookups import MOST_OF_WORKSPACE, look_up

GREEDY, MODEST = -1, -2  # no workspaces of other tests


async def test_look_ups_of_a_workspace_keep_their_places_until_they_end(monkeypatch: pytest.MonkeyPatch) -> None:
    over, real = Event(), socket.getaddrinfo

    def slow(host: str, *rest: Any, **more: Any) -> Any:
        if host == "slow.test":
            over.wait(20)
            raise OSError
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    tasks = [asyncio.create_task(look_up(GREEDY, "slow.test", 80)) for _ in range(MOST_OF_WORKSPACE + 4)]
    await asyncio.sleep(0.05)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert await asyncio.wait_for(look_up(MODEST, "127.0.0.1", 80), 5) == ["127.0.0.1"]
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(look_up(GREEDY, "127.0.0.1", 80), 0.2)
    over.set()
    assert await asyncio.wait_for(look_up(GREEDY, "127.0.0.1", 80), 5) == ["127.0.0.1"]
