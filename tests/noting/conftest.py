"""A watched workspace, filled with everything."""

from collections.abc import AsyncIterator

import httpx
import pytest

from app.asgi import create_app
from app.graphql.limits.guard import Guard
from app.graphql.schema import schema
from app.queries.workspaces import create_workspace
from app.settings import Limits
from tests.isolation.filling import fill
from tests.noting.watched import Watched

MUCH = 1_000_000


@pytest.fixture
async def tenant(dsn: str, pool: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Watched]:
    """Who may do everything, and has everything."""
    limits = Limits(cost=MUCH, requests_per_second=MUCH, requests_in_a_burst=MUCH)
    app = create_app(dsn, tmp_path_factory.mktemp("files"), guard=Guard(schema._schema, limits))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://pilah.test") as client:
        workspace_id = await create_workspace("watched", "Asia/Jakarta")
        made = Watched(workspace_id, client, "", app.state.files, "watched", "noted")
        await made.enter()
        await fill(made)
        yield made
