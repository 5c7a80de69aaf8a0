"""What went wrong, as the response tells it: with a code always, and masked when it isn't the caller's doing."""

import secrets
from collections.abc import Iterable
from typing import Any

import structlog
from graphql import FieldNode, GraphQLError
from strawberry.exceptions import StrawberryInputCoercionError

log = structlog.get_logger()


class RequestError(Exception):
    """A refusal that the caller may read: a code of the API and a sentence. Resolvers raise it too."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


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


def entry(code: str, message: str) -> dict[str, Any]:
    return {"message": message, "extensions": {"code": code}}
