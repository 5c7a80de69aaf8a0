"""What all doors of GraphQL of a process share: their documents, and how much each caller may ask and keep open."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import blake2b
from math import ceil
from typing import Any, Final

from graphql import GraphQLSchema

from app.graphql.documents import Documents
from app.graphql.faults import DocumentError, RequestError
from app.graphql.limits.places import Places
from app.graphql.limits.rates import Rates
from app.graphql.limits.trusted import BadManifest, Trusted, read_manifest
from app.queries.deadlines import Deadline, begin
from app.settings import USUAL_LIMITS, Limits, Settings

Authenticate = Callable[[str | None], Awaitable[Any]]

MOST_WELCOME: Final = 10_000


class TooOften(RequestError):
    """The caller has to wait so many seconds."""

    def __init__(self, what: str, seconds: float) -> None:
        self.seconds = ceil(seconds)
        super().__init__("RATE_LIMITED", f"{what}; try again in {self.seconds} s.")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a digest of the token that was shown, and the address that it came from."""

    key: str
    address: str


def caller_of(authorization: str | None, address: str = "") -> Caller:
    """The caller with this Authorization header. However its token is written there, it is the same caller."""
    shown = (authorization or "").split()[-1:] or [""]
    return Caller(blake2b(shown[0].encode(), digest_size=16).hexdigest(), address)


class Guard:
    """Counts and keeps in memory what callers do; raises RATE_LIMITED where it is too much.

    An address from which wrong tokens came too often is heard no more, but with tokens that were right before.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        limits: Limits = USUAL_LIMITS,
        trusted: Trusted | None = None,
        *,
        is_open: bool = True,
    ) -> None:
        self.limits = limits
        kept = 500 if trusted is None else 500 + len(trusted.documents)
        self.documents = Documents(schema, limits, kept, trusted=trusted, is_open=is_open)
        self.sockets = Places("sockets", limits.sockets, limits.sockets)
        self.sockets_of_tokens = Places("sockets", limits.sockets, limits.sockets_per_token)
        self.subscriptions = Places("subscriptions", limits.subscriptions, limits.subscriptions_per_token)
        self._requests = Rates(limits.requests_per_second, limits.requests_in_a_burst)
        self._wrong_tokens = Rates(limits.wrong_tokens_per_minute / 60, limits.wrong_tokens_per_minute)
        self._welcome: OrderedDict[str, None] = OrderedDict()

    def hear(self, caller: Caller) -> None:
        """A caller asks something; raises TooOften before anything was done for it."""
        if caller.key not in self._welcome and (seconds := self._wrong_tokens.wait(caller.address)):
            raise TooOften("Too many wrong tokens came from this address", seconds)
        if seconds := self._requests.take(caller.key):
            raise TooOften(f"This token may ask {self.limits.requests_per_second:,} times a second", seconds)

    async def known(self, authenticate: Authenticate, shown: str | None, caller: Caller) -> Any:
        """What `authenticate` gives for the Authorization header; raises what that raises; wrong tokens count."""
        try:
            context = await authenticate(shown)
        except RequestError as error:
            if error.code == "UNAUTHENTICATED":
                self._welcome.pop(caller.key, None)
                self._wrong_tokens.take(caller.address)
            raise
        self._welcome[caller.key] = None
        self._welcome.move_to_end(caller.key)
        if len(self._welcome) > MOST_WELCOME:
            self._welcome.popitem(last=False)
        return context

    def deadline(self, caller: Caller) -> Deadline:
        """Until when one request of the caller's may take."""
        return begin(caller.key, self.limits.request_seconds)


def guard_of(schema: GraphQLSchema, settings: Settings) -> Guard:
    """The guard that the settings ask for. Raises BadManifest, also for a document that can't be executed."""
    trusted = None if settings.documents is None else read_manifest(settings.documents)
    guard = Guard(schema, settings.limits, trusted, is_open=settings.introspection)
    for id, text in trusted.documents.items() if trusted else ():
        try:
            guard.documents.read(text)
        except DocumentError as refused:
            raise BadManifest(f"The document {id} of {settings.documents} can't be executed: {refused}") from None
    return guard
