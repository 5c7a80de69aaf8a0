"""Exports over HTTP: what is sent, to whom, and what is refused."""

import gzip
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.filters.check import MOST_NESTED_SEGMENTS
from app.filters.ids import number_of, to_global
from app.filters.vocabulary import Status
from app.queries.catalogs import current_catalog
from app.queries.connections import connection
from app.queries.contact_writes import ContactDraft, create_contact
from app.queries.exports import ledger
from app.queries.fixed_lists import create_static
from app.queries.pins import Pinning, pin_contacts
from app.queries.segment_edits import update_segment
from app.queries.segments import create_dynamic, delete_segment
from app.queries.tokens import create_token
from app.transfer.exports.running import next_export
from tests.conftest import WorkspaceMaker

ACTIVE = {"status": ["ACTIVE"]}
FILE = b'email,name\n"ani@example.com","Ani"\n"budi@example.com","Budi"\n'


async def people(workspace: int) -> list[int]:
    catalog = await current_catalog(workspace)
    return [
        await create_contact(
            catalog, ContactDraft(f"{name.lower()}@example.com", {"name": name}), Status.ACTIVE, "test"
        )
        for name in ("Ani", "Budi")
    ]


@pytest.fixture
async def segment(workspace: int) -> str:
    """The opaque id of a segment of two people."""
    await people(workspace)
    return to_global("Segment", await create_dynamic(workspace, "Ünïted / people", ACTIVE))


def entries(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(error["code"], error["path"]) for error in answer.json()["errors"]]


async def test_a_segment_comes_as_a_file_with_its_row_count(client: httpx.AsyncClient, segment: str) -> None:
    answer = await client.get(f"/segments/{segment}/export.csv?columns=email,name")
    assert (answer.status_code, answer.content) == (200, FILE)
    assert answer.headers["pilah-rows"] == "2"
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''%C3%9Cn%C3%AFted%20_%20people.csv"


@pytest.mark.parametrize(
    ("form", "kind", "start"),
    [("ndjson", "application/x-ndjson", b'{"email":'), ("parquet", "application/vnd.apache.parquet", b"PAR1")],
)
async def test_the_end_of_the_path_says_the_format(
    client: httpx.AsyncClient, segment: str, form: str, kind: str, start: bytes
) -> None:
    answer = await client.get(f"/segments/{segment}/export.{form}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert answer.content.startswith(start)


async def test_a_static_list_is_exported_too(client: httpx.AsyncClient, workspace: int) -> None:
    ani, _ = await people(workspace)
    chosen = to_global("Segment", await create_static(workspace, "Chosen", [ani]))
    answer = await client.get(f"/segments/{chosen}/export.csv?columns=email")
    assert answer.content == b'email\n"ani@example.com"\n'


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip", "gzip"), ("br, GZIP;q=0.5", "gzip"), ("gzip;q=0", None), ("gzip;q=0.000, *", None), ("identity", None)],
)
async def test_a_text_travels_as_gzip_where_that_is_accepted(
    client: httpx.AsyncClient, segment: str, accepted: str, encoding: str | None
) -> None:
    path = f"/segments/{segment}/export.csv?columns=email,name"
    answer = await client.get(path, headers={"accept-encoding": accepted})
    assert (answer.headers.get("content-encoding"), answer.content) == (encoding, FILE)
    parquet = await client.get(f"/segments/{segment}/export.parquet", headers={"accept-encoding": accepted})
    assert "content-encoding" not in parquet.headers


async def test_a_packed_file_is_asked_for_by_an_option(client: httpx.AsyncClient, segment: str) -> None:
    path = f"/segments/{segment}/export.csv?columns=email,name&gzip=1"
    answer = await client.get(path, headers={"accept-encoding": "gzip"})
    assert (answer.headers["content-type"], answer.headers.get("content-encoding")) == ("application/gzip", None)
    assert answer.headers["content-disposition"].endswith(".csv.gz")
    assert gzip.decompress(answer.content) == FILE


