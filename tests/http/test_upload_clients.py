"""Clients that stall, hang up, send in vain or never end, before a real server."""

import asyncio
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from app.http import imports, patience
from app.queries.connections import connection
from tests.http.importing import FILE, finished, folder, send, token
from tests.http.test_uploads import cancel

__all__ = ["folder", "token"]

ROOT = Path(__file__).parents[2]


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
    monkeypatch.setattr(patience, "STALL_SECONDS", 0.3)
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
    monkeypatch.setattr(patience, "STALL_SECONDS", 0.5)
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
