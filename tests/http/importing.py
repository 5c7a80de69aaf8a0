"""Callers who import, and what they are answered."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from app.queries.tokens import create_token
from app.transfer.work import next_import

FILE = b"email,city,tags\na@example.com,Solo,VIP\nnobody,Medan,\n"


@pytest.fixture
async def token(workspace: int) -> str:
    """A token that may import into the fresh workspace."""
    return await create_token(workspace, "test", ["import"])


@pytest.fixture
def folder(files: Path) -> Iterator[Path]:
    """The folder of files, in which nothing stays that wasn't there."""
    before = set(files.iterdir())
    yield files
    assert set(files.iterdir()) <= before


def client_with(application: Starlette, token: str) -> httpx.AsyncClient:
    """Another caller, as `client` is."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(application), base_url="http://pilah.test", headers=headers
    )


def codes(answer: httpx.Response) -> list[tuple[str, str]]:
    """The code and the path of each problem."""
    assert answer.headers["cache-control"] == "no-store"
    assert all(error["message"] for error in answer.json()["errors"])
    return [(error["code"], error["path"]) for error in answer.json()["errors"]]


async def send(client: httpx.AsyncClient, content: bytes = FILE, **options: Any) -> dict[str, Any]:
    """The report of an import that waits."""
    answer = await client.post("/imports", params=options, content=content)
    assert answer.status_code == 202, answer.text
    report: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/imports/{report['id']}"
    return report


async def finished(client: httpx.AsyncClient, files: Path, id: str) -> dict[str, Any]:
    """The report once the import is over."""
    while (report := (await client.get(f"/imports/{id}")).json())["finishedAt"] is None:
        await next_import(files)
    return dict(report)
