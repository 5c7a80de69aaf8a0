"""Whether the process lives, and whether it can serve."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.queries.migrations import is_up_to_date


async def live(_request: Request) -> Response:
    """200 for as long as the process answers at all."""
    return JSONResponse({"status": "live"})


async def ready(_request: Request) -> Response:
    """200 once PostgreSQL answers and every migration has been applied, else 503."""
    try:
        current = await is_up_to_date()
    except Exception:
        return JSONResponse({"status": "no database"}, status_code=503)
    return JSONResponse({"status": "ready"} if current else {"status": "migrate"}, 200 if current else 503)
