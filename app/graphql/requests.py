"""Reads a GraphQL request out of HTTP, and refuses what isn't one."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson
from starlette.types import Receive, Scope

from app.graphql.faults import entry
from app.identity.watch import Disconnected
from app.settings import USUAL_LIMITS, Limits

MOST_BODY_BYTES: Final = USUAL_LIMITS.body_bytes


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
    """One request as the caller sent it; `query` may be empty where there is a `document_id`."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None
    document_id: str | None = None


def refusal(status: int, message: str, headers: tuple[tuple[bytes, bytes], ...] = ()) -> Refusal:
    """A refusal with one error, which blames the caller."""
    return Refusal(status, [entry("BAD_USER_INPUT", message)], headers)


async def read_request(
    scope: Scope, receive: Receive, headers: Mapping[bytes, bytes], limits: Limits = USUAL_LIMITS
) -> Asked:
    """What a POST or a GET asks; raises Refusal, or Disconnected."""
    if scope["method"] == "POST":
        if not _is_json(headers.get(b"content-type", b"")):
            raise refusal(415, "Send the request as application/json in UTF-8.")
        try:
            async with asyncio.timeout(limits.body_seconds):
                body = await _body(receive, headers.get(b"content-length"), limits.body_bytes)
        except TimeoutError:
            raise refusal(408, f"The request was not complete within {limits.body_seconds:g} seconds.") from None
        return _from_json(body, limits.nesting)
    if scope["method"] == "GET":
        return _from_query_string(scope["query_string"], limits.nesting)
    raise refusal(405, "Use POST, or GET for queries.", ((b"allow", b"GET, POST"),))


@lru_cache(maxsize=256)
def _is_json(content_type: bytes) -> bool:
    name, *parameters = [piece.strip() for piece in content_type.lower().split(b";")]
    charsets = [each[8:].strip(b'"') for each in parameters if each.startswith(b"charset=")]
    return name == b"application/json" and all(charset in (b"utf-8", b"utf8") for charset in charsets)


async def _body(receive: Receive, length: bytes | None, most: int) -> bytearray:
    if length is not None and length.isdigit() and int(length) > most:
        raise refusal(413, f"The request is larger than {most:,} bytes.")
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        body += message.get("body", b"")
        if len(body) > most:
            raise refusal(413, f"The request is larger than {most:,} bytes.")
        if not message.get("more_body", False):
            return body


def _from_json(body: bytearray, nesting: int) -> Asked:
    parameters = _loaded(body, "The request")
    if body.count(b"[") + body.count(b"{") > nesting or b"u0000" in body:
        check_values(parameters, nesting)
    return read_parameters(parameters)


def _from_query_string(query_string: bytes, nesting: int) -> Asked:
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError:
        raise refusal(400, "The query string is not percent-encoded UTF-8.") from None
    parameters: dict[str, Any] = dict(pairs)
    for name in ("variables", "extensions"):
        if text := parameters.pop(name, ""):
            parameters[name] = _loaded(text.encode(), f'"{name}"')
    check_values(parameters, nesting)
    return read_parameters(parameters)


def _loaded(text: bytes | bytearray, what: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise refusal(400, f"{what} is not valid JSON: {error}.") from None


def check_values(value: Any, nesting: int = USUAL_LIMITS.nesting) -> None:
    """Raises Refusal for what is nested too deeply, and for NUL characters, which PostgreSQL can't store."""
    level = [value]
    for _ in range(nesting + 1):
        if any(isinstance(each, str) and "\0" in each for each in level):
            raise refusal(400, "The request has a NUL character.")
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise refusal(400, f"The request is nested deeper than {nesting} levels.")


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return (*value, *value.values())
    return value if isinstance(value, list) else ()


def read_parameters(parameters: Any) -> Asked:
    """What a request asks, out of its JSON; raises Refusal where that has another shape."""
    if not isinstance(parameters, dict):
        raise refusal(400, 'The request must be a JSON object with a "query".')
    query, variables, name = (parameters.get(key) for key in ("query", "variables", "operationName"))
    document_id = _document_id(parameters)
    if query is None and document_id is not None:
        query = ""
    elif not isinstance(query, str) or not query.strip():
        raise refusal(400, '"query" must be the text of a GraphQL document.')
    if variables is not None and not isinstance(variables, dict):
        raise refusal(400, '"variables" must be a JSON object.')
    if name is not None and not isinstance(name, str):
        raise refusal(400, '"operationName" must be a text.')
    if not isinstance(parameters.get("extensions"), (dict, type(None))):
        raise refusal(400, '"extensions" must be a JSON object.')
    return Asked(query, variables, name or None, document_id)


def _document_id(parameters: dict[str, Any]) -> str | None:
    """The id by which a trusted document is asked for, as the specification's draft or Apollo Client sends it."""
    match parameters:
        case {"documentId": str(id)} | {"extensions": {"persistedQuery": {"sha256Hash": str(id)}}} if id:
            return id
    return None
