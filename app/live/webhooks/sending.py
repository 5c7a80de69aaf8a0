"""Whatever is due is sent, by any number of processes at once, so that no receiver keeps others waiting."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import structlog

from app.live.webhooks.looking import keep_looking
from app.live.webhooks.network import CheckedNetwork
from app.live.webhooks.posting import Answer, post
from app.live.webhooks.spreading import spread_next
from app.live.webhooks.waits import asked_for, next_try
from app.queries.faults import note_own_fault, unreachable
from app.queries.rounds import repeated
from app.queries.webhooks.claims import Claimed, Target, claim_messages, waiting_webhooks
from app.queries.webhooks.outcomes import note_delivered, note_failed, note_gone
from app.queries.webhooks.retention import forget_old_messages
from app.telemetry.measures import WEBHOOK_MESSAGES, WEBHOOK_SECONDS

MOST_AT_ONCE: Final = 64
MOST_TO_ONE: Final = 4
SENDING_CONNECTIONS: Final = 2
SECONDS_BETWEEN_TIDYINGS: Final = 3_600.0
PART_SECONDS: Final = 18.0  # longer than any receiver may take

log = structlog.get_logger()


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Sender:
    """Sends what is due as of its clock, so much at once and to one webhook as is allowed; `wake` has it look.

    A workspace has no more messages on their way than places are left free, so there are some for others.
    """

    network: CheckedNetwork
    clock: Callable[[], datetime] = _now
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    _to_webhook: Counter[tuple[int, int]] = field(default_factory=Counter)
    _of_workspace: Counter[int] = field(default_factory=Counter)
    _borrowing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(SENDING_CONNECTIONS))
    _tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    async def spread(self) -> bool:
        """Make a few messages of what happened; whether there may be more."""
        is_more = await spread_next(self.clock(), self._borrowing)
        self.wake.set()
        return is_more

    async def begin(self) -> int:
        """Begin to send what is due, as far as there is room; how many messages."""
        async with self._borrowing:
            waiting = await waiting_webhooks(self.clock())
        return sum([await self._begin_with(webhook) for webhook in self._turns(waiting)])

    def _turns(self, waiting: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """The webhooks, by the workspace's turn that has the fewest messages on their way."""
        left, taken = defaultdict[int, list[tuple[int, int]]](list), Counter[int]()
        for webhook in waiting:
            left[webhook[0]].append(webhook)
        while left and len(self._tasks) < MOST_AT_ONCE:
            turn = min(left, key=lambda workspace_id: (self._of_workspace[workspace_id], taken[workspace_id]))
            taken[turn] += 1
            yield left[turn].pop()
            if not left[turn]:
                del left[turn]

    async def _begin_with(self, webhook: tuple[int, int]) -> int:
        room = self._room(webhook)
        if room <= 0:
            return 0
        try:
            async with self._borrowing:
                claimed = await claim_messages(*webhook, room, self.clock())
        except Exception as error:
            if unreachable(error):
                raise
            note_own_fault("webhook_fault", error)
            return 0
        if claimed is None:
            return 0
        self._start(webhook, *claimed)
        return len(claimed[1])

    async def finish(self, seconds: float = PART_SECONDS) -> None:
        """Wait until all that was begun has ended, but not for longer than that."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    def give_up(self) -> None:
        """Leave what is being sent; another sender takes it up."""
        for task in self._tasks:
            task.cancel()

    def _room(self, webhook: tuple[int, int]) -> int:
        of_one = MOST_TO_ONE - self._to_webhook[webhook]
        left = MOST_AT_ONCE - len(self._tasks) - self._of_workspace[webhook[0]]
        return min(of_one, (left + 1) // 2)

    def _start(self, webhook: tuple[int, int], target: Target, messages: list[Claimed]) -> None:
        for message in messages:
            task = asyncio.create_task(self._send(target, message))
            self._tasks.add(task)
            self._to_webhook[webhook] += 1
            self._of_workspace[webhook[0]] += 1
            task.add_done_callback(lambda ended: self._ended(webhook, ended))

    def _ended(self, webhook: tuple[int, int], task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        self._to_webhook[webhook] -= 1
        self._of_workspace[webhook[0]] -= 1
        # What is counted as nothing needn't be remembered.
        self._to_webhook, self._of_workspace = +self._to_webhook, +self._of_workspace
        self.wake.set()

    async def _send(self, target: Target, message: Claimed) -> None:
        try:
            answer = await post(self.network.of(target.workspace_id), target, message, self.clock())
            WEBHOOK_SECONDS.add(answer.attempt.seconds)
            async with self._borrowing:
                WEBHOOK_MESSAGES.add(await self._note(target, message, answer))
        except Exception as error:
            note_own_fault("webhook_fault", error)

    async def _note(self, target: Target, message: Claimed, answer: Answer) -> str:
        """Write down what became of it, in a word for the measures."""
        at, attempt = self.clock(), answer.attempt
        if answer.is_delivered:
            await note_delivered(target, message, attempt, at)
            return "delivered"
        if answer.is_gone:
            is_off, again = await note_gone(target, message, attempt), None
        else:
            wanted, again = asked_for(answer.retry_after, at), next_try(message.tries, at)
            if wanted is not None and again is not None:
                again = max(again, wanted)
            is_off = await note_failed(target, message, attempt, again, wanted)
        if is_off:
            log.warning("webhook_disabled", workspace=target.workspace_id, webhook=target.webhook_id)
        return "given_up" if again is None else "failed"


@asynccontextmanager
async def sending_webhooks(
    *, is_private_allowed: bool = False, is_to_stop: Callable[[], bool] = lambda: False
) -> AsyncIterator[asyncio.Event]:
    """Messages are sent, and old ones forgotten, for as long as the context lasts; the event has them looked for.

    SENDING_CONNECTIONS of the open pool are used at most.
    Nothing is begun any more once it is to stop, and what was begun comes to its end.
    """
    is_over = False
    sender, wake = Sender(CheckedNetwork(is_private_allowed=is_private_allowed)), asyncio.Event()

    async def begin() -> bool:
        if not (is_over or is_to_stop()):
            await sender.begin()
        return False

    tasks = [asyncio.create_task(keep_looking(*work)) for work in ((sender.spread, wake), (begin, sender.wake))]
    async with repeated("webhooks", forget_old_messages, SECONDS_BETWEEN_TIDYINGS):
        try:
            yield wake
            is_over = True
            await sender.finish()
        finally:
            for task in tasks:
                task.cancel()
            sender.give_up()
            await asyncio.gather(*tasks, return_exceptions=True)
