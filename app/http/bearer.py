"""Who asks at a side door, by the token in the Authorization header."""

from starlette.requests import Request

from app.http.answers import TurnedAway
from app.queries.tokens import Bearer, find_bearer
from app.telemetry.current import note_workspace


async def bearer_of(request: Request, *scopes: str) -> Bearer:
    """Who sends the request; raises TurnedAway, with 401, or with 403 where the token has none of the scopes."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if not token:
        raise _unknown("send a token: `Authorization: Bearer pilah_…`")
    bearer = await find_bearer(token.strip()) if kind.lower() == "bearer" else None
    if bearer is None:
        raise _unknown("this token is wrong or was revoked")
    note_workspace(bearer.workspace_id)
    if not any(bearer.may(scope) for scope in scopes):
        wanted = " or ".join(f'"{scope}"' for scope in scopes)
        raise TurnedAway(403, "FORBIDDEN", f"this token lacks the scope {wanted}")
    return bearer


def _unknown(message: str) -> TurnedAway:
    return TurnedAway(401, "UNAUTHENTICATED", message, headers={"www-authenticate": "Bearer"})
