"""What went wrong, as the response tells it: with a code always, and masked when it isn't the caller's doing."""

import secrets
from collections.abc import Iterable
from traceback import extract_tb
from typing import Any

import structlog
from asyncpg import (
    CannotConnectNowError,
    DeadlockDetectedError,
    InterfaceError,
    PostgresConnectionError,
    QueryCanceledError,
    SerializationError,
)
from graphql import FieldNode, GraphQLError
from strawberry.exceptions import StrawberryInputCoercionError

log = structlog.get_logger()

_BUSY = ("CONFLICT", "Somebody else changed the same contacts at the same moment; send this again.")
_TOLD: dict[type[BaseException], tuple[str, str]] = {
    QueryCanceledError: ("QUERY_TOO_COMPLEX", "This took too long and was stopped; ask for less at once."),
    DeadlockDetectedError: _BUSY,
    SerializationError: _BUSY,
}


class RequestError(Exception):
    """A refusal that the caller may read: a code of the API and a sentence. Resolvers raise it too."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def formatted(error: GraphQLError) -> dict[str, Any]:
    """An error as the response has it: with a code always, and masked when it isn't the caller's doing."""
    told: dict[str, Any] = dict(error.formatted)
    origin = _origin(error)
    if isinstance(origin, RequestError):
        return told | entry(origin.code, origin.message)
    if type(origin) in _TOLD:
        return told | entry(*_TOLD[type(origin)])
    if _is_of_caller(error, origin):
        return told | {"extensions": {"code": "BAD_USER_INPUT", **(error.extensions or {})}}
    return {**told, **masked(origin, error.path)}


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
    """Logs a fault under a new id, and gives the entry that tells the caller that id."""
    fault = secrets.token_hex(6)
    log.error("graphql_fault", id=fault, path=path, **_told(error))
    gone = "The database can't be reached just now; try again soon."
    what = gone if unreachable(error) else "Something went wrong on our side."
    message = f"{what} Quote {fault} when you report it."
    return {"message": message, "extensions": {"code": "INTERNAL_SERVER_ERROR", "id": fault}}


def unreachable(error: BaseException) -> bool:
    """Whether PostgreSQL is what failed: gone, or not taking connections."""
    return isinstance(error, OSError | PostgresConnectionError | CannotConnectNowError | InterfaceError)


def _told(error: BaseException) -> dict[str, Any]:
    """What the log may know of a fault: its kind and its place, but no value, which could be anybody's address."""
    frames = extract_tb(error.__traceback__)
    where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return {"kind": type(error).__qualname__, "sqlstate": getattr(error, "sqlstate", None), "where": where}


def entry(code: str, message: str) -> dict[str, Any]:
    return {"message": message, "extensions": {"code": code}}
