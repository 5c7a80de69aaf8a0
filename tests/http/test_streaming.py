"""An answer made while it is sent ends with its reader."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from app.http import patience
from app.http.streaming import BrokenOff, Content, Streamed
from app.queries.exports.copying import Write

SCOPE = {"type": "http", "method": "GET"}


class Endless:
    """Content that goes on for ever, or until it fails."""

    headers: Mapping[str, str] = {"content-type": "text/plain"}

    def __init__(self, fails_after: int | None = None) -> None:
        self.fails_after = fails_after
        self.pieces = 0
        self.is_open = False

    async def write(self, write: Write) -> None:
        while self.pieces != self.fails_after:
            await write(b"x")
            self.pieces += 1
            await asyncio.sleep(0)
        raise ValueError("somebody@example.com")

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Content]:
        self.is_open = True
        try:
            yield self
        finally:
            await asyncio.sleep(0)  # closing takes its time, and must be given it
            self.is_open = False


class Reader:
    """Takes what it is sent, and leaves after so many messages, or never."""

    def __init__(self, leaves_after: int | None = None) -> None:
        self.leaves_after = leaves_after
        self.taken: list[dict[str, object]] = []
        self.left = asyncio.Event()

    async def receive(self) -> dict[str, object]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict[str, object]) -> None:
        self.taken.append(message)
        if len(self.taken) == self.leaves_after:
            self.left.set()


@pytest.mark.parametrize("leaves_after", [1, 2, 100])
async def test_content_is_closed_when_its_reader_leaves(leaves_after: int) -> None:
    content, reader = Endless(), Reader(leaves_after)
    async with asyncio.timeout(5):
        await Streamed(content.opened)(SCOPE, reader.receive, reader.send)  # type: ignore[arg-type]
    assert not content.is_open
    assert content.pieces < leaves_after + 10


async def test_content_is_closed_when_the_server_stops() -> None:
    content, reader = Endless(), Reader()
    answering = asyncio.create_task(Streamed(content.opened)(SCOPE, reader.receive, reader.send))  # type: ignore[arg-type]
    await asyncio.sleep(0.01)
    assert content.is_open
    answering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await answering
    assert not content.is_open


async def test_content_that_fails_has_no_end_and_tells_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    content, reader = Endless(fails_after=3), Reader()
    with pytest.raises(BrokenOff) as broken:
        await Streamed(content.opened)(SCOPE, reader.receive, reader.send)  # type: ignore[arg-type]
    assert [message.get("more_body") for message in reader.taken] == [None, True, True, True]
    assert broken.value.__suppress_context__
    assert "somebody" not in str(broken.value) + "".join(capsys.readouterr())
    assert not content.is_open


async def test_a_reader_that_takes_too_little_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "STALL_SECONDS", 0.2)
    content, reader = Endless(), Reader()

    async def send(message: dict[str, object]) -> None:
        await asyncio.sleep(0.05)
        await reader.send(message)

    async with asyncio.timeout(5):
        with pytest.raises(BrokenOff):
            await Streamed(content.opened)(SCOPE, reader.receive, send)  # type: ignore[arg-type]
    assert 3 <= content.pieces <= 5


async def test_a_reader_that_waits_for_what_is_slow_is_not_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "STALL_SECONDS", 0.01)
    content, reader = Endless(fails_after=5), Reader()

    async def slowly(write: Write) -> None:
        for _ in range(5):
            await asyncio.sleep(0.05)
            await write(b"x")

    monkeypatch.setattr(content, "write", slowly)
    async with asyncio.timeout(5):
        await Streamed(content.opened)(SCOPE, reader.receive, reader.send)  # type: ignore[arg-type]
    assert reader.taken[-1] == {"type": "http.response.body"}
