"""What is done at the side doors stands in the audit log, one entry a call."""

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from app.filters.ids import from_global, to_global
from app.http.exports import export_routes
from app.http.imports import import_routes
from app.http.places import Downloads
from app.queries.audit import audit_page, entry_row
from app.queries.keyset import Window
from app.queries.segments import create_dynamic
from app.queries.tokens import create_token
from app.transfer.exports.running import next_export
from tests.http.importing import client_with, finished, send

READS = {("GET", "/imports/{id}"), ("GET", "/exports/{id}"), ("POST", "/imports/{id}/{change}")}

Told = tuple[str, str | None, str, str | None]


@pytest.fixture
async def token(workspace: int) -> str:
    """A token that may do everything in the fresh workspace."""
    return await create_token(workspace, "test", ["admin"])


async def told(workspace: int) -> list[Told]:
    """The entries in the order of their coming: what was done to which object, and what became of it."""
    rows = map(entry_row, reversed((await audit_page(workspace, Window(50), [])).rows))
    return [
        (
            row.operation,
            row.object_kind and to_global(row.object_kind, row.object_id or 0),
            row.outcome,
            row.problem,
        )
        for row in rows
    ]


async def test_the_life_of_an_import(client: httpx.AsyncClient, workspace: int, files: Path) -> None:
    id = (await send(client, dryRun="true"))["id"]
    await finished(client, files, id)
    await client.post(f"/imports/{id}/start")
    await finished(client, files, id)
    await client.get(f"/imports/{id}/refused.csv")
    await client.post(f"/imports/{id}/undo")
    await client.post(f"/imports/{id}/cancel")
    assert await told(workspace) == [
        ("createImport", id, "DONE", None),
        ("startImport", id, "DONE", None),
        ("downloadRefusedRows", id, "DONE", None),
        ("undoImport", id, "DONE", None),
        ("cancelImport", id, "REFUSED", "NOT_ALLOWED"),
    ]


async def test_downloads_without_a_place_are_refused(
    application: Starlette, client: httpx.AsyncClient, workspace: int, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    segment = to_global("Segment", await create_dynamic(workspace, "All", {"status": ["ACTIVE"]}))
    id = (await send(client, dryRun="true"))["id"]
    await finished(client, files, id)
    monkeypatch.setitem(application.state._state, "downloads", Downloads(0))
    for path in (f"/segments/{segment}/export.csv", f"/imports/{id}/refused.csv"):
        assert (await client.get(path)).status_code == 429
    assert (await told(workspace))[1:] == [
        ("exportSegment", segment, "REFUSED", "RATE_LIMITED"),
        ("downloadRefusedRows", id, "REFUSED", "RATE_LIMITED"),
    ]


async def test_a_place_is_given_back_with_the_answer(
    application: Starlette, client: httpx.AsyncClient, workspace: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    segment = to_global("Segment", await create_dynamic(workspace, "All", {"status": ["ACTIVE"]}))
    monkeypatch.setitem(application.state._state, "downloads", Downloads(1))
    for path, status in (("export.csv", 200), ("export.csv?fields=nothing", 400), ("export.ndjson", 200)):
        assert (await client.get(f"/segments/{segment}/{path}")).status_code == status
    assert application.state.downloads.free == 1


async def test_the_life_of_an_export(client: httpx.AsyncClient, workspace: int, files: Path) -> None:
    segment = to_global("Segment", await create_dynamic(workspace, "All", {"status": ["ACTIVE"]}))
    await client.get(f"/segments/{segment}/export.csv")
    id = (await client.post("/exports", json={"everyone": True, "format": "csv"})).json()["id"]
    await client.get(f"/exports/{id}/file")
    while await next_export(files):
        pass
    await client.get(f"/exports/{id}/file")
    await client.delete(f"/exports/{id}")
    await client.delete(f"/exports/{id}")
    assert await told(workspace) == [
        ("exportSegment", segment, "DONE", None),
        ("createExport", id, "DONE", None),
        ("downloadExport", id, "REFUSED", "CONFLICT"),
        ("downloadExport", id, "DONE", None),
        ("deleteExport", id, "DONE", None),
        ("deleteExport", id, "REFUSED", "NOT_FOUND"),
    ]


async def test_who_lacks_the_scope_is_told_of(application: Starlette, workspace: int) -> None:
    async with client_with(application, await create_token(workspace, "reader", ["read"])) as reader:
        assert (await reader.post("/exports", json={"everyone": True})).status_code == 403
        assert (await reader.post("/imports", content=b"x")).status_code == 403
    assert await told(workspace) == [
        ("createExport", None, "REFUSED", "FORBIDDEN"),
        ("createImport", None, "REFUSED", "FORBIDDEN"),
    ]


async def test_nobody_known_leaves_no_entry_and_nor_does_looking(client: httpx.AsyncClient, workspace: int) -> None:
    assert (await client.post("/exports", headers={"authorization": ""}, json={})).status_code == 401
    await client.get(f"/imports/{to_global('Import', 1)}")
    await client.get(f"/exports/{to_global('Export', 1)}")
    assert await told(workspace) == []


async def test_no_text_of_a_path_is_kept(client: httpx.AsyncClient, workspace: int) -> None:
    assert (await client.delete(f"/exports/{to_global('ani@example.com', 3)}")).status_code == 404
    assert await told(workspace) == [("deleteExport", None, "REFUSED", "NOT_FOUND")]
    assert from_global(to_global("ani@example.com", 3)) is not None


@pytest.mark.parametrize(
    "route", [*import_routes, *export_routes], ids=lambda route: f"{sorted(route.methods)} {route.path}"
)
async def test_every_route_but_looks_is_recorded(client: httpx.AsyncClient, workspace: int, route: Route) -> None:
    method = next(iter(sorted(route.methods or {"GET"})))
    await client.request(method, route.path.format(id="x", change="x", format="csv"), content=b"")
    assert (len(await told(workspace)) == 1) == ((method, route.path) not in READS)
