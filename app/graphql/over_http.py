"""Serves GraphQL over HTTP: what comes in, what goes out, and which status it has."""

import secrets
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson
import structlog
from graphql import ExecutionResult, FieldNode, GraphQLError, OperationType, execute
from starlette.types import ASGIApp, Receive, Scope, Send
from strawberry import Schema
from strawberry.exceptions import StrawberryInputCoercionError
from strawberry.execution import optimized_is_awaitable

from .completion import PlainExecution
from .documents import DocumentError, Documents

MODERN: Final = b"application/graphql-response+json"
LEGACY: Final = b"application/json"
MOST_BODY_BYTES: Final = 1_000_000
MOST_NESTING: Final = 64
STATUSES: Final = {
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "RATE_LIMITED": 429,
    "INTERNAL_SERVER_ERROR": 500,
}

log = structlog.get_logger()
Authenticate = Callable[[str | None], Awaitable[Any]]


class RequestError(Exception):
    """A refusal that the caller may read: a code of the API and a sentence. Resolvers raise it too."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Refusal(Exception):
    """An HTTP answer other than 200, with its errors and headers."""

    def __init__(
        self, status: int, errors: list[dict[str, Any]], headers: tuple[tuple[bytes, bytes], ...] = ()
    ) -> None:
        super().__init__(status)
        self.status = status
        self.errors = errors
        self.headers = headers


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the caller sent it."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None


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
        documents: Documents | None = None,
    ) -> None:
        if schema.extensions or schema.directives:
            raise ValueError("This endpoint runs no schema extensions and no operation directives.")
        self.schema = schema._schema  # noqa: SLF001
        self.authenticate = authenticate
        self.page = page
        self.documents = documents or Documents(self.schema)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one HTTP request."""
        headers = dict(scope["headers"])
        accept = headers.get(b"accept", b"")
        if self.page is not None and scope["method"] == "GET" and b"text/html" in accept:
            await self.page(scope, receive, send)
            return
        media_type = _media_type(accept)
        try:
            if media_type is None:
                raise _refusal(406, f"Answers are {MODERN.decode()} or {LEGACY.decode()}.")
            asked = await _asked(scope, receive, headers)
            context = await self._context(headers.get(b"authorization"))
            status, payload = await self._answer(asked, context, scope["method"] == "GET")
        except Disconnected:
            return
        except Refusal as refusal:
            body = orjson.dumps({"errors": refusal.errors})
            await _send(send, refusal.status, media_type or MODERN, body, refusal.headers)
            return
        if status == 400 and media_type == LEGACY:
            status = 200
        await _send(send, status, media_type, payload)

    async def _context(self, header: bytes | None) -> Any:
        try:
            return await self.authenticate(None if header is None else header.decode("latin-1"))
        except RequestError as error:
            challenge = ((b"www-authenticate", b"Bearer"),) if error.code == "UNAUTHENTICATED" else ()
            status = STATUSES.get(error.code, 400)
            raise Refusal(status, [_entry(error.code, error.message)], challenge) from None
        except Exception as error:
            raise Refusal(500, [masked(error)]) from error

    async def _answer(self, asked: Asked, context: Any, is_get: bool) -> tuple[int, bytes]:
        try:
            document = self.documents.read(asked.query)
            kind = document.operation(asked.operation_name).operation
        except DocumentError as refused:
            return 400, orjson.dumps({"errors": [formatted(error) for error in refused.errors]})
        if kind is OperationType.SUBSCRIPTION:
            raise _refusal(400, "Subscriptions are answered over WebSocket.")
        if is_get and kind is not OperationType.QUERY:
            raise _refusal(405, "GET answers queries only; send mutations by POST.", ((b"allow", b"POST"),))
        try:
            result: Any = execute(
                self.schema,
                document.node,
                context_value=context,
                variable_values=asked.variables,
                operation_name=asked.operation_name,
                executor_class=PlainExecution,
                is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
            )
            if not isinstance(result, ExecutionResult):
                result = await result
            return _dumped(result)
        except Exception as error:
            raise Refusal(500, [masked(error)]) from error


def _dumped(result: ExecutionResult) -> tuple[int, bytes]:
    errors = result.errors
    if not errors:
        return 200, orjson.dumps({"data": result.data})
    entries = [formatted(error) for error in errors]
    if result.data is None and all(error.path is None for error in errors):
        status = max(STATUSES.get(entry["extensions"]["code"], 400) for entry in entries)
        return status, orjson.dumps({"errors": entries})
    return 200, orjson.dumps({"errors": entries, "data": result.data})


def formatted(error: GraphQLError) -> dict[str, Any]:
    """An error as the response has it: with a code always, and masked when it isn't the caller's doing."""
    entry: dict[str, Any] = dict(error.formatted)
    origin = _origin(error)
    if isinstance(origin, RequestError):
        return entry | {"message": origin.message, "extensions": {"code": origin.code}}
    if _is_of_caller(error, origin):
        return entry | {"extensions": {"code": "BAD_USER_INPUT", **(error.extensions or {})}}
    return {**entry, **masked(origin, error.path)}


def _origin(error: BaseException) -> BaseException:
    while isinstance(error, GraphQLError) and error.original_error is not None:
        error = error.original_error
    return error


