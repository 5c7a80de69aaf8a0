"""The endpoint behind a WebSocket route: accepted, greeted, then spoken with, within its limits."""

from functools import partial
from typing import Any, Final

from starlette.types import Receive, Scope, Send
from strawberry import Schema

from app.graphql.faults import RequestError
from app.graphql.limits.guard import Authenticate, Guard
from app.graphql.socket.conversation import Conversation
from app.graphql.socket.greeting import Acknowledged, greet
from app.graphql.socket.messages import CloseCode, Closing
from app.graphql.socket.operations import Operations
from app.graphql.socket.wire import Gone, Wire
from app.identity.callers import caller_of
from app.identity.watch import Watch

CROWDED_SECONDS: Final = 1.0


class GraphQLOverSocket:
    """An ASGI application for WebSockets, for queries and mutations as well as for subscriptions.

    `authenticate` is as for GraphQL over HTTP. It is asked anew for each operation and each event of a subscription,
    so that a token that was revoked opens nothing more, and the answer is as of the catalog of that moment.
    Whether a silent client still lives is for the ASGI server to find out, by pings of its own.
    """

    def __init__(self, schema: Schema, authenticate: Authenticate, guard: Guard) -> None:
        self.operations = Operations(schema._schema, authenticate, guard)  # noqa: SLF001
        self.guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speaks with one client for as long as both sides will."""
        wire = Wire(receive, send, self.guard.limits.body_bytes)
        try:
            await self._speak(scope, wire)
        except Closing as closing:
            await wire.close(closing)
        except Gone:
            return

    async def _speak(self, scope: Scope, wire: Wire) -> None:
        await wire.accept(scope["subprotocols"])
        try:
            with self.guard.sockets.one(""):
                client = await self._greeted(scope, wire)
                with self.guard.connected(caller_of(client.authorization), client.workspace_id):
                    most = self.guard.limits.socket_operations
                    await Conversation(wire, client, self.operations, most).to_its_end()
        except RequestError as error:
            raise Closing(CloseCode.TRY_AGAIN, error.message) from None

    async def _greeted(self, scope: Scope, wire: Wire) -> Acknowledged:
        header = dict(scope["headers"]).get(b"authorization")
        shown = None if header is None else header.decode("latin-1")
        address = (scope.get("client") or ("",))[0]

        async def authenticate(authorization: str | None) -> Any:
            caller = caller_of(authorization, address)
            self.guard.gate.hear(caller)
            async with Watch(self.guard.gate.deadline(caller)):
                return await self.guard.gate.known(partial(self.operations.authenticate, authorization), caller)

        return await greet(wire, shown, authenticate, self._patience())

    def _patience(self) -> float:
        """The seconds for a greeting: few where silent clients may keep others out."""
        limits = self.guard.limits
        is_crowded = self.guard.sockets.taken > limits.sockets / 2
        return min(limits.greeting_seconds, CROWDED_SECONDS) if is_crowded else limits.greeting_seconds
