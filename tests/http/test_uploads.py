"""Files on their way in: forms whole and broken, and clients that stall, hang up or never end."""

import asyncio
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.http import imports, uploads
from app.queries.connections import connection
from app.queries.tokens import create_token
from tests.http.test_imports import FILE, codes, finished, folder, send
from tests.transfer.files.test_uploads import files_of_at_most

__all__ = ["folder"]

ROOT = Path(__file__).parents[2]
BOUNDARY = "----7MA4YWxkTrZu0gW"
FORM = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}


@pytest.fixture
async def token(workspace: int) -> str:
    """A token that may import into the fresh workspace."""
    return await create_token(workspace, "test", ["import"])


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    """One part of a form."""
    called = f'; filename="{filename}"' if filename is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{called}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def form(*parts: bytes) -> bytes:
    """A whole form."""
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


BEFORE = part("status", b"active") + part("consent", "at the tíll".encode())
AFTER = part("mapping", b'{"city": null}') + part("dryRun", b"yes")
WHOLE = form(BEFORE, part("file", FILE, "people.csv"), AFTER)


async def in_pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    for place in range(0, len(content), size):
        yield content[place : place + size]


async def cancel(client: httpx.AsyncClient, report: dict[str, Any], files: Path) -> None:
    """Let nothing stay of an import that was only looked at."""
    await client.post(f"/imports/{report['id']}/cancel")
    async with connection() as borrowed:
        stored = await borrowed.fetchval("SELECT stored FROM file_import ORDER BY id DESC LIMIT 1")
    (files / stored).unlink()


@pytest.mark.parametrize("size", [1, 2, 7, 64, 100_000])
async def test_a_forms_fields_may_stand_before_and_after_its_file(
    client: httpx.AsyncClient, folder: Path, size: int
) -> None:
    answer = await client.post("/imports", content=in_pieces(WHOLE, size), headers=FORM)
    assert answer.status_code == 202
    report = answer.json()
    assert (report["status"], report["consent"], report["name"]) == ("ACTIVE", "at the tíll", "people.csv")
    done = await finished(client, folder, report["id"])
    assert (done["state"], done["newFields"], done["rows"]) == ("CHECKED", [], 2)
    await client.post(f"/imports/{report['id']}/start")
    await finished(client, folder, report["id"])


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        (part("file", FILE), "file"),
        (part("upload", FILE, "a.csv"), "a.csv"),
        (part("file", FILE, "C:\\Users\\ani\\b.csv"), "b.csv"),
        (part("file", FILE, "../../etc/passwd"), "passwd"),
        (part("file", FILE, "anggota é.csv"), "anggota é.csv"),
        (part("file", FILE, "x" * 300 + ".csv"), "x" * 196 + ".csv"),
        (part("file", FILE, "..") + part("name", b"own.csv"), "own.csv"),
        (part("file", FILE, "a\x07b.csv"), "ab.csv"),
    ],
)
async def test_a_file_has_a_name(client: httpx.AsyncClient, folder: Path, sent: bytes, named: str) -> None:
    report = (await client.post("/imports", content=form(sent), headers=FORM)).json()
    assert report["name"] == named
    assert "/" not in report["name"]
    assert len(report["name"]) <= 200
    await cancel(client, report, folder)


