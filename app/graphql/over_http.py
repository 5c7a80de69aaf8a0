"""Serves GraphQL over HTTP: what comes in, what goes out, and which status it has."""

from functools import partial
from typing import Any, Final

import orjson
from graphql import OperationType
from starlette.types import ASGIApp, Receive, Scope, Send
from strawberry import Schema

from app.graphql.documents import Admitted
from app.graphql.execution import answer_of, executed
from app.graphql.faults import DocumentError, RequestError, entry, formatted, masked
from app.graphql.limits.guard import Authenticate, Guard
from app.graphql.media import LEGACY, MODERN, STREAM, Form, form_of
from app.graphql.repeats import HEADER, answered_once
from app.graphql.requests import Asked, Refusal, read_request, refusal
from app.graphql.socket.greeting import Acknowledged
from app.graphql.socket.operations import Operations
from app.graphql.sse import GraphQLOverEvents
from app.identity.callers import caller_of
from app.identity.gate import Visit, workspace_of
from app.identity.refusals import NotNow, TooOften
from app.identity.watch import Disconnected, TooLate, Watch
from app.queries.deadlines import Stopped
from app.queries.faults import unreachable
from app.telemetry.measures import note_refusals

STATUSES: Final = {
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "CONFLICT": 409,
    "RATE_LIMITED": 429,
    "INTERNAL_SERVER_ERROR": 500,
}

KEY: Final = HEADER.lower().encode()
BUSY_SECONDS: Final = 5  # until a caller may try again

Headers = tuple[tuple[bytes, bytes], ...]


class GraphQLOverHTTP:
    """The endpoint: an ASGI application for POST, and for GET of queries.

    `authenticate` takes the Authorization header and gives the context that resolvers see as `info.context`;
    it may raise RequestError. `page` answers a browser. The schema's own extensions and operation directives
    are not run, so a schema that has any is refused with ValueError.
    """

    def __init__(
        self,
        schema: Schema,
        authenticate: Authenticate,
        page: ASGIApp | None = None,
        guard: Guard | None = None,
    ) -> None:
        if schema.extensions or schema.directives:
            raise ValueError("This endpoint runs no schema extensions and no operation directives.")
        self.schema = schema._schema  # noqa: SLF001
        self.authenticate = authenticate
        self.page = page
        self.guard = guard or Guard(self.schema)
        self.events = GraphQLOverEvents(Operations(self.schema, authenticate, self.guard))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one HTTP request."""
        headers = dict(scope["headers"])
        accept = headers.get(b"accept", b"")
        if self.page is not None and scope["method"] == "GET" and b"text/html" in accept:
            await self.page(scope, receive, send)
            return
        form = form_of(accept.strip())
        media_type = LEGACY if form is None or form.media_type == STREAM else form.media_type
        try:
            if form is None:
                raise refusal(406, f"Answers are {MODERN.decode()}, {LEGACY.decode()} or {STREAM.decode()}.")
            answer = await self._served(form, headers, scope, receive, send)
        except Disconnected:
            return
        except (Refusal, RequestError) as error:
            refused = error if isinstance(error, Refusal) else _refusal_of(error)
            note_refusals(refused.errors)
            body = orjson.dumps({"errors": refused.errors})
            await _send(send, refused.status, media_type, body, refused.headers)
            return
        if answer is not None:
            status, payload = answer
            await _send(send, form.bad_request if status == 400 else status, media_type, payload)

    async def _served(
        self, form: Form, headers: dict[bytes, bytes], scope: Scope, receive: Receive, send: Send
    ) -> tuple[int, bytes] | None:
        """The status and the answer; None where it was told in events."""
        gate, is_get = self.guard.gate, scope["method"] == "GET"
        shown, key = _text(headers, b"authorization"), _text(headers, KEY)
        caller = caller_of(shown, (scope.get("client") or ("",))[0])
        gate.hear(caller)
        asked = await read_request(scope, receive, headers, self.guard.limits)
        with gate.entered(caller) as visit:
            async with Watch(gate.deadline(caller), receive):
                context = await self._context(shown, visit)
                if form.media_type != STREAM:
                    return await self._answer(asked, context, is_get, key)
            if is_get:
                self.events.check_get(asked)
            client = Acknowledged(shown, workspace_of(context), key)
            await self.events.answer(asked, client, context, receive, send)
        return None

    async def _context(self, shown: str | None, visit: Visit) -> Any:
        try:
            return await self.guard.gate.let_in(partial(self.authenticate, shown), visit)
        except (RequestError, Stopped):
            raise
        except Exception as error:
            raise Refusal(503 if unreachable(error) else 500, [masked(error)]) from error

    async def _answer(self, asked: Asked, context: Any, is_get: bool, key: str | None) -> tuple[int, bytes]:
        try:
            admitted = self.guard.documents.admit(asked)
        except DocumentError as refused:
            errors = [formatted(error) for error in refused.errors]
            note_refusals(errors)
            return _status(errors), orjson.dumps({"errors": errors})
        kind = admitted.operation.operation
        if kind is OperationType.SUBSCRIPTION:
            raise refusal(400, f"Subscriptions are answered over WebSocket, or as {STREAM.decode()}.")
        if is_get and kind is not OperationType.QUERY:
            raise refusal(405, "GET answers queries only; send mutations by POST.", ((b"allow", b"POST"),))
        try:
            return _dumped(
                await answered_once(key, admitted, asked, context, partial(self._run, admitted, asked, context))
            )
        except RequestError:
            raise
        except Exception as error:
            raise Refusal(500, [masked(error)]) from error

    async def _run(self, admitted: Admitted, asked: Asked, context: Any) -> dict[str, Any]:
        return answer_of(await executed(self.schema, admitted.document, asked, context), admitted.extensions)


def _dumped(answer: dict[str, Any]) -> tuple[int, bytes]:
    if "data" in answer:
        return 200, orjson.dumps(answer)
    return _status(answer["errors"]), orjson.dumps(answer)


def _status(errors: list[dict[str, Any]]) -> int:
    return max(STATUSES.get(error["extensions"]["code"], 400) for error in errors)


def _text(headers: dict[bytes, bytes], name: bytes) -> str | None:
    header = headers.get(name)
    return None if header is None else header.decode("latin-1")


def _refusal_of(error: RequestError) -> Refusal:
    status: int = STATUSES.get(error.code, 400)
    headers: Headers = ()
    match error:
        case TooLate(is_busy=True):
            status, headers = 503, _retry_after(BUSY_SECONDS)
        case TooLate():
            status = 504
        case TooOften():
            headers = _retry_after(error.seconds)
        case NotNow():
            status, headers = 503, _retry_after(error.seconds)
        case RequestError(code="UNAUTHENTICATED"):
            headers = ((b"www-authenticate", b"Bearer"),)
    return Refusal(status, [entry(error.code, error.message)], headers)


def _retry_after(seconds: int) -> Headers:
    return ((b"retry-after", str(seconds).encode()),)


async def _send(send: Send, status: int, media_type: bytes, body: bytes, more: Headers = ()) -> None:
    headers = [
        (b"content-type", media_type + b"; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *more,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
