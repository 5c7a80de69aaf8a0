"""Whether the process lives, and whether it can serve."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from asyncpg import PostgresError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.queries.migrations import is_up_to_date
from app.telemetry.measures import READY
from app.transfer.files.folder import is_writable

PATIENCE_SECONDS = 1.0

_looking: Final = ThreadPoolExecutor(1, "folder")  # of its own: a network's folder may hang, and others' threads not


async def live(_request: Request) -> Response:
    """200 for as long as the process answers at all."""
    return JSONResponse({"status": "live"})


async def ready(request: Request) -> Response:
    """200 where requests should come here, else 503 with a reason."""
    reason = await why_not_ready(request)
    if reason is None:
        return JSONResponse({"status": "ready"})
    return JSONResponse({"status": "not ready", "reason": reason}, status_code=503)


async def why_not_ready(request: Request) -> str | None:
    """Why requests should not come here, which is measured as well; None where they should."""
    reason = "the server is stopping" if is_draining(request) else await _why_not(request)
    READY.set(reason is None)
    return reason


def is_draining(request: Request) -> bool:
    """Whether the server has been told to stop."""
    return getattr(request.app.state, "is_draining", False)


async def _why_not(request: Request) -> str | None:
    return await _why_no_postgres() or await _why_no_files(request.app.state.files)


async def _why_no_files(folder: Path) -> str | None:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            usable = await asyncio.get_running_loop().run_in_executor(_looking, is_writable, folder)
    except TimeoutError:
        return f"the folder of files had no answer within {PATIENCE_SECONDS:g} s"
    except OSError:
        usable = False
    return None if usable else "the folder of files can't be written"


async def _why_no_postgres() -> str | None:
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
