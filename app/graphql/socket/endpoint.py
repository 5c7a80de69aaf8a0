"""The endpoint behind a WebSocket route: accepted, greeted, then spoken with, within its limits."""

from dataclasses import dataclass

from starlette.types import Receive, Scope, Send
from strawberry import Schema

from app.graphql.documents import Documents
from app.graphql.requests import MOST_BODY_BYTES
from app.graphql.socket.conversation import Conversation
from app.graphql.socket.greeting import Authenticate, greet
from app.graphql.socket.messages import Closing
from app.graphql.socket.operations import Operations
from app.graphql.socket.wire import Gone, Wire


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one socket may take: bytes of a message, operations at once, seconds before its greeting."""

    message_bytes: int = MOST_BODY_BYTES
    operations: int = 20
    greeting_seconds: float = 10.0


class GraphQLOverSocket:
    """An ASGI application for WebSockets, for queries and mutations as well as for subscriptions.

    `authenticate` is as for GraphQL over HTTP. It is asked anew for each operation and each event of a subscription,
    so that a token that was revoked opens nothing more, and the answer is as of the catalog of that moment.
    Whether a silent client still lives is for the ASGI server to find out, by pings of its own.
    """

    def __init__(
        self, schema: Schema, authenticate: Authenticate, documents: Documents, limits: Limits = Limits()
    ) -> None:
        self.operations = Operations(schema._schema, authenticate, documents)  # noqa: SLF001
        self.limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speaks with one client for as long as both sides will."""
        wire = Wire(receive, send, self.limits.message_bytes)
        try:
            await self._speak(scope, wire)
        except Closing as closing:
            await wire.close(closing)
        except Gone:
            return

    async def _speak(self, scope: Scope, wire: Wire) -> None:
        await wire.accept(scope["subprotocols"])
        header = dict(scope["headers"]).get(b"authorization")
        shown = None if header is None else header.decode("latin-1")
        client = await greet(wire, shown, self.operations.authenticate, self.limits.greeting_seconds)
        await Conversation(wire, client, self.operations, self.limits.operations).to_its_end()
