"""Imports over HTTP: whole stories, from a file to its contacts and back."""

import csv
import gzip
from io import StringIO
from pathlib import Path

import httpx
import orjson
import pytest
from starlette.applications import Starlette

from app.queries.tokens import create_token
from tests.conftest import WorkspaceMaker
from tests.http.importing import FILE, client_with, codes, finished, folder, send, token
from tests.transfer.imports.loading import everyone
from tests.transfer.imports.test_cdnow import CUSTOMERS, needs_data

__all__ = ["folder", "token"]


async def test_a_body_is_imported_and_reported(workspace: int, client: httpx.AsyncClient, folder: Path) -> None:
    sent = await send(client, name="../people.csv", status="active", consent="at the till")
    assert (sent["state"], sent["name"], sent["rows"], sent["finishedAt"]) == ("QUEUED", "people.csv", 0, None)
    done = await finished(client, folder, sent["id"])
    assert {key: done[key] for key in ("state", "rows", "rowsStaged", "rowsMerged", "created", "refused")} == {
        "state": "DONE",
        "rows": 2,
        "rowsStaged": 2,
        "rowsMerged": 2,
        "created": 1,
        "refused": 1,
    }
    assert (done["status"], done["consent"], done["mode"]) == ("ACTIVE", "at the till", "CREATE_AND_UPDATE")
    assert (done["newFields"], done["newLabels"], done["tool"], done["encoding"]) == (
        ["city"],
        ["VIP"],
        None,
        "UTF-8",
    )
    assert done["reasons"] == [{"reason": '"…" is not an e-mail address', "rows": 1}]
    assert [(column["header"], column["role"], column["new"]) for column in done["columns"]] == [
        ("email", "EMAIL", False),
        ("city", "FIELD", True),
        ("tags", "LABELS", False),
    ]
    assert done["undoableUntil"] > done["createdAt"]
    assert list(await everyone(workspace)) == ["a@example.com"]


async def test_a_dry_run_is_shown_started_and_undone(workspace: int, client: httpx.AsyncClient, folder: Path) -> None:
    id = (await send(client, dryRun="true"))["id"]
    told = await finished(client, folder, id)
    assert (told["state"], told["dryRun"], told["created"], told["undoableUntil"]) == ("CHECKED", True, 1, None)
    assert [sample["after"]["labels"] for sample in told["samples"]] == [["VIP"]]
    assert await everyone(workspace) == {}
    started = await client.post(f"/imports/{id}/start")
    assert (started.status_code, started.json()["state"], started.json()["dryRun"]) == (202, "QUEUED", False)
    assert (await finished(client, folder, id))["state"] == "DONE"
    assert (await client.post(f"/imports/{id}/undo")).json()["state"] == "UNDOING"
    assert (await finished(client, folder, id))["state"] == "UNDONE"
    assert await everyone(workspace) == {}


async def test_an_import_that_waits_is_cancelled(client: httpx.AsyncClient, folder: Path) -> None:
    id = (await send(client))["id"]
    cancelled = await client.post(f"/imports/{id}/cancel")
    assert (cancelled.status_code, cancelled.json()["state"]) == (202, "CANCELLED")
    again = await client.post(f"/imports/{id}/cancel")
    assert (again.status_code, codes(again)) == (400, [("NOT_ALLOWED", "input.id")])
    assert (await finished(client, folder, id))["state"] == "CANCELLED"


@pytest.mark.parametrize(
    "content", [gzip.compress(FILE, mtime=0), FILE.decode().encode("utf-16"), b"\xef\xbb\xbf" + FILE]
)
async def test_what_people_have_is_read(client: httpx.AsyncClient, folder: Path, content: bytes) -> None:
    done = await finished(client, folder, (await send(client, content))["id"])
    assert (done["state"], done["created"], done["refused"]) == ("DONE", 1, 1)


@pytest.mark.parametrize("cut", [1, 20, 8])
async def test_a_broken_gzip_fails_with_a_sentence(client: httpx.AsyncClient, folder: Path, cut: int) -> None:
    content = gzip.compress(b"".join(b"a%d@example.com\n" % number for number in range(9_999)))[:-cut]
    done = await finished(client, folder, (await send(client, content))["id"])
    assert (done["state"], done["created"]) == ("FAILED", 0)
    assert "gzip" in done["problem"] or "pack" in done["problem"]


async def test_refused_rows_are_mended_and_loaded_again(
    workspace: int, client: httpx.AsyncClient, folder: Path
) -> None:
    content = (
        b'email,born,remark\nbad,2000-01-01,"=1+1, ""x"""\n,2000-01-02,\xe2\x82\xac\nfew\na@example.com,2000-01-03,\n'
    )
    done = await finished(client, folder, (await send(client, content))["id"])
    answer = await client.get(done["refusedRows"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert answer.headers["content-disposition"] == 'attachment; filename="refused.csv"'
    rows = list(csv.reader(StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows == [
        ["email", "born", "remark", "pilah_line", "pilah_reason"],
        ["bad", "2000-01-01", '\'=1+1, "x"', "2", '"bad" is not an e-mail address'],
        ["", "2000-01-02", "€", "3", "an e-mail address is needed"],
        ["few", "", "", "4", "too few cells: 1 instead of 3 (once mended, empty pilah_reason)"],
    ]
    mended = [rows[0], *([f"p{row[3]}@example.com", *row[1:4], ""] for row in rows[1:])]
    written = StringIO()
    csv.writer(written).writerows(mended)
    again = await finished(client, folder, (await send(client, written.getvalue().encode()))["id"])
    assert (again["state"], again["created"], again["refused"], again["newFields"]) == ("DONE", 3, 0, [])
    fields = {email: orjson.loads(row["fields"]) for email, row in (await everyone(workspace)).items()}
    assert fields["p2@example.com"] == {"born": "2000-01-01", "remark": '=1+1, "x"'}


async def test_an_import_of_a_file_that_was_never_read_has_no_refused_rows(
    client: httpx.AsyncClient, folder: Path
) -> None:
    done = await finished(client, folder, (await send(client, b"name\nx\n"))["id"])
    assert (done["state"], done["problem"]) == (
        "FAILED",
        'no column holds e-mail addresses; call it "email" in the first line',
    )
    assert (await client.get(done["refusedRows"])).text.splitlines() == ['"pilah_line","pilah_reason"']


@needs_data
async def test_real_customers_come_in(make_workspace: WorkspaceMaker, application: Starlette, folder: Path) -> None:
    token = await create_token(await make_workspace("UTC"), "x", ["import"])
    async with client_with(application, token) as client:
        done = await finished(client, folder, (await send(client, CUSTOMERS.read_bytes()))["id"])
    assert (done["state"], done["created"], done["refused"]) == ("DONE", 23_570, 0)