TWO = form(part("file", FILE, "a.csv"), part("other", FILE, "b.csv"))
BROKEN: dict[str, tuple[bytes, dict[str, str], int, str]] = {
    "nothing": (b"", {}, 400, "REQUIRED"),
    "an empty file": (form(part("file", b"", "a.csv")), FORM, 400, "REQUIRED"),
    "no file": (form(BEFORE), FORM, 400, "REQUIRED"),
    "two files": (TWO, FORM, 400, "NOT_ALLOWED"),
    "no boundary": (WHOLE, {"content-type": "multipart/form-data"}, 400, "INVALID_TEXT"),
    "another boundary": (WHOLE, {"content-type": "multipart/form-data; boundary=x"}, 400, "INVALID_TEXT"),
    "no end": (WHOLE[:-8], FORM, 400, "INVALID_TEXT"),
    "half a file": (WHOLE[: WHOLE.index(b"VIP")], FORM, 400, "INVALID_TEXT"),
    "half a head": (WHOLE[:30], FORM, 400, "INVALID_TEXT"),
    "no form": (FILE, FORM, 400, "INVALID_TEXT"),
    "an empty form": (b"", FORM, 400, "INVALID_TEXT"),
    "a long field": (form(part("consent", b"x" * 1_000_001), part("file", FILE)), FORM, 413, "TOO_LARGE"),
    "long fields": (form(*[part(f"f{n}", b"x" * 200_000) for n in range(6)]), FORM, 413, "TOO_LARGE"),
    "many fields": (form(*[part(f"f{n}" + "x" * 900, b"") for n in range(1_100)]), FORM, 413, "TOO_LARGE"),
    "a long head": (part("x" * 100_000, b""), FORM, 400, "INVALID_TEXT"),
}


