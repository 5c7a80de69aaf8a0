"""The application in this process, and a caller with a token of a fresh workspace."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from app.asgi import create_app
from app.queries.tokens import create_token

Ask = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture(scope="session")
async def client(dsn: str, pool: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """Speaks to the application without a socket; its pool is the tests' own."""
    app: Starlette = create_app(dsn, tmp_path_factory.mktemp("files"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://pilah.test") as made:
        yield made


@pytest.fixture
def ask_as(client: httpx.AsyncClient) -> Callable[[str], Ask]:
    """Makes a caller with a token: `await ask(query, **variables)` gives the whole answer."""

    def caller(token: str) -> Ask:
        async def ask(query: str, **variables: Any) -> dict[str, Any]:
            answer = await client.post(
                "/graphql",
                json={"query": query, "variables": variables},
                headers={"Authorization": f"Bearer {token}"},
            )
            found: dict[str, Any] = answer.json()
            return found

        return ask

    return caller


@pytest.fixture
async def token(workspace: int) -> str:
    """A token that may do everything in the fresh workspace."""
    return await create_token(workspace, "test", ["admin"])


@pytest.fixture
def ask(ask_as: Callable[[str], Ask], token: str) -> Ask:
    """The caller of the fresh workspace."""
    return ask_as(token)
