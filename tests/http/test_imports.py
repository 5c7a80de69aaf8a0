"""Imports over HTTP: whole stories, refusals, and what other workspaces must not see."""

import csv
import gzip
from collections.abc import AsyncIterator, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from starlette.applications import Starlette

from app.filters.ids import to_global
from app.queries.tokens import create_token
from app.transfer.work import next_import
from tests.conftest import WorkspaceMaker
from tests.transfer.imports.loading import everyone
from tests.transfer.imports.test_cdnow import CUSTOMERS, needs_data

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
    assert set(files.iterdir()) == before


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
    assert done["reasons"] == [{"reason": '"nobody" is not an e-mail address', "rows": 1}]
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


async def test_an_import_that_waits_is_cancelled(client: httpx.AsyncClient, files: Path) -> None:
    id = (await send(client))["id"]
    cancelled = await client.post(f"/imports/{id}/cancel")
    assert (cancelled.status_code, cancelled.json()["state"]) == (202, "CANCELLED")
    again = await client.post(f"/imports/{id}/cancel")
    assert (again.status_code, codes(again)) == (400, [("NOT_ALLOWED", "input.id")])


@pytest.mark.parametrize("content", [gzip.compress(FILE), FILE.decode().encode("utf-16"), b"\xef\xbb\xbf" + FILE])
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
        ["few", "", "", "4", "too few cells: 1 instead of 3"],
    ]
    mended = [rows[0], *([f"p{row[3]}@example.com", *row[1:]] for row in rows[1:])]
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
    assert (await client.get(done["refusedRows"])).text.splitlines() == ["pilah_line,pilah_reason"]


WRONG: dict[str, tuple[dict[str, str], list[tuple[str, str]]]] = {
    "a mode": ({"mode": "replace"}, [("NOT_ALLOWED", "mode")]),
    "a status": ({"status": "unsubscribed"}, [("NOT_ALLOWED", "status")]),
    "no consent": ({"status": "active"}, [("REQUIRED", "consent")]),
    "a blank consent": ({"status": "active", "consent": " "}, [("REQUIRED", "consent")]),
    "a long consent": (
        {"status": "active", "consent": "x" * 501},
        [("TOO_LONG", "consent")],
    ),
    "a tool": ({"tool": "mailchump"}, [("UNKNOWN_OPTION", "tool")]),
    "an encoding": ({"encoding": "klingon"}, [("INVALID_TEXT", "encoding")]),
    "a dry run": ({"dryRun": "perhaps"}, [("INVALID_BOOLEAN", "dryRun")]),
    "a word": ({"dry_run": "true"}, [("UNKNOWN_OPTION", "dry_run")]),
    "JSON": ({"mapping": "{"}, [("INVALID_TEXT", "mapping")]),
    "a mapping": ({"mapping": "[1]"}, [("ONE_OF", "mapping")]),
    "all of them": (
        {"mode": "x", "status": "y", "tool": "z", "encoding": "k", "dryRun": "q", "mapping": "{", "stauts": "w"},
        [
            ("UNKNOWN_OPTION", "stauts"),
            ("NOT_ALLOWED", "mode"),
            ("NOT_ALLOWED", "status"),
            ("INVALID_TEXT", "mapping"),
            ("INVALID_BOOLEAN", "dryRun"),
            ("UNKNOWN_OPTION", "tool"),
            ("INVALID_TEXT", "encoding"),
        ],
    ),
}


@pytest.mark.parametrize("is_form", [False, True])
@pytest.mark.parametrize(("options", "problems"), WRONG.values(), ids=WRONG)
async def test_wrong_options_are_all_told_at_once(
    client: httpx.AsyncClient,
    folder: Path,
    is_form: bool,
    options: dict[str, str],
    problems: list[tuple[str, str]],
) -> None:
    if is_form:
        answer = await client.post("/imports", data=options, files={"file": ("x.csv", FILE)})
    else:
        answer = await client.post("/imports", params=options, content=FILE)
    assert (answer.status_code, codes(answer)) == (400, problems)


async def test_wrong_options_are_told_before_the_file_is_read(client: httpx.AsyncClient, folder: Path) -> None:
    async def never_read() -> AsyncIterator[bytes]:
        yield FILE
        raise AssertionError

    answer = await client.post("/imports", params={"mode": "x"}, content=never_read())
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"delimiter": "x"}, "comma"),
        ({"mapping": '{"nix": "city"}'}, "no column"),
        ({"mapping": '{"city": {"to": "email"}}'}, None),
    ],
)
async def test_what_only_the_file_tells_fails_the_import(
    client: httpx.AsyncClient, folder: Path, options: dict[str, str], sentence: str | None
) -> None:
    done = await finished(client, folder, (await send(client, FILE, **options))["id"])
    assert (done["state"], done["created"]) == (("FAILED", 0) if sentence else ("DONE", 0))
    assert (sentence or "") in (done["problem"] or "")


async def test_a_mapping_is_obeyed(workspace: int, client: httpx.AsyncClient, folder: Path) -> None:
    mapping = orjson.dumps({"city": {"to": "Home town", "type": "TEXT"}, "tags": None}).decode()
    done = await finished(client, folder, (await send(client, mapping=mapping))["id"])
    assert (done["newFields"], done["newLabels"]) == (["home_town"], [])
    assert (await everyone(workspace))["a@example.com"]["fields"] == '{"home_town": "Solo"}'


@pytest.mark.parametrize(
    ("scopes", "method", "path", "status"),
    [
        (["import"], "GET", "", 200),
        (["read"], "GET", "", 200),
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


@needs_data
async def test_real_customers_come_in(make_workspace: WorkspaceMaker, application: Starlette, folder: Path) -> None:
    token = await create_token(await make_workspace("UTC"), "x", ["import"])
    async with client_with(application, token) as client:
        done = await finished(client, folder, (await send(client, CUSTOMERS.read_bytes()))["id"])
    assert (done["state"], done["created"], done["refused"]) == ("DONE", 23_570, 0)