async def test_head_tells_the_count_alone(client: httpx.AsyncClient, segment: str) -> None:
    answer = await client.head(f"/segments/{segment}/export.csv")
    assert (answer.status_code, answer.headers["pilah-rows"], answer.content) == (200, "2", b"")


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/segments/{segment}/export.xlsx", 400, [("UNKNOWN_OPTION", "format")]),
        ("/segments/{segment}/export.csv?columns=nmae", 400, [("UNKNOWN_FIELD", "columns[0]")]),
        ("/segments/{segment}/export.csv?limit=5", 400, [("UNKNOWN_OPERATOR", "limit")]),
        ("/segments/nonsense/export.csv", 404, [("NOT_FOUND", "segment")]),
        ("/segments/{other}/export.csv", 404, [("NOT_FOUND", "segment")]),
        ("/exports/nonsense", 404, [("NOT_FOUND", "id")]),
        ("/exports/{export}", 404, [("NOT_FOUND", "id")]),
        ("/exports/{export}/file", 404, [("NOT_FOUND", "id")]),
    ],
)
async def test_what_is_refused_is_told(
    client: httpx.AsyncClient,
    segment: str,
    make_workspace: WorkspaceMaker,
    path: str,
    status: int,
    told: list[tuple[str, str]],
) -> None:
    stranger = await make_workspace()
    other = to_global("Segment", await create_dynamic(stranger, "Others", ACTIVE))
    export = to_global("Export", await ledger.create_export(stranger, "contacts", None, {"format": "csv"}, "x.csv"))
    answer = await client.get(path.format(segment=segment, other=other, export=export))
    assert (answer.status_code, entries(answer)) == (status, told)


@pytest.mark.parametrize("scopes", [["read"], ["import"], ["write"]])
async def test_only_a_token_for_exports_exports(
    client: httpx.AsyncClient, workspace: int, segment: str, scopes: list[str]
) -> None:
    token = await create_token(workspace, "weak", scopes)
    for method, path in (
        ("GET", f"/segments/{segment}/export.csv"),
        ("POST", "/exports"),
        ("GET", f"/exports/{segment}"),
        ("GET", f"/exports/{segment}/file"),
        ("DELETE", f"/exports/{segment}"),
    ):
        answer = await client.request(method, path, headers={"authorization": f"Bearer {token}"})
        assert (answer.status_code, entries(answer)) == (403, [("FORBIDDEN", "")])
        answer = await client.request(method, path, headers={"authorization": "Bearer pilah_1_wrong"})
        assert (answer.status_code, entries(answer)) == (401, [("UNAUTHENTICATED", "")])


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({}, 400, [("ONE_OF", "export")]),
        ({"everyone": True, "filter": ACTIVE}, 400, [("ONE_OF", "export")]),
        ({"everyone": False}, 400, [("INVALID_BOOLEAN", "everyone")]),
        ({"segment": 7}, 404, [("NOT_FOUND", "segment")]),
        ({"filter": {"status": ["GONE"]}}, 400, [("INVALID_STATUS", "filter.status")]),
        ({"filter": {"segment": {"inAny": [1]}}}, 400, [("UNKNOWN_SEGMENT", "filter.segment.inAny[0]")]),
        ({"filter": {"label": {"containsAny": [1]}}}, 400, [("UNKNOWN_LABEL", "filter.label.containsAny[0]")]),
        ({"filter": {"and": []}}, 400, [("EMPTY_GROUP", "filter.and")]),
        ({"everyone": True, "format": "pdf"}, 400, [("UNKNOWN_OPTION", "format")]),
        ({"evryone": True}, 400, [("UNKNOWN_OPERATOR", "evryone")]),
        ([], 400, [("INVALID_TEXT", "")]),
        ("{", 400, [("INVALID_TEXT", "")]),
        ("x" * 1_000_001, 413, [("TOO_LARGE", "")]),
    ],
)
async def test_what_can_not_be_made_is_refused_at_once(
    client: httpx.AsyncClient, workspace: int, body: Any, status: int, told: list[tuple[str, str]]
) -> None:
    answer = await client.post("/exports", **({"content": body} if isinstance(body, str) else {"json": body}))
    assert (answer.status_code, entries(answer)) == (status, told)


async def test_a_file_is_made_behind_requests(
    client: httpx.AsyncClient, workspace: int, segment: str, files: Path
) -> None:
    inner = {
        "and": [{"segment": {"inAny": [segment]}}, {"not": {"field": {"key": "name", "test": {"matches": "budi"}}}}]
    }
    asked = await client.post("/exports", json={"filter": inner, "columns": ["email", "name"], "gzip": True})
    told = asked.json()
    assert (asked.status_code, told["state"], asked.headers["location"]) == (202, "QUEUED", f"/exports/{told['id']}")
    early = await client.get(f"/exports/{told['id']}/file")
    assert (early.status_code, entries(early)) == (409, [("CONFLICT", "id")])
    while await next_export(files):
        pass
    done = (await client.get(f"/exports/{told['id']}")).json()
    file = await client.get(done["file"])
    assert (done["state"], done["rows"], done["bytes"], done["problem"]) == ("DONE", 1, len(file.content), None)
    assert gzip.decompress(file.content) == b'email,name\n"ani@example.com","Ani"\n'
    assert file.headers["content-disposition"] == 'attachment; filename="contacts.csv.gz"'
    assert done["expiresAt"] > done["finishedAt"]


async def file_of(client: httpx.AsyncClient, segment: str, files: Path) -> bytes:
    """The file of an export of a segment."""
    asked = await client.post("/exports", json={"segment": segment, "columns": "email,name"})
    assert asked.status_code == 202
    return await finished(client, asked, files)


