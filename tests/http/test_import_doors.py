"""Who may do what with an import, and what other workspaces must not see."""

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from app.filters.ids import to_global
from app.queries.tokens import create_token
from tests.conftest import WorkspaceMaker
from tests.http.importing import FILE, client_with, codes, folder, send, token

__all__ = ["folder", "token"]


@pytest.mark.parametrize(
    ("scopes", "method", "path", "status"),
    [
        (["import"], "GET", "", 200),
        (["read"], "GET", "", 403),
        (["admin"], "GET", "", 200),
        (["write", "export"], "GET", "", 403),
        (["read", "write", "export"], "GET", "/refused.csv", 403),
        (["read", "write", "export"], "POST", "/cancel", 403),
        (["read", "write", "export"], "POST", "/undo", 403),
        (["read", "write", "export"], "POST", "/start", 403),
        (["admin"], "POST", "/cancel", 202),
    ],
)
async def test_each_door_has_its_scope(
    workspace: int,
    client: httpx.AsyncClient,
    application: Starlette,
    files: Path,
    scopes: list[str],
    method: str,
    path: str,
    status: int,
) -> None:
    id = (await send(client))["id"]
    async with client_with(application, await create_token(workspace, "other", scopes)) as other:
        answer = await other.request(method, f"/imports/{id}{path}")
    assert answer.status_code == status
    if status == 403:
        assert codes(answer) == [("FORBIDDEN", "")]
    await client.post(f"/imports/{id}/cancel")


@pytest.mark.parametrize(
    ("authorization", "status"),
    [(None, 401), ("Bearer ", 401), ("Bearer pilah_1_wrong", 401), ("Basic eDp5", 401), ("read", 403)],
)
async def test_no_file_is_taken_from_a_stranger(
    workspace: int, application: Starlette, folder: Path, authorization: str | None, status: int
) -> None:
    if authorization == "read":
        authorization = f"Bearer {await create_token(workspace, 'reader', ['read', 'write', 'export'])}"
    async with client_with(application, "") as stranger:
        headers = {"authorization": authorization} if authorization else {}
        answer = await stranger.post("/imports", content=FILE, headers=headers)
    assert answer.status_code == status
    assert codes(answer) == [("UNAUTHENTICATED" if status == 401 else "FORBIDDEN", "")]
    assert ("www-authenticate" in answer.headers) == (status == 401)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("GET", "/refused.csv"), ("POST", "/start"), ("POST", "/cancel"), ("POST", "/undo")],
)
async def test_another_workspaces_import_is_not_found(
    make_workspace: WorkspaceMaker,
    client: httpx.AsyncClient,
    application: Starlette,
    files: Path,
    method: str,
    path: str,
) -> None:
    id = (await send(client))["id"]
    async with client_with(application, await create_token(await make_workspace(), "x", ["admin"])) as other:
        answer = await other.request(method, f"/imports/{id}{path}")
    assert (answer.status_code, codes(answer)) == (404, [("NOT_FOUND", "id")])
    await client.post(f"/imports/{id}/cancel")


@pytest.mark.parametrize(
    "id", ["1", "x", to_global("Contact", 1), to_global("Import", 10**18), "SW1wb3J0Oi0x", "%00", "é"]
)
async def test_no_other_id_is_an_import(client: httpx.AsyncClient, id: str) -> None:
    for method, path in (("GET", ""), ("GET", "/refused.csv"), ("POST", "/cancel")):
        answer = await client.request(method, f"/imports/{id}{path}")
        assert (answer.status_code, codes(answer)) == (404, [("NOT_FOUND", "id")])


async def test_an_import_can_be_told_no_other_word(client: httpx.AsyncClient, files: Path) -> None:
    id = (await send(client))["id"]
    answer = await client.post(f"/imports/{id}/delete")
    assert (answer.status_code, codes(answer)) == (404, [("NOT_FOUND", "change")])
    await client.post(f"/imports/{id}/cancel")
