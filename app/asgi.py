"""The Starlette application: which address leads to which door."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route

from app.graphql.context import authenticate
from app.graphql.graphiql_page import assets, page
from app.graphql.over_http import GraphQLOverHTTP
from app.graphql.schema import schema
from app.http.health import live, ready
from app.queries.connections import POOL_SIZE, opened


def create_app(dsn: str, pool_size: int = POOL_SIZE) -> Starlette:
    """The application over the migrated PostgreSQL at `dsn`."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with opened(dsn, pool_size):
            _leave_start_up_alone()
            yield

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/", lambda _request: RedirectResponse("/graphql")),
            Mount("/graphql/assets", app=assets),
            Route("/graphql", GraphQLOverHTTP(schema, authenticate, page)),
            Route("/live", live),
            Route("/ready", ready),
        ],
    )


def _leave_start_up_alone() -> None:
    """Keeps the garbage collector off what start-up made: walking it again and again took 40% of a page's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
