"""How much may go on at once: a workspace in a hurry leaves places for the others."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.http.answers import TurnedAway

MOST_DOWNLOADS = 3
MOST_UPLOADS = 4
RETRY_SECONDS = 10
PATIENCE_SECONDS = 30


@dataclass(slots=True)
class Downloads:
    """So many exports are sent at once: each holds a connection to PostgreSQL, which other requests need too.

    Who was turned away is waiting for a while, and comes before those who came later; while anybody waits no
    workspace gets a second place.
    """

    free: int
    _held: Counter[int] = field(default_factory=Counter)
    _waiting: dict[int, "Wait"] = field(default_factory=dict)

    @contextmanager
    def taken(self, workspace_id: int) -> Iterator[None]:
        """A place, for as long as the context lasts; raises TurnedAway with 429 where there is none."""
        if not self._may_have_one(workspace_id):
            raise _busy(
                "as many exports are running as this server does at once; try again soon, or use POST /exports"
            )
        self.free -= 1
        self._held[workspace_id] += 1
        try:
            yield
        finally:
            self.free += 1
            self._held[workspace_id] -= 1
            if not self._held[workspace_id]:
                del self._held[workspace_id]

    def _may_have_one(self, workspace_id: int) -> bool:
        now = time.monotonic()
        self._waiting = {id: wait for id, wait in self._waiting.items() if now - wait.seen < PATIENCE_SECONDS}
        mine = self._waiting.pop(workspace_id, Wait(now, now))
        ahead = sum(wait.since < mine.since and not self._held[id] for id, wait in self._waiting.items())
        if self.free > ahead and not (self._waiting and self._held[workspace_id]):
            return True
        self._waiting[workspace_id] = Wait(mine.since, now)
        return False


@dataclass(frozen=True, slots=True)
class Wait:
    """Since when a workspace has been turned away, and when it was last."""

    since: float
    seen: float


def downloads_of(pool_size: int) -> Downloads:
    """The places that a pool of so many connections has for downloads."""
    return Downloads(max(1, min(MOST_DOWNLOADS, pool_size // 2)))


@dataclass(frozen=True, slots=True)
class Uploads:
    """So many files come in from a workspace at once, and so many bytes with them."""

    _held: Counter[int] = field(default_factory=Counter)
    _bytes: Counter[int] = field(default_factory=Counter)

    @contextmanager
    def taken(self, workspace_id: int) -> Iterator[None]:
        """A place, for as long as the context lasts; raises TurnedAway with 429 where there is none."""
        if self._held[workspace_id] == MOST_UPLOADS:
            raise _busy(f"{MOST_UPLOADS} files of this workspace are coming in just now; send this one after them")
        self._held[workspace_id] += 1
        try:
            yield
        finally:
            self._held[workspace_id] -= 1
            if not self._held[workspace_id]:
                del self._held[workspace_id], self._bytes[workspace_id]

    def received(self, workspace_id: int, size: int) -> int:
        """So many bytes more; how many have come with the files that come in just now, or came beside them."""
        self._bytes[workspace_id] += size
        return self._bytes[workspace_id]


def _busy(message: str) -> TurnedAway:
    return TurnedAway(429, "RATE_LIMITED", message, headers={"retry-after": str(RETRY_SECONDS)})