@pytest.mark.parametrize(("content", "headers", "status", "code"), BROKEN.values(), ids=BROKEN)
async def test_a_broken_upload_is_told_and_leaves_nothing(
    client: httpx.AsyncClient, folder: Path, content: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    answer = await client.post("/imports", content=in_pieces(content, 50_000), headers=headers)
    assert (answer.status_code, [told for told, _ in codes(answer)]) == (status, [code])


async def test_a_body_that_calls_itself_a_form_of_another_kind_is_a_file(
    client: httpx.AsyncClient, folder: Path
) -> None:
    answer = await client.post(
        "/imports", content=FILE, headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == 202
    await cancel(client, answer.json(), folder)


@pytest.mark.parametrize("is_form", [False, True])
async def test_a_file_over_the_limit_is_refused(
    client: httpx.AsyncClient, folder: Path, monkeypatch: pytest.MonkeyPatch, is_form: bool
) -> None:
    monkeypatch.setattr(imports, "LARGEST_FILE", 100_000)
    content = form(part("file", b"x" * 100_001)) if is_form else b"x" * 100_001
    answer = await client.post("/imports", content=in_pieces(content, 1_000), headers=FORM if is_form else {})
    assert (answer.status_code, codes(answer)) == (413, [("TOO_LARGE", "file")])


async def test_a_full_disk_is_told_and_leaves_nothing(client: httpx.AsyncClient, folder: Path) -> None:
    with files_of_at_most(1_000_000):
        answer = await client.post("/imports", content=in_pieces(b"x" * 3_000_000, 100_000))
    assert (answer.status_code, codes(answer)) == (507, [("NO_ROOM", "file")])


@asynccontextmanager
async def sending(address: str, token: str, length: int, **query: str) -> AsyncIterator["Sender"]:
    """A client that has begun to send a body of so many bytes."""
    host, port = address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    head = f"POST /imports?{asked} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n"
    writer.write(f"{head}content-length: {length}\r\n\r\n".encode())
    try:
        yield Sender(reader, writer)
    finally:
        writer.close()


class Sender:
    """A client that sends as it likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, content: bytes) -> None:
        """Send some more."""
        self.writer.write(content)
        await self.writer.drain()

    async def answer(self) -> tuple[int, bytes]:
        """The status and the body of what the server answers."""
        async with asyncio.timeout(20):
            head = await self.reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
            return int(head.split()[1]), await self.reader.readexactly(length)


def files_in(folder: Path) -> set[Path]:
    """What is in the folder."""
    return set(folder.iterdir())


async def none_is_written(folder: Path, before: set[Path]) -> None:
    """Wait until an upload that ended has left nothing."""
    for _ in range(500):
        if files_in(folder) == before:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(files_in(folder) - before)


async def imports_of(workspace: int) -> int:
    async with connection() as borrowed:
        return int(await borrowed.fetchval("SELECT count(*) FROM file_import WHERE workspace_id = $1", workspace))


@pytest.mark.parametrize("sent", [b"", FILE, b"x" * 3_000_000])
async def test_a_client_that_stalls_is_told_so(
    workspace: int, address: str, token: str, folder: Path, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(uploads, "STALL_SECONDS", 0.3)
    before = files_in(folder)
    async with sending(address, token, 10_000_000) as client:
        await client.send(sent)
        status, body = await client.answer()
    assert (status, b"REQUEST_TIMEOUT" in body) == (408, True)
    await none_is_written(folder, before)
    assert await imports_of(workspace) == 0


@pytest.mark.parametrize("sent", [b"", FILE, b"x" * 3_000_000])
async def test_a_client_that_hangs_up_leaves_nothing(
    workspace: int, address: str, token: str, folder: Path, sent: bytes
) -> None:
    before = files_in(folder)
    async with sending(address, token, 10_000_000) as client:
        await client.send(sent)
        await asyncio.sleep(0.1)
        client.writer.transport.abort()
    await none_is_written(folder, before)
    assert await imports_of(workspace) == 0


@pytest.mark.parametrize(
    ("query", "is_known", "expected"),
    [({"mode": "replace"}, True, 400), ({}, False, 401), ({"status": "active"}, True, 400)],
)
async def test_what_is_wrong_is_told_while_a_client_sends(
    address: str, token: str, folder: Path, query: dict[str, str], is_known: bool, expected: int
) -> None:
    async with sending(address, token if is_known else "x", 10_000_000_000, **query) as client:
        await client.send(FILE)
        assert (await client.answer())[0] == expected


async def test_a_file_that_is_too_large_is_refused_before_its_end(
    address: str, token: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "LARGEST_FILE", 2_000_000)
    async with sending(address, token, 10_000_000_000) as client:
        await client.send(b"x" * 4_000_000)
        assert (await client.answer())[0] == 413


async def test_a_slow_client_is_waited_for(
    address: str, token: str, files: Path, monkeypatch: pytest.MonkeyPatch, client: httpx.AsyncClient
) -> None:
    monkeypatch.setattr(uploads, "STALL_SECONDS", 0.5)
    async with sending(address, token, len(FILE)) as slow:
        for place in range(0, len(FILE), 10):
            await slow.send(FILE[place : place + 10])
            await asyncio.sleep(0.15)
        status, body = await slow.answer()
    assert status == 202
    await cancel(client, httpx.Response(200, content=body).json(), files)


def endless(gigabytes: int) -> bytes:
    """A line of so many gigabytes, packed: the same member again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    member = b"".join(packer.compress(b"a" * 1_000_000) for _ in range(100)) + packer.flush()
    first = zlib.compressobj(9, zlib.DEFLATED, 31)
    return first.compress(b"email,city\na@example.com,") + first.flush() + member * (10 * gigabytes)


SURVEY = """
import resource, sys
from pathlib import Path
from app.filters.problems import Refused
from app.transfer.imports.surveying import survey_file
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    survey_file(Path(sys.argv[1]), Path(sys.argv[1] + ".utf8"), None, None, None)
except Refused as refused:
    print(refused)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1_000)
"""


@pytest.fixture
def plain_or_packed(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A file whose second line has ten gigabytes, packed by gzip or with a hole for most of it."""
    path = tmp_path / "endless"
    if request.param == "packed":
        path.write_bytes(endless(10))
    else:
        path.write_bytes(b"email,city\na@example.com," + b"a" * 8_000_000)
        with path.open("r+b") as file:
            file.truncate(10_000_000_000)
    yield path
    path.unlink()


@pytest.mark.parametrize("plain_or_packed", ["packed", "plain"], indirect=True)
def test_a_line_without_end_is_refused_in_little_memory(plain_or_packed: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SURVEY, plain_or_packed], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    sentence, megabytes = done.stdout.splitlines()
    assert "is longer than" in sentence
    assert int(megabytes) < 60


async def test_an_endless_line_fails_its_import(client: httpx.AsyncClient, folder: Path) -> None:
    done = await finished(client, folder, (await send(client, endless(1)))["id"])
    assert (done["state"], "is longer than" in done["problem"]) == ("FAILED", True)
