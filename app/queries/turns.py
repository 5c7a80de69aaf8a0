"""Whose turn it is to have a connection: all are shared by those who wait, so that nobody has them all."""

import asyncio
from collections import Counter, deque
from itertools import chain


class Turns:
    """So many connections, of which one asker holds all but one at most, and those who hold fewest come first."""

    def __init__(self, connections: int) -> None:
        self._free = connections
        self._most = max(1, connections - 1)
        self._held: Counter[str] = Counter()
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    async def take(self, asker: str) -> None:
        """Wait for a connection's turn, which has to be given back."""
        if self._free and self._held[asker] < self._most:
            self._grant(asker)
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(asker, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._forget(asker, turn)
            else:
                self.give(asker)
            raise

    def give(self, asker: str) -> None:
        """Give a turn back; whoever waits and holds fewest has the next."""
        self._free += 1
        self._held[asker] -= 1
        if not self._held[asker]:
            del self._held[asker]
        while self._free and (following := self._following()) is not None:
            turn = self._waiting[following].popleft()
            self._drop_if_empty(following)
            if not turn.cancelled():  # its task is about to notice
                self._grant(following)
                turn.set_result(None)

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(1 for _ in chain.from_iterable(self._waiting.values()))

    def _grant(self, asker: str) -> None:
        self._free -= 1
        self._held[asker] += 1

    def _following(self) -> str | None:
        able = [asker for asker in self._waiting if self._held[asker] < self._most]
        return min(able, key=self._held.__getitem__, default=None)

    def _forget(self, asker: str, turn: asyncio.Future[None]) -> None:
        if turn in self._waiting.get(asker, ()):
            self._waiting[asker].remove(turn)
            self._drop_if_empty(asker)

    def _drop_if_empty(self, asker: str) -> None:
        if not self._waiting[asker]:
            del self._waiting[asker]
