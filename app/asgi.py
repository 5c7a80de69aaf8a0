"""The Starlette application: which address leads to which door."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route, WebSocketRoute

from app.background import BACKGROUND_CONNECTIONS, in_background
from app.graphql.context import authenticate
from app.graphql.graphiql_page import assets, page
from app.graphql.limits.guard import Guard
from app.graphql.over_http import GraphQLOverHTTP
from app.graphql.repeats import repeats_ended
from app.graphql.schema import schema
from app.graphql.socket.endpoint import GraphQLOverSocket
from app.http.access import Accounted
from app.http.exports import export_routes
from app.http.guards import guards
from app.http.health import health_routes
from app.http.imports import import_routes
from app.http.places import Uploads, downloads_of
from app.identity.porter import porter_of
from app.queries.connections import POOL_SIZE, opened
from app.queries.live.pulse import listening
from app.queries.token_uses import uses_written
from app.settings import USUAL_BROAD_SHARE, Allowance
from app.settings.security import USUAL_SECURITY, Security


def create_app(
    dsn: str,
    files: Path,
    pool_size: int = POOL_SIZE,
    allowance: Allowance = Allowance(),  # noqa: B008
    guard: Guard | None = None,
    security: Security = USUAL_SECURITY,
    *,
    broad_share: float = USUAL_BROAD_SHARE,
    works: bool = True,
) -> Starlette:
    """The application over the migrated PostgreSQL at `dsn`, with a folder for files that come in and go out.

    `allowance` is what each workspace may keep in that folder; `guard` limits what callers of GraphQL may ask.
    `security` says who is let in, and for how long it is known who did what. Unless it `works`, a worker has to do
    what goes on behind requests. More than `broad_share` of all contacts is advised against. Raises NotInstalled.
    """

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        pool = opened(dsn, pool_size + (BACKGROUND_CONNECTIONS if works else 0), for_requests=pool_size)
        work = in_background(files, security, lambda: app.state.is_draining) if works else nullcontext()
        async with pool, listening(dsn), work, uses_written(), repeats_ended():
            _leave_start_up_alone()
            yield

    porter = porter_of(security.issuer)
    known = partial(authenticate, porter=porter, private_webhooks=security.private_webhooks, broad_share=broad_share)
    over_http = GraphQLOverHTTP(schema, known, page, guard)
    app = Starlette(
        lifespan=lifespan,
        middleware=[Middleware(Accounted), *guards(security.origins)],
        routes=[
            Route("/", lambda _request: RedirectResponse("/graphql")),
            Mount("/graphql/assets", app=assets),
            Route("/graphql", over_http),
            WebSocketRoute("/graphql", GraphQLOverSocket(schema, known, over_http.guard)),
            *import_routes,
            *export_routes,
            *health_routes,
        ],
    )
    app.state.is_draining = False
    app.state.files = files
    app.state.allowance = allowance
    app.state.downloads = downloads_of(pool_size)
    app.state.uploads = Uploads()
    app.state.porter = porter
    app.state.gate = over_http.guard.gate
    return app


def _leave_start_up_alone() -> None:
    """Keeps the garbage collector off what start-up made: walking it again and again took 40% of a page's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
