"""What a server lets a caller do before it knows whose token it has, on sockets of its own."""

import asyncio
import resource
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import cycle

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app.cli import connections, serving
from app.cli.connections import MOST_HEAD_BYTES
from app.cli.serving import configured
from app.http.streaming import BrokenOff

GET = b"GET / HTTP/1.1\r\nhost: pilah.test\r\n"
POST = b"POST / HTTP/1.1\r\nhost: pilah.test\r\ntransfer-encoding: chunked\r\n\r\n"
LINE = b"x-a: b\r\n"
FILES = 4_096


async def counting(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers how long the body was."""
    body = await Request(scope, receive).body()
    await PlainTextResponse(str(len(body)))(scope, receive, send)


@asynccontextmanager
async def connected(
    application: ASGIApp = counting,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to a server that is set up as `pilah serve` does."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        config = configured(application)
        config.lifespan = "off"
        server = uvicorn.Server(config)
        task = asyncio.create_task(server._serve([held]))
        reader, writer = await asyncio.open_connection(*held.getsockname())
        try:
            yield reader, writer
        finally:
            writer.close()
            server.should_exit = True
            await asyncio.wait_for(task, 10)


async def rest(reader: asyncio.StreamReader) -> bytes:
    """What comes until the server closes, or resets."""
    try:
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionError:
        return b""


@pytest.mark.parametrize(
    ("beginning", "again"),
    [
        (GET, LINE),
        (GET + b"x-long: ", b"x" * 100),
        (b"GET /", b"x" * 100),
        (POST + b"0\r\n", LINE),
        (POST + b"0\r\nx-long: ", b"x" * 100),
        (POST + b"1;", b"x" * 100),
    ],
    ids=["headers", "one header", "an address", "trailers", "one trailer", "an extension"],
)
async def test_endless_heads_are_cut_off(beginning: bytes, again: bytes) -> None:
    async with connected() as (reader, writer):
        sent = 0
        writer.write(beginning)
        while not writer.is_closing() and sent < 30 * MOST_HEAD_BYTES:
            writer.write(again * 50)
            sent += len(again) * 50
            try:
                await writer.drain()
            except ConnectionError:
                break
            await asyncio.sleep(0)
        assert b" 200 " not in await rest(reader)
        assert sent < 20 * MOST_HEAD_BYTES


async def test_a_head_that_is_too_long_is_told() -> None:
    async with connected() as (reader, writer):
        writer.write(GET + b"cookie: " + b"x" * (MOST_HEAD_BYTES + 1))
        answer = await rest(reader)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.endswith(b"The headers of this request are too long.")


@pytest.mark.parametrize("sent", [b"", b"GET", GET + LINE, GET + b"\r\n", GET + b"\r\n" + GET], ids=repr)
async def test_a_head_that_does_not_come_is_not_awaited(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)
    async with connected() as (reader, writer):
        writer.write(sent)
        for _ in range(3):
            await asyncio.sleep(0.05)
            writer.write(b"\r\n" if sent.endswith(b"\r\n\r\n") else b"")
        async with asyncio.timeout(3):
            answer = await rest(reader)
    assert answer.count(b" 200 ") == sent.count(b"\r\n\r\n")


async def test_a_long_body_and_many_requests_are_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    async with connected() as (reader, writer):
        for _ in range(3):
            writer.write(POST)
            for _ in range(8):
                writer.write(chunk)
                await asyncio.sleep(0.05)
            writer.write(b"0\r\n\r\n")
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
            assert await reader.readexactly(6) == b"524288"


async def broken_off(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Begins an answer, and leaves it without its end."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"half", "more_body": True})
    raise BrokenOff


async def test_an_answer_that_was_broken_off_is_logged_once(capsys: pytest.CaptureFixture[str]) -> None:
    async with connected(broken_off) as (reader, writer):
        writer.write(GET + b"\r\n")
        assert (await rest(reader)).endswith(b"4\r\nhalf\r\n")
    assert "Traceback" not in "".join(capsys.readouterr())


@pytest.mark.parametrize(
    "sent", [b"", b"GET", POST, POST + b"5\r\nhel"], ids=["nothing", "a word", "a head", "a part"]
)
async def test_silent_clients_make_room_for_others(sent: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "MOST_CONNECTIONS", 10)
    monkeypatch.setattr(connections, "CROWD", 2)
    async with connected() as (_, writer):
        address = writer.get_extra_info("peername")
        silent = [await asyncio.open_connection(*address) for _ in range(40)]
        for _, one in silent:
            one.write(sent)
        await asyncio.sleep(0.2)
        cut = [other.at_eof() or isinstance(other.exception(), ConnectionError) for other, _ in silent]
        assert cut == [True] * 32 + [False] * 8
        late, client = await asyncio.open_connection(*address)
        client.write(GET + b"connection: close\r\n\r\n")
        assert (await rest(late)).startswith(b"HTTP/1.1 200")
        for _, one in [*silent, (late, client)]:
            one.close()


async def test_a_thousand_idle_sockets_stop_nobody() -> None:
    files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < FILES:
        pytest.skip("this account may not open so many files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(files, FILES), most))
    async with connected() as (_, writer):
        address = writer.get_extra_info("peername")
        idle = [await asyncio.open_connection(*address) for _ in range(1_000)]
        for sent, (_, one) in zip(cycle([b"", b"GET", POST]), idle, strict=False):
            one.write(sent)
        for _ in range(20):
            late, client = await asyncio.open_connection(*address)
            client.write(GET + b"connection: close\r\n\r\n")
            assert (await rest(late)).startswith(b"HTTP/1.1 200")
            client.close()
        for _, one in idle:
            one.close()


async def test_who_sends_something_now_and_then_is_not_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "MOST_CONNECTIONS", 10)
    monkeypatch.setattr(connections, "CROWD", 2)
    async with connected() as (reader, writer):
        writer.write(POST)
        silent = []
        for _ in range(40):
            writer.write(b"1\r\nx\r\n")
            await asyncio.sleep(0.01)
            silent.append(await asyncio.open_connection(*writer.get_extra_info("peername")))
        writer.write(b"0\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
        for _, one in silent:
            one.close()


async def test_connections_beyond_the_most_are_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "MOST_CONNECTIONS", 3)
    monkeypatch.setattr(connections, "SPARE", 1)
    monkeypatch.setattr(connections, "CROWD", -10)
    async with connected() as (reader, writer):
        address = writer.get_extra_info("peername")
        others = [await asyncio.open_connection(*address) for _ in range(6)]
        await asyncio.sleep(0.2)
        cut = [other for other, _ in others if other.at_eof() or isinstance(other.exception(), ConnectionError)]
        for _, one in others:
            one.close()
        assert len(cut) == 3
        await asyncio.sleep(0.2)
        writer.write(GET + b"connection: close\r\n\r\n")
        assert (await rest(reader)).startswith(b"HTTP/1.1 200")
