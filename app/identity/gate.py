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
from app.queries.tokens import Bearer
from app.settings import Limits

MOST_WELCOME: Final = 10_000
SECONDS_OF_A_BURST: Final = 10

Known = TypeVar("Known")


@dataclass(frozen=True, slots=True)
class Welcome:
    """What is known of a token that was right: its workspace, and by what all are counted that are of one owner."""

    workspace_id: int | None
    owner: str


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

    An address from which wrong tokens came too often is heard no more, but with tokens that were right before, and
    with some that are written as a token is, for they are looked up. Whoever renews a token counts as before.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._requests = Rates(limits.requests_per_second, limits.requests_in_a_burst)
        self._wrong_tokens = Rates(limits.wrong_tokens_per_minute / 60, limits.wrong_tokens_per_minute)
        self._unknown_tokens = Rates(
            limits.unknown_tokens_per_second, SECONDS_OF_A_BURST * limits.unknown_tokens_per_second
        )
        self._at_once = Places(
            "requests", limits.requests_at_once, limits.requests_at_once_per_workspace, "workspace"
        )
        self._welcome: OrderedDict[str, Welcome] = OrderedDict()

    def hear(self, caller: Caller) -> None:
        """A caller asks something; raises TooOften before anything was done for it."""
        welcome = self._welcome.get(caller.key)
        if welcome is not None:
            self._count(welcome)
        elif caller.may_be_known and (seconds := self._unknown_tokens.take(caller.address)):
            raise _too_often("Too many tokens that this server hasn't seen came from this address", seconds)
        elif not caller.may_be_known and (seconds := self._wrong_tokens.wait(caller.address)):
            raise _too_often("Too many wrong tokens came from this address", seconds)

    @contextmanager
    def entered(self, caller: Caller) -> Iterator[Visit]:
        """The caller is being answered for as long as the context lasts; raises TooOften, or NotNow."""
        welcome = self._welcome.get(caller.key)
        workspace_id = None if welcome is None else welcome.workspace_id
        with ExitStack() as place:
            place.enter_context(self._at_once.one(caller.address if workspace_id is None else workspace_id))
            yield Visit(caller, workspace_id, place)

    async def known(self, look_up: Callable[[], Awaitable[Known]], caller: Caller) -> Known:
        """Who asks, as `look_up` gives it; raises what that raises, where wrong tokens count, and TooOften."""
        was_welcome = caller.key in self._welcome
        try:
            found = await look_up()
        except RequestError as error:
            if error.code == "UNAUTHENTICATED":
                self._welcome.pop(caller.key, None)
                self._wrong_tokens.take(caller.address)
            raise
        welcome = Welcome(workspace_of(found), _owner(found) or caller.key)
        self._keep(caller, welcome)
        if not was_welcome:
            self._count(welcome)
        return found

    async def let_in(self, look_up: Callable[[], Awaitable[Known]], visit: Visit) -> Known:
        """As `known`; from now on the visit counts for the workspace. Raises TooOften as well."""
        found = await self.known(look_up, visit.caller)
        workspace_id = workspace_of(found)
        if workspace_id is not None and workspace_id != visit.workspace_id:
            visit.move(workspace_id, self._at_once)
        return found

    def owner(self, caller: Caller) -> str:
        """By what is counted who shows the token, once it is known; before that each token counts for itself."""
        welcome = self._welcome.get(caller.key)
        return caller.key if welcome is None else welcome.owner

    def deadline(self, caller: Caller) -> Deadline:
        """Until when one request of the caller's may take."""
        welcome = self._welcome.get(caller.key)
        asker = caller.asker() if welcome is None else caller.asker(welcome.owner, welcome.workspace_id)
        return begin(asker, self.limits.request_seconds)

    def _count(self, welcome: Welcome) -> None:
        if seconds := self._requests.take(welcome.owner):
            raise _too_often(f"This token may ask {self.limits.requests_per_second:,} times a second", seconds)

    def _keep(self, caller: Caller, welcome: Welcome) -> None:
        self._welcome[caller.key] = welcome
        self._welcome.move_to_end(caller.key)
        if len(self._welcome) > MOST_WELCOME:
            self._welcome.popitem(last=False)


def workspace_of(known: object) -> int | None:
    """The workspace of who has been let in."""
    return getattr(known, "workspace_id", None)


def _owner(known: object) -> str:
    """One token of ours, or one subject of an identity provider, of one workspace; nothing of who is neither."""
    bearer = getattr(known, "bearer", known)
    if not isinstance(bearer, Bearer):
        return ""
    actor = bearer.actor
    return f"{bearer.workspace_id} {actor.kind.value} {actor.token_id or actor.subject}"


def _too_often(what: str, seconds: float) -> TooOften:
    return TooOften(f"{what}; try again in {ceil(seconds)} s.", seconds)
