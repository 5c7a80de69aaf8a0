"""What the side doors answer when they can't do what was asked: `{"errors": [{code, message, path}]}`."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from errno import EDQUOT, ENOSPC
from functools import wraps
from typing import Any

import orjson
from asyncpg import QueryCanceledError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from app.filters.ids import from_global
from app.filters.problems import Code, Problem, Refused
from app.identity.refusals import NotNow, RequestError, TooOften
from app.identity.watch import TooLate
from app.queries.deadlines import Stopped
from app.queries.faults import fault_message, note_fault, unreachable
from app.telemetry.measures import note_refusals

Endpoint = Callable[[Request], Awaitable[Response]]

_STATUSES = {Code.NOT_FOUND: 404, Code.TAKEN: 409, Code.IN_USE: 409, Code.TOO_LARGE: 413, Code.NO_ROOM: 507}
_STATUSES_OF_CALLERS = {"UNAUTHENTICATED": 401, "FORBIDDEN": 403, "RATE_LIMITED": 429}
BUSY_SECONDS = 5


class TurnedAway(Exception):
    """An answer other than the one asked for: its status, a code, a sentence for the caller, and headers."""

    def __init__(
        self, status: int, code: str, message: str, path: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.path = path
        self.headers = headers


def told(endpoint: Endpoint) -> Endpoint:
    """An endpoint whose refusals and faults become answers, up to the first byte of its own."""

    @wraps(endpoint)
    async def telling(request: Request) -> Response:
        try:
            return await endpoint(request)
        except Exception as error:
            return answer_to(error)

    return telling


def answer_to(error: Exception) -> Response:
    """What a caller is told of a refusal or a fault; a fault is noted in the log."""
    match error:
        case Refused():
            return errors(_STATUSES.get(error.problems[0].code, 400), map(_entry, error.problems))
        case RequestError():
            return _refused(error)
        case TurnedAway():
            return errors(error.status, [entry(error.code, error.message, error.path)], error.headers)
        case ClientDisconnect():
            return Response(status_code=400)  # nobody reads it
        case QueryCanceledError() | Stopped():
            message = "this took too long and was stopped; ask for less at once"
            return errors(400, [entry("QUERY_TOO_COMPLEX", message)])
        case OSError() if error.errno in (ENOSPC, EDQUOT):
            message = "the disk of the server is full; nothing was kept, so try again when there is room"
            return errors(507, [entry(Code.NO_ROOM.value, message)])
        case _:
            message = fault_message(error, note_fault("http_fault", error))
            return errors(503 if unreachable(error) else 500, [entry("INTERNAL_SERVER_ERROR", message)])


def errors(status: int, entries: Iterable[dict[str, str]], headers: Mapping[str, str] | None = None) -> Response:
    """The answer with these problems; never to be cached."""
    entries = list(entries)
    note_refusals(entries)
    return answer({"errors": entries}, status, headers)


def answer(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer in JSON; never to be cached."""
    return Response(orjson.dumps(body), status, {"cache-control": "no-store", **(headers or {})}, "application/json")


def number_in_path(request: Request, kind: str) -> int:
    """The number within the opaque id in the path; raises TurnedAway with 404 where it is none of this kind."""
    found = from_global(request.path_params["id"])
    if found is None or found[0] != kind:
        raise TurnedAway(404, "NOT_FOUND", f"there is no such {kind.lower()}", "id")
    return found[1]


def entry(code: str, message: str, path: str = "") -> dict[str, str]:
    """One problem as an answer has it."""
    return {"code": code, "message": message, "path": path}


def _refused(error: RequestError) -> Response:
    status, headers = _STATUSES_OF_CALLERS.get(error.code, 400), {}
    match error:
        case TooLate():
            status = 503 if error.is_busy else 504
            headers = {"retry-after": str(BUSY_SECONDS)} if error.is_busy else {}
        case TooOften() | NotNow():
            status = 429 if isinstance(error, TooOften) else 503
            headers = {"retry-after": str(error.seconds)}
        case RequestError(code="UNAUTHENTICATED"):
            headers = {"www-authenticate": "Bearer"}
    return errors(status, [entry(error.code, error.message)], headers)


def _entry(problem: Problem) -> dict[str, str]:
    return entry(problem.code.value, problem.message, problem.path)
