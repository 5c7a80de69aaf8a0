"""Whose turn it is to have a connection: workspaces share all of them, and tokens share what their workspace has."""

import asyncio
from collections import Counter, deque
from collections.abc import Hashable
from dataclasses import dataclass
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Turn = asyncio.Future[None]


@dataclass(frozen=True, slots=True)
class Asker:
    """A token of a workspace; until it has been looked up, what it claims to open is all that is known of that."""

    token: str
    claimed: str = ""
    workspace_id: int | None = None

    @property
    def within(self) -> str:
        """By what its share is told from others: of the workspace's, or of what those have who aren't known yet."""
        return self.claimed if self.workspace_id is None else self.token


class Turns:
    """So many connections, of which one workspace holds all but one at most.

    Whoever holds fewest comes first: of the workspaces, then of the tokens of one, and of equals who came first.
    Those whose token is only being looked up hold a quarter together, and none of what they claim to open.
    """

    def __init__(self, connections: int) -> None:
        self._free = connections
        self._most = max(1, connections - 1)
        self._most_unknown = max(1, connections // 4)
        self._held_by_workspace: Counter[int | None] = Counter()
        self._held: Counter[tuple[int | None, str]] = Counter()
        self._waiting: dict[int | None, dict[str, deque[Turn]]] = {}

    async def take(self, asker: Asker) -> None:
        """Wait for a connection's turn, which has to be given back."""
        if self._free and self._may_have_more(asker.workspace_id):
            self._grant(asker.workspace_id, asker.within)
            return
        turn: Turn = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault(asker.workspace_id, {})
        waiting.setdefault(asker.within, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.cancelled():
                self._forget(asker, turn)
            else:
                self.give(asker)
            raise

    def give(self, asker: Asker) -> None:
        """Give a turn back; whoever waits and holds fewest has the next."""
        self._free += 1
        _less(self._held_by_workspace, asker.workspace_id)
        _less(self._held, (asker.workspace_id, asker.within))
        while self._free and (following := self._following()) is not None:
            turn = self._next_of(*following)
            if not turn.cancelled():  # its task is about to notice
                self._grant(*following)
                turn.set_result(None)

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(len(turns) for waiting in self._waiting.values() for turns in waiting.values())

    def _may_have_more(self, workspace_id: int | None) -> bool:
        most = self._most_unknown if workspace_id is None else self._most
        return self._held_by_workspace[workspace_id] < most

    def _grant(self, workspace_id: int | None, within: str) -> None:
        self._free -= 1
        self._held_by_workspace[workspace_id] += 1
        self._held[workspace_id, within] += 1

    def _following(self) -> tuple[int | None, str] | None:
        able = [workspace_id for workspace_id in self._waiting if self._may_have_more(workspace_id)]
        if not able:
            return None
        workspace_id = min(able, key=self._held_by_workspace.__getitem__)
        return workspace_id, min(self._waiting[workspace_id], key=lambda within: self._held[workspace_id, within])

    def _next_of(self, workspace_id: int | None, within: str) -> Turn:
        """The turn that comes now; those who wait beside it come before its others."""
        waiting = self._waiting.pop(workspace_id)
        turns = waiting.pop(within)
        turn = turns.popleft()
        if turns:
            waiting[within] = turns
        if waiting:
            self._waiting[workspace_id] = waiting
        return turn

    def _forget(self, asker: Asker, turn: Turn) -> None:
        waiting = self._waiting.get(asker.workspace_id, {})
        if turn not in (turns := waiting.get(asker.within, deque())):
            return
        turns.remove(turn)
        if not turns:
            del waiting[asker.within]
        if not waiting:
            del self._waiting[asker.workspace_id]


def _less(counted: Counter[Key], key: Key) -> None:
    counted[key] -= 1
    if not counted[key]:
        del counted[key]
