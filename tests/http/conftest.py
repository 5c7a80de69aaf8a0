"""The application in this process and behind a port, and callers with tokens."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from app.asgi import create_app
from app.queries.tokens import create_token
from tests.graphql.sockets import served


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of files that come in and go out."""
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="session")
def application(dsn: str, pool: None, files: Path) -> Starlette:
    """The application, over the tests' own pool."""
    return create_app(dsn, files)


@pytest.fixture
async def client(application: Starlette, token: str) -> AsyncIterator[httpx.AsyncClient]:
    """Speaks to the application without a socket, with the workspace's token."""
    transport = httpx.ASGITransport(application)
    headers = {"authorization": f"Bearer {token}", "accept-encoding": "identity"}
    async with httpx.AsyncClient(transport=transport, base_url="http://pilah.test", headers=headers) as made:
        yield made


@pytest.fixture
async def token(workspace: int) -> str:
    """A token that may export from the fresh workspace."""
    return await create_token(workspace, "test", ["export"])


@pytest.fixture
async def address(application: Starlette) -> AsyncIterator[str]:
    """Where a real server has the application: `127.0.0.1:port`."""
    async with served(application) as (url, _):
        yield url.split("/")[2]
