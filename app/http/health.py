"""Whether the process lives, and whether it can serve."""

import asyncio

from asyncpg import PostgresError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.queries.migrations import is_up_to_date
from app.telemetry.measures import READY

PATIENCE_SECONDS = 1.0


async def live(_request: Request) -> Response:
    """200 for as long as the process answers at all."""
    return JSONResponse({"status": "live"})


async def ready(request: Request) -> Response:
    """200 where requests should come here, else 503 with a reason."""
    reason = "the server is stopping" if is_draining(request) else await _why_not()
    READY.set(reason is None)
    if reason is None:
        return JSONResponse({"status": "ready"})
    return JSONResponse({"status": "not ready", "reason": reason}, status_code=503)


def is_draining(request: Request) -> bool:
    """Whether the server has been told to stop."""
    return getattr(request.app.state, "is_draining", False)


async def _why_not() -> str | None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            current = await is_up_to_date()
    except TimeoutError:
        return f"PostgreSQL had no answer, or the pool no connection, within {PATIENCE_SECONDS:g} s"
    except PostgresError as error:
        return f"PostgreSQL refuses, by SQLSTATE {error.sqlstate}"
    except Exception:
        return "PostgreSQL can't be reached"
    return None if current else "tables are missing or old; run `pilah migrate`"


health_routes = [Route("/live", live), Route("/ready", ready)]
