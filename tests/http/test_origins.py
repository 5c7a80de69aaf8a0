"""Whose pages may open a socket, through a real server and a real client."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from websockets.exceptions import InvalidStatus

from app.asgi import create_app
from app.queries.tokens import create_token
from app.settings.security import Security
from tests.graphql.sockets import opened, served

NAMED = "https://app.example.com"


@pytest.fixture
async def token(workspace: int) -> str:
    """A token of the fresh workspace."""
    return await create_token(workspace, "test", ["read"])


Served = AbstractAsyncContextManager[tuple[str, uvicorn.Server]]


def serving(dsn: str, folder: Path, *origins: str) -> Served:
    """The application, to whose server the pages of these websites may speak."""
    return served(create_app(dsn, folder, security=Security(origins=origins)))


async def check_answered(url: str, token: str, **options: Any) -> None:
    """A socket is opened and answers."""
    async with opened(url, {"token": token}, **options) as speaker:
        assert (await speaker.answers("{ workspace { id } }"))[0]["type"] == "next"


async def test_programs_and_own_pages_may_open_sockets(dsn: str, pool: None, tmp_path: Path, token: str) -> None:
    async with serving(dsn, tmp_path) as (url, _):
        await check_answered(url, token)
        await check_answered(url, token, origin=url.replace("ws:", "http:").removesuffix("/graphql"))


@pytest.mark.parametrize("origins", [(NAMED,), ("https://b.example.com", NAMED), ("*",)], ids=["one", "two", "all"])
async def test_named_websites_may_open_sockets(
    dsn: str, pool: None, tmp_path: Path, token: str, origins: tuple[str, ...]
) -> None:
    async with serving(dsn, tmp_path, *origins) as (url, _):
        await check_answered(url, token, origin=NAMED)


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example.com",
        "https://app.example.com.evil.com",
        "http://app.example.com",
        "https://app.example.com:8443",
        "http://127.0.0.1:1",
        "https://[",
        "null",
        "",
    ],
)
@pytest.mark.parametrize("origins", [(), (NAMED,)], ids=["none named", "one named"])
async def test_any_other_website_opens_none(
    dsn: str, pool: None, tmp_path: Path, origin: str, origins: tuple[str, ...]
) -> None:
    async with serving(dsn, tmp_path, *origins) as (url, _):
        with pytest.raises(InvalidStatus) as refused:
            async with opened(url, additional_headers={"Origin": origin}):
                pass
    assert refused.value.response.status_code == 403
