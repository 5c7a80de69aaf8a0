"""Who asks at a side door, by the token in the Authorization header; what they do there goes into the audit log."""

from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from functools import partial, wraps
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from app.filters.ids import from_global
from app.http.answers import Endpoint, TurnedAway, told
from app.http.visits import Counted, in_time
from app.identity.callers import caller_of
from app.identity.gate import Gate
from app.queries.acts import Act
from app.queries.audit import recorded
from app.queries.tokens import Bearer
from app.telemetry.current import note_workspace

KINDS: Final = frozenset({"Import", "Export", "Segment"})

BearersEndpoint = Callable[[Request, Bearer], Awaitable[Response]]


def admitted(
    scope: str, act: str | None = None, *, takes_body: bool = False
) -> Callable[[BearersEndpoint], Endpoint]:
    """An endpoint for those who have the scope; refusals and faults become answers.

    Where an act is named, each call by whoever is known goes into the audit log under that name. All that the
    endpoint does until it has an answer has to be done in time; one that `takes_body` sees to that by `in_time`.
    """

    def decorate(endpoint: BearersEndpoint) -> Endpoint:
        async def answering(request: Request) -> Response:
            async with in_time(request):
                bearer = await bearer_of(request)
                if not takes_body:
                    return await recording(request, bearer)
            return await recording(request, bearer)

        async def recording(request: Request, bearer: Bearer) -> Response:
            if act is None:
                require(bearer, scope)
                return await endpoint(request, bearer)
            async with recorded(_act(request, bearer, act)) as made:
                try:
                    require(bearer, scope)
                    return await endpoint(request, bearer)
                except TurnedAway as refused:
                    made.problem = refused.code
                    raise

        return told(wraps(endpoint)(partial(_visited, answering)))

    return decorate


async def _visited(answering: Endpoint, request: Request) -> Response:
    """The answer, whose request counts among those of its caller from now to its last byte."""
    gate: Gate = request.app.state.gate
    caller = caller_of(request.headers.get("authorization"), request.client.host if request.client else "")
    gate.hear(caller)
    with ExitStack() as places:
        request.state.visit = places.enter_context(gate.entered(caller))
        request.state.places = places
        response = await answering(request)
        return Counted(response, places.pop_all())


async def bearer_of(request: Request) -> Bearer:
    """Who sends the request; raises NotLetIn, TooOften and NotNow."""
    state = request.app.state
    look_up = partial(state.porter.bearer, request.headers.get("authorization"))
    bearer: Bearer = await state.gate.let_in(look_up, request.state.visit)
    note_workspace(bearer.workspace_id)
    return bearer


def require(bearer: Bearer, scope: str) -> None:
    """Raises TurnedAway with 403 where the bearer lacks the scope."""
    if not bearer.may(scope):
        raise TurnedAway(403, "FORBIDDEN", f'this token lacks the scope "{scope}"')


def _act(request: Request, bearer: Bearer, name: str) -> Act:
    found = from_global(request.path_params.get("id", ""))
    kind, number = found if found is not None and found[0] in KINDS else (None, None)
    return Act(bearer.workspace_id, bearer.actor, name, kind, number)
