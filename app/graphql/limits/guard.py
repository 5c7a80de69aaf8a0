"""What all doors of GraphQL of a process share: their documents, and how much each caller may ask and keep open."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from graphql import GraphQLSchema

from app.graphql.documents import Documents
from app.graphql.faults import DocumentError
from app.graphql.limits.trusted import BadManifest, Trusted, read_manifest
from app.identity.callers import Caller
from app.identity.gate import Gate
from app.identity.places import Places
from app.settings import USUAL_LIMITS, Limits, Settings

Authenticate = Callable[[str | None], Awaitable[Any]]


class Guard:
    """The documents that may run, the gate that all doors share, and what is kept open beyond a request."""

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
        self.gate = Gate(limits)
        self.sockets = Places("sockets", limits.sockets, limits.sockets)
        self._subscriptions = Places("subscriptions", limits.subscriptions, limits.subscriptions_per_token)
        self._of_tokens = Places("sockets", limits.sockets, limits.sockets_per_token)
        self._of_workspaces = Places("sockets", limits.sockets, limits.sockets_per_workspace, "workspace")
        self._subscriptions_of_workspaces = Places(
            "subscriptions", limits.subscriptions, limits.subscriptions_per_workspace, "workspace"
        )

    @contextmanager
    def connected(self, caller: Caller, workspace_id: int | None) -> Iterator[None]:
        """Who has one of the sockets is known by now, for as long as the context lasts; raises TooOften."""
        with self._of_tokens.one(self.gate.owner(caller)), self._of_workspaces.one(workspace_id):
            yield

    @contextmanager
    def subscribed(self, caller: Caller, workspace_id: int | None) -> Iterator[None]:
        """The caller has a subscription for as long as the context lasts; raises TooOften, or NotNow."""
        with self._subscriptions.one(self.gate.owner(caller)), self._subscriptions_of_workspaces.one(workspace_id):
            yield


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