async def finished(client: httpx.AsyncClient, asked: httpx.Response, files: Path) -> bytes:
    """The file of an export that was asked for."""
    while await next_export(files):
        pass
    return (await client.get(f"/exports/{asked.json()['id']}/file")).content


@pytest.fixture
async def pinned(workspace: int) -> str:
    """The opaque id of a segment that one is pinned out of whom its filter means, and another into."""
    ani, budi = await people(workspace)
    segment = await create_dynamic(workspace, "Anis", {"field": {"key": "name", "test": {"matches": "Ani"}}})
    await pin_contacts(workspace, segment, Pinning([budi], [ani]))
    return to_global("Segment", segment)


async def test_both_ways_heed_pins(client: httpx.AsyncClient, pinned: str, files: Path) -> None:
    streamed = await client.get(f"/segments/{pinned}/export.csv?columns=email,name")
    assert streamed.content == b'email,name\n"budi@example.com","Budi"\n'
    assert await file_of(client, pinned, files) == streamed.content


async def test_a_file_has_who_is_in_when_it_is_made(
    client: httpx.AsyncClient, workspace: int, pinned: str, files: Path
) -> None:
    asked = await client.post("/exports", json={"segment": pinned, "columns": "email,name"})
    ani = (await current_ids(workspace))["ani@example.com"]
    await pin_contacts(workspace, number_of(pinned, "Segment"), Pinning(unpin=[ani]))
    assert await finished(client, asked, files) == FILE
    asked = await client.post("/exports", json={"segment": pinned, "columns": "email,name"})
    await update_segment(workspace, number_of(pinned, "Segment"), None, {"not": ACTIVE})
    assert await finished(client, asked, files) == b'email,name\n"budi@example.com","Budi"\n'


async def current_ids(workspace: int) -> dict[str, int]:
    """The ids of all contacts by their addresses."""
    async with connection() as borrowed:
        rows = await borrowed.fetch("SELECT email, id FROM contact WHERE workspace_id = $1", workspace)
    return dict(tuple(row) for row in rows)


async def test_a_segment_that_is_deleted_meanwhile_is_told(
    client: httpx.AsyncClient, workspace: int, pinned: str, files: Path
) -> None:
    asked = await client.post("/exports", json={"segment": pinned})
    await delete_segment(workspace, number_of(pinned, "Segment"))
    while await next_export(files):
        pass
    told = (await client.get(f"/exports/{asked.json()['id']}")).json()
    assert (told["state"], told["problem"]) == ("FAILED", "there is no such segment")


async def test_segments_nested_as_deep_as_they_may_are_exported(
    client: httpx.AsyncClient, workspace: int, segment: str, files: Path
) -> None:
    for depth in range(MOST_NESTED_SEGMENTS):
        outer = await create_dynamic(workspace, f"{depth}", {"segment": {"inAny": [number_of(segment, "Segment")]}})
        segment = to_global("Segment", outer)
    assert await file_of(client, segment, files) == FILE


async def test_a_broken_download_goes_on(client: httpx.AsyncClient, segment: str, files: Path) -> None:
    asked = await client.post("/exports", json={"segment": segment, "columns": "email,name"})
    while await next_export(files):
        pass
    path = f"/exports/{asked.json()['id']}/file"
    whole = await client.get(path)
    tag = whole.headers["etag"]
    rest = await client.get(path, headers={"range": "bytes=20-", "if-range": tag})
    assert (rest.status_code, rest.content, rest.headers["content-range"]) == (
        206,
        FILE[20:],
        f"bytes 20-60/{len(FILE)}",
    )
    assert (await client.get(path, headers={"range": "bytes=20-", "if-range": '"another"'})).content == FILE
    assert (await client.get(path, headers={"range": "bytes=999-"})).status_code == 416


async def test_a_deleted_export_goes_with_its_file(client: httpx.AsyncClient, segment: str, files: Path) -> None:
    asked = await client.post("/exports", json={"segment": segment})
    while await next_export(files):
        pass
    path = f"/exports/{asked.json()['id']}"
    before = set((files / "exports").iterdir())
    assert (await client.delete(path)).status_code == 204
    assert len(before - set((files / "exports").iterdir())) == 1
    assert (await client.get(path)).status_code == 404
    assert (await client.delete(path)).status_code == 404


async def test_a_file_that_is_gone_is_told(client: httpx.AsyncClient, segment: str, files: Path) -> None:
    asked = await client.post("/exports", json={"segment": segment})
    while await next_export(files):
        pass
    for path in (files / "exports").iterdir():
        path.unlink()
    answer = await client.get(f"/exports/{asked.json()['id']}/file")
    assert (answer.status_code, entries(answer)) == (410, [("GONE", "id")])
