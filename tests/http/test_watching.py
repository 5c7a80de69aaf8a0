"""What takes long ends with the token that began it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import StreamingResponse
from starlette.types import Message

from app.http import watching
from app.http.answers import TurnedAway
from app.http.streaming import BrokenOff
from app.http.watching import WhileOpen, while_open
from app.queries.acts import Actor
from app.queries.tokens import Bearer, NewToken, new_token, revoke_token
from tests.http.importing import client_with, codes, folder
from tests.http.test_streaming import SCOPE, Reader

__all__ = ["folder"]


@pytest.fixture(autouse=True)
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tokens are looked after every twentieth of a second."""
    monkeypatch.setattr(watching, "SECONDS_BETWEEN_LOOKS", 0.05)


@pytest.fixture
async def made(workspace: int) -> NewToken:
    """A token of the fresh workspace."""
    return await new_token(workspace, "test", ["import", "export"])


def bearer_with(workspace: int, actor: Actor) -> Bearer:
    return Bearer(workspace, 0, frozenset({"export"}), actor)


async def sent(answer: WhileOpen, reader: Reader) -> None:
    """The answer goes to the reader, to its end."""

    async def send(message: Message) -> None:
        await reader.send(dict(message))

    await answer(SCOPE, reader.receive, send)


async def drops(closed: list[bool], count: int = 1_000) -> AsyncIterator[bytes]:
    """A byte every hundredth of a second."""
    try:
        for _ in range(count):
            yield b"x"
            await asyncio.sleep(0.01)
    finally:
        closed.append(True)


async def test_a_download_is_broken_off_soon_after_its_token(workspace: int, made: NewToken) -> None:
    reader, closed = Reader(), list[bool]()
    answer = WhileOpen(StreamingResponse(drops(closed)), bearer_with(workspace, Actor(token_id=made.row.id)))
    sending = asyncio.create_task(sent(answer, reader))
    await asyncio.sleep(0.2)
    assert not sending.done()
    await revoke_token(workspace, made.row.id)
    with pytest.raises(BrokenOff):
        await asyncio.wait_for(sending, 5)
    assert 5 < len(reader.taken) < 900
    assert reader.taken[-1]["more_body"] is True
    assert closed == [True]


async def test_a_download_of_a_good_token_comes_whole(workspace: int, made: NewToken) -> None:
    for actor in (Actor(token_id=made.row.id), Actor(subject="somebody")):
        reader = Reader()
        answer = WhileOpen(StreamingResponse(drops([], 20)), bearer_with(workspace, actor))
        await sent(answer, reader)
        assert [one.get("body") for one in reader.taken[1:]] == [b"x"] * 20 + [b""]


async def test_a_fault_of_a_download_is_its_own(workspace: int, made: NewToken) -> None:
    async def failing() -> AsyncIterator[bytes]:
        yield b"x"
        raise ValueError

    reader = Reader()
    answer = WhileOpen(StreamingResponse(failing()), bearer_with(workspace, Actor(token_id=made.row.id)))
    with pytest.raises((ValueError, ExceptionGroup)):
        await sent(answer, reader)


async def test_an_upload_ends_with_its_token(
    application: Starlette, workspace: int, made: NewToken, folder: Path
) -> None:
    async def rows() -> AsyncIterator[bytes]:
        yield b"email\n"
        for number in range(300):
            yield f"a{number}@example.com\n".encode()
            await asyncio.sleep(0.01)
            if number == 20:
                await revoke_token(workspace, made.row.id)

    async with client_with(application, made.text) as client:
        answer = await client.post("/imports", content=rows())
    assert (answer.status_code, codes(answer)) == (401, [("UNAUTHENTICATED", "file")])


async def test_a_small_upload_whose_token_has_ended_meanwhile_is_nothing(workspace: int, made: NewToken) -> None:
    bearer = bearer_with(workspace, Actor(token_id=made.row.id))
    await revoke_token(workspace, made.row.id)
    with pytest.raises(TurnedAway):
        [chunk async for chunk in while_open(bearer, drops([], 1))]


async def test_a_revoked_token_opens_no_door(application: Starlette, workspace: int, made: NewToken) -> None:
    async with client_with(application, made.text) as client:
        assert (await client.get("/exports/RXhwb3J0OjE=")).status_code == 404
        await revoke_token(workspace, made.row.id)
        answer: httpx.Response = await client.get("/exports/RXhwb3J0OjE=")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
