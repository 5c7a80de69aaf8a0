"""What went wrong, as the response tells it: with a code always, and masked when it isn't the caller's doing."""

from collections.abc import Iterable
from typing import Any

from asyncpg import DeadlockDetectedError, QueryCanceledError, SerializationError
from graphql import FieldNode, GraphQLError
from strawberry.exceptions import StrawberryInputCoercionError

from app.identity.refusals import RequestError as RequestError
from app.queries.deadlines import Stopped
from app.queries.faults import fault_message, note_fault

_BUSY = ("CONFLICT", "Somebody else changed the same contacts at the same moment; send this again.")
_TOO_LONG = ("QUERY_TOO_COMPLEX", "This took too long and was stopped; ask for less at once.")
_TOLD: dict[type[BaseException], tuple[str, str]] = {
    QueryCanceledError: _TOO_LONG,
    Stopped: _TOO_LONG,
    DeadlockDetectedError: _BUSY,
    SerializationError: _BUSY,
}


class DocumentError(Exception):
    """A document can't be executed; `errors` say why, ready for the response."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


def refused_document(code: str, message: str, **more: Any) -> DocumentError:
    """The refusal of a document, with one error of this code; `more` stands beside the code."""
    return DocumentError([GraphQLError(message, extensions={"code": code, **more})])


def too_complex(message: str, **more: Any) -> DocumentError:
    """The refusal of a document that asks too much."""
    return refused_document("QUERY_TOO_COMPLEX", message, **more)


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


def is_fault(error: GraphQLError) -> bool:
    """Whether an error is our doing, so that its caller is told no more of it than its id."""
    origin = _origin(error)
    return not (isinstance(origin, RequestError) or type(origin) in _TOLD or _is_of_caller(error, origin))


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
    fault = note_fault("graphql_fault", error, path=path)
    return {
        "message": fault_message(error, fault),
        "extensions": {"code": "INTERNAL_SERVER_ERROR", "id": fault},
    }


def entry(code: str, message: str) -> dict[str, Any]:
    return {"message": message, "extensions": {"code": code}}