def _is_of_caller(error: GraphQLError, origin: BaseException) -> bool:
    """Whether graphql-core or Strawberry blames the request: a field's error does so by naming an argument."""
    if error.path is None or isinstance(origin, StrawberryInputCoercionError):
        return True
    if not isinstance(origin, GraphQLError):
        return False
    if "code" in (origin.extensions or {}):
        return True
    return bool(origin.nodes) and not any(isinstance(node, FieldNode) for node in origin.nodes or ())


def masked(error: BaseException, path: Iterable[str | int] | None = None) -> dict[str, Any]:
    """Logs a fault with its traceback under a new id, and gives the entry that tells the caller that id."""
    fault = secrets.token_hex(6)
    log.error("graphql_fault", id=fault, path=path, exc_info=error)
    message = f"Something went wrong on our side. Quote {fault} when you report it."
    return {"message": message, "extensions": {"code": "INTERNAL_SERVER_ERROR", "id": fault}}


def _entry(code: str, message: str) -> dict[str, Any]:
    return {"message": message, "extensions": {"code": code}}


def _refusal(status: int, message: str, headers: tuple[tuple[bytes, bytes], ...] = ()) -> Refusal:
    return Refusal(status, [_entry("BAD_USER_INPUT", message)], headers)


@lru_cache(maxsize=256)
def _media_type(accept: bytes) -> bytes | None:
    """The media type to answer with: the modern one unless the caller prefers the legacy one."""
    if not accept.strip():
        return MODERN
    weights: dict[bytes, float] = {}
    for part in accept.lower().split(b","):
        name, *parameters = [piece.strip() for piece in part.split(b";")]
        weights[name] = next((_weight(each[2:]) for each in parameters if each[:2] == b"q="), 1.0)
    anything = weights.get(b"application/*", weights.get(b"*/*", 0.0))
    modern, legacy = weights.get(MODERN, anything), weights.get(LEGACY, anything)
    if modern <= 0 and legacy <= 0:
        return None
    return MODERN if modern >= legacy else LEGACY


def _weight(text: bytes) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


async def _asked(scope: Scope, receive: Receive, headers: Mapping[bytes, bytes]) -> Asked:
    if scope["method"] == "POST":
        if not _is_json(headers.get(b"content-type", b"")):
            raise _refusal(415, "Send the request as application/json in UTF-8.")
        return _from_json(await _body(receive, headers.get(b"content-length")))
    if scope["method"] == "GET":
        return _from_query_string(scope["query_string"])
    raise _refusal(405, "Use POST, or GET for queries.", ((b"allow", b"GET, POST"),))


@lru_cache(maxsize=256)
def _is_json(content_type: bytes) -> bool:
    name, *parameters = [piece.strip() for piece in content_type.lower().split(b";")]
    charsets = [each[8:].strip(b'"') for each in parameters if each.startswith(b"charset=")]
    return name == b"application/json" and all(charset in (b"utf-8", b"utf8") for charset in charsets)


class Disconnected(Exception):
    """The caller went away before the request was complete."""


async def _body(receive: Receive, length: bytes | None) -> bytearray:
    if length is not None and length.isdigit() and int(length) > MOST_BODY_BYTES:
        raise _refusal(413, f"The request is larger than {MOST_BODY_BYTES:,} bytes.")
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        body += message.get("body", b"")
        if len(body) > MOST_BODY_BYTES:
            raise _refusal(413, f"The request is larger than {MOST_BODY_BYTES:,} bytes.")
        if not message.get("more_body", False):
            return body


def _from_json(body: bytearray) -> Asked:
    parameters = _loaded(body, "The request")
    if body.count(b"[") + body.count(b"{") > MOST_NESTING or b"u0000" in body:
        _check_values(parameters)
    return _from_parameters(parameters)


def _from_query_string(query_string: bytes) -> Asked:
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError:
        raise _refusal(400, "The query string is not percent-encoded UTF-8.") from None
    parameters: dict[str, Any] = dict(pairs)
    for name in ("variables", "extensions"):
        if text := parameters.pop(name, ""):
            parameters[name] = _loaded(text.encode(), f'"{name}"')
    _check_values(parameters)
    return _from_parameters(parameters)


def _loaded(text: bytes | bytearray, what: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise _refusal(400, f"{what} is not valid JSON: {error}.") from None


def _check_values(value: Any) -> None:
    """Refuses what is nested too deeply, and NUL characters, which PostgreSQL can't store."""
    level = [value]
    for _ in range(MOST_NESTING + 1):
        if any(isinstance(each, str) and "\0" in each for each in level):
            raise _refusal(400, "The request has a NUL character.")
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise _refusal(400, f"The request is nested deeper than {MOST_NESTING} levels.")


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return (*value, *value.values())
    return value if isinstance(value, list) else ()


def _from_parameters(parameters: Any) -> Asked:
    if not isinstance(parameters, dict):
        raise _refusal(400, 'The request must be a JSON object with a "query".')
    query, variables, name = (parameters.get(key) for key in ("query", "variables", "operationName"))
    if not isinstance(query, str) or not query.strip():
        raise _refusal(400, '"query" must be the text of a GraphQL document.')
    if variables is not None and not isinstance(variables, dict):
        raise _refusal(400, '"variables" must be a JSON object.')
    if name is not None and not isinstance(name, str):
        raise _refusal(400, '"operationName" must be a text.')
    if not isinstance(parameters.get("extensions"), (dict, type(None))):
        raise _refusal(400, '"extensions" must be a JSON object.')
    return Asked(query, variables, name or None)


async def _send(
    send: Send, status: int, media_type: bytes, body: bytes, more: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    headers = [
        (b"content-type", media_type + b"; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *more,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
