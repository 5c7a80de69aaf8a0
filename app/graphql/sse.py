"""GraphQL over server-sent events, a connection an operation: for clients that can't hold a socket."""

import asyncio
from contextlib import aclosing
from typing import Any, Final

import orjson
from graphql import OperationType
from starlette.types import Receive, Send

from app.graphql.faults import DocumentError
from app.graphql.media import STREAM
from app.graphql.requests import Asked, refusal
from app.graphql.socket.greeting import Acknowledged
from app.graphql.socket.operations import Operations, entries_of
from app.graphql.socket.wire import Gone

SECONDS_BETWEEN_SIGNS: Final = 12.0  # proxies hang up on what is silent for longer, often 30 or 60 seconds
STALL_SECONDS = 30.0  # after which a reader that takes nothing is left
SIGN_OF_LIFE: Final = b":\n\n"
COMPLETE: Final = b"event: complete\ndata:\n\n"
HEADERS: Final = [
    (b"content-type", STREAM + b"; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class GraphQLOverEvents:
    """Answers an operation of any kind by `next` events and one `complete`; what is wrong with it is a `next`, too.

    When the client hangs up, the operation is ended at once. Between events a comment says that the server lives.
    """

    def __init__(self, operations: Operations, seconds_between_signs: float = SECONDS_BETWEEN_SIGNS) -> None:
        self._operations = operations
        self._seconds_between_signs = seconds_between_signs

    def check_get(self, asked: Asked) -> None:
        """Raises Refusal where a GET asks for a change."""
        try:
            operation = self._operations.documents.admit(asked).operation
        except DocumentError:
            return  # is told by an event
        if operation.operation is OperationType.MUTATION:
            raise refusal(405, "GET answers no mutations; send them by POST.", ((b"allow", b"POST"),))

    async def answer(self, asked: Asked, client: Acknowledged, context: Any, receive: Receive, send: Send) -> None:
        """Tell all that an operation answers, for a client that was let in with a context."""
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        telling = self._tell(asked, client, context, send)
        tasks = [asyncio.create_task(each) for each in (telling, self._give_signs(send), _left(receive))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _tell(self, asked: Asked, client: Acknowledged, context: Any, send: Send) -> None:
        try:
            async with aclosing(self._operations.answers(asked, client, context)) as answers:
                async for answer in answers:
                    await _put(send, _next(answer))
        except Gone:
            return
        except Exception as error:
            await _put(send, _next({"errors": entries_of(error)}))
        await _put(send, COMPLETE)
        await send({"type": "http.response.body"})

    async def _give_signs(self, send: Send) -> None:
        while True:
            await asyncio.sleep(self._seconds_between_signs)
            await _put(send, SIGN_OF_LIFE)


def _next(answer: dict[str, Any]) -> bytes:
    return b"event: next\ndata: " + orjson.dumps(answer) + b"\n\n"


async def _put(send: Send, piece: bytes) -> None:
    try:
        async with asyncio.timeout(STALL_SECONDS):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
    except TimeoutError:
        raise Gone from None


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
