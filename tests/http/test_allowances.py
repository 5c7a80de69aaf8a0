"""What a workspace may keep on the server, at its doors."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from app.filters.ids import number_of
from app.queries.connections import connection
from app.queries.tokens import create_token
from app.settings import Allowance
from tests.conftest import WorkspaceMaker
from tests.http.importing import FILE, client_with, codes, finished, folder, send, token

__all__ = ["folder", "token"]


@pytest.fixture
def allowed(application: Starlette, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two imports, and four files as they are sent here."""
    monkeypatch.setitem(application.state._state, "allowance", Allowance(2, 4 * len(FILE)))


async def test_imports_that_are_kept_are_counted(
    allowed: None, application: Starlette, client: httpx.AsyncClient, folder: Path, make_workspace: WorkspaceMaker
) -> None:
    tried = await send(client, dryRun="true")
    await finished(client, folder, tried["id"])
    waiting = await send(client)
    refused = await client.post("/imports", content=FILE)
    assert (refused.status_code, codes(refused)) == (429, [("RATE_LIMITED", "file")])
    async with client_with(application, await create_token(await make_workspace(), "other", ["import"])) as other:
        await finished(other, folder, (await send(other))["id"])
    for report in (waiting, await send_after(client, folder, waiting), tried):
        await client.post(f"/imports/{report['id']}/start")
        await finished(client, folder, report["id"])


async def send_after(client: httpx.AsyncClient, folder: Path, waiting: dict[str, str]) -> dict[str, str]:
    """Another, for which there is room once the one that waited is over."""
    await finished(client, folder, waiting["id"])
    return await send(client)


@pytest.mark.parametrize("with_length", [True, False])
async def test_bytes_that_are_kept_are_counted(
    allowed: None, client: httpx.AsyncClient, folder: Path, workspace: int, with_length: bool
) -> None:
    report = await send(client)
    async with connection() as borrowed:
        await borrowed.execute(
            "UPDATE file_import SET size = $3 WHERE workspace_id = $1 AND id = $2",
            *(workspace, number_of(report["id"], "Import"), 3 * len(FILE) + 1),
        )

    async def pieces() -> object:
        yield FILE

    refused = await client.post("/imports", content=FILE if with_length else pieces())  # type: ignore[arg-type]
    assert (refused.status_code, codes(refused)) == (413, [("TOO_LARGE", "file")])
    await finished(client, folder, report["id"])
    await finished(client, folder, (await send(client))["id"])


async def test_exports_count_and_are_refused(
    allowed: None, application: Starlette, client: httpx.AsyncClient, folder: Path, workspace: int
) -> None:
    async with client_with(application, await create_token(workspace, "export", ["export"])) as exporter:
        made = (await exporter.post("/exports", json={"everyone": True})).json()
        async with connection() as borrowed:
            await borrowed.execute(
                "UPDATE export SET bytes = $2, finished_at = now() WHERE workspace_id = $1", workspace, 4 * len(FILE)
            )
        for refused in (
            await exporter.post("/exports", json={"everyone": True}),
            await client.post("/imports", content=FILE),
        ):
            assert (refused.status_code, codes(refused)) == (413, [("TOO_LARGE", "file")])
        await exporter.delete(f"/exports/{made['id']}")
        await exporter.delete(f"/exports/{(await exporter.post('/exports', json={'everyone': True})).json()['id']}")


async def test_files_that_come_at_once_have_one_room(
    application: Starlette, client: httpx.AsyncClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = b"email\n" + b"a@example.com\n" * 20_000
    monkeypatch.setitem(application.state._state, "allowance", Allowance(10, int(1.5 * len(content))))

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 20_000):
            yield content[start : start + 20_000]
            await asyncio.sleep(0)

    answers = await asyncio.gather(*(client.post("/imports", content=pieces()) for _ in range(3)))
    assert sum(answer.status_code == 202 for answer in answers) <= 1
    assert {answer.status_code for answer in answers} <= {202, 413}
    for answer in answers:
        if answer.status_code == 202:
            await finished(client, folder, answer.json()["id"])
    assert (await finished(client, folder, (await send(client))["id"]))["state"] == "DONE"
