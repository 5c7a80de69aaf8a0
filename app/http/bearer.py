"""Who asks at a side door, by the token in the Authorization header; what they do there goes into the audit log."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from app.filters.ids import from_global
from app.http.answers import Endpoint, TurnedAway, told
from app.identity.refusals import NotLetIn
from app.queries.acts import Act
from app.queries.audit import recorded
from app.queries.tokens import Bearer
from app.telemetry.current import note_workspace

KINDS: Final = frozenset({"Import", "Export", "Segment"})
STATUSES: Final = {"UNAUTHENTICATED": 401, "FORBIDDEN": 403}

BearersEndpoint = Callable[[Request, Bearer], Awaitable[Response]]


def admitted(scope: str, act: str | None = None) -> Callable[[BearersEndpoint], Endpoint]:
    """An endpoint for those who have the scope; refusals and faults become answers.

    Where an act is named, each call by whoever is known goes into the audit log under that name.
    """

    def decorate(endpoint: BearersEndpoint) -> Endpoint:
        @told
        @wraps(endpoint)
        async def admitting(request: Request) -> Response:
            bearer = await bearer_of(request)
            if act is None:
                require(bearer, scope)
                return await endpoint(request, bearer)
            async with recorded(_act(request, bearer, act)) as recording:
                try:
                    require(bearer, scope)
                    return await endpoint(request, bearer)
                except TurnedAway as refused:
                    recording.problem = refused.code
                    raise

        return admitting

    return decorate


async def bearer_of(request: Request) -> Bearer:
    """Who sends the request; raises TurnedAway, with 401, or with 403 where the token opens nothing here."""
    try:
        bearer: Bearer = await request.app.state.porter.bearer(request.headers.get("authorization"))
    except NotLetIn as refused:
        status = STATUSES[refused.code]
        headers = {"www-authenticate": "Bearer"} if status == 401 else None
        raise TurnedAway(status, refused.code, refused.message, headers=headers) from None
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
