"""Counts what callers do at every door of a process, and turns away who does too much."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from math import ceil
from typing import Final, TypeVar

from app.identity.callers import Caller
from app.identity.places import Places
from app.identity.rates import Rates
from app.identity.refusals import RequestError, TooOften
from app.queries.deadlines import Deadline, begin
from app.settings import Limits

MOST_WELCOME: Final = 10_000

Known = TypeVar("Known")


@dataclass(slots=True)
class Visit:
    """A request that is being answered: it counts for its workspace once that is known, else its address."""

    caller: Caller
    workspace_id: int | None
    _place: ExitStack

    def move(self, workspace_id: int, places: Places) -> None:
        """It takes one of the workspace's places instead of the one that it had; raises TooOften."""
        self._place.close()
        self._place.enter_context(places.one(workspace_id))
        self.workspace_id = workspace_id


class Gate:
    """Keeps in memory what callers do; raises RATE_LIMITED where it is too much.

    An address from which wrong tokens came too often is heard no more, but with tokens that were right before.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._requests = Rates(limits.requests_per_second, limits.requests_in_a_burst)
        self._wrong_tokens = Rates(limits.wrong_tokens_per_minute / 60, limits.wrong_tokens_per_minute)
        self._at_once = Places(
            "requests", limits.requests_at_once, limits.requests_at_once_per_workspace, "workspace"
        )
        self._welcome: OrderedDict[str, int | None] = OrderedDict()

    def hear(self, caller: Caller) -> None:
        """A caller asks something; raises TooOften before anything was done for it."""
        if caller.key not in self._welcome and (seconds := self._wrong_tokens.wait(caller.address)):
            raise _too_often("Too many wrong tokens came from this address", seconds)
        if seconds := self._requests.take(caller.key):
            raise _too_often(f"This token may ask {self.limits.requests_per_second:,} times a second", seconds)

    @contextmanager
    def entered(self, caller: Caller) -> Iterator[Visit]:
        """The caller is being answered for as long as the context lasts; raises TooOften, or NotNow."""
        workspace_id = self._welcome.get(caller.key)
        with ExitStack() as place:
            place.enter_context(self._at_once.one(caller.address if workspace_id is None else workspace_id))
            yield Visit(caller, workspace_id, place)

    async def known(self, look_up: Callable[[], Awaitable[Known]], caller: Caller) -> Known:
        """Who asks, as `look_up` gives it; raises what that raises, and wrong tokens count."""
        try:
            found = await look_up()
        except RequestError as error:
            if error.code == "UNAUTHENTICATED":
                self._welcome.pop(caller.key, None)
                self._wrong_tokens.take(caller.address)
            raise
        self._welcome[caller.key] = workspace_of(found)
        self._welcome.move_to_end(caller.key)
        if len(self._welcome) > MOST_WELCOME:
            self._welcome.popitem(last=False)
        return found

    async def let_in(self, look_up: Callable[[], Awaitable[Known]], visit: Visit) -> Known:
        """As `known`; from now on the visit counts for the workspace. Raises TooOften as well."""
        found = await self.known(look_up, visit.caller)
        workspace_id = workspace_of(found)
        if workspace_id is not None and workspace_id != visit.workspace_id:
            visit.move(workspace_id, self._at_once)
        return found

    def deadline(self, caller: Caller) -> Deadline:
        """Until when one request of the caller's may take."""
        return begin(caller.asker(self._welcome.get(caller.key)), self.limits.request_seconds)


def workspace_of(known: object) -> int | None:
    """The workspace of who has been let in."""
    return getattr(known, "workspace_id", None)


def _too_often(what: str, seconds: float) -> TooOften:
    return TooOften(f"{what}; try again in {ceil(seconds)} s.", seconds)
