"""Keys of an identity provider are kept while it is away, follow it when it changes them, and come within limits."""

import asyncio
import sys
import threading
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.identity import fetching
from app.identity.fetching import NotFetched, fetched
from app.identity.key_set import KeySet, read_keys
from app.identity.refusals import NotLetIn, NotNow
from tests.identity.providers import age, public, rsa_key, serving

KEY = rsa_key()
OTHER = rsa_key()
FIRST = public(KEY, kid="first")
SECOND = public(OTHER, kid="second")


def numbers(key: Any) -> Any:
    """By what two keys are known to be the same."""
    return key.public_numbers()


async def refused(keys: KeySet, id: object) -> str:
    """Why there is no such key."""
    with pytest.raises((NotLetIn, NotNow)) as error:
        await keys.key(id)
    return error.value.message


async def test_keys_are_fetched_once() -> None:
    async with serving(FIRST, SECOND) as server:
        keys = KeySet(server.address)
        found = await asyncio.gather(*(keys.key(id) for id in ["first", "second"] * 10))
        assert {numbers(key) for key in found} == {numbers(KEY.public_key()), numbers(OTHER.public_key())}
        assert server.asked == 1


async def test_a_new_key_is_found_and_an_unknown_one_asked_for_once_a_minute() -> None:
    async with serving(FIRST) as server:
        keys = KeySet(server.address)
        await keys.key("first")
        server.keys = [SECOND]
        assert "doesn't have" in await refused(keys, "second")
        assert server.asked == 1
        age(keys, 61)
        assert numbers(await keys.key("second")) == numbers(OTHER.public_key())
        assert "doesn't have" in await refused(keys, "first")
        assert server.asked == 2


async def test_a_key_that_was_withdrawn_ends_within_an_hour() -> None:
    async with serving(FIRST, SECOND) as server:
        keys = KeySet(server.address)
        await keys.key("first")
        server.keys = [SECOND]
        await keys.key("first")
        age(keys, 3_601)
        assert "doesn't have" in await refused(keys, "first")


async def test_known_keys_go_on_while_their_address_is_down() -> None:
    async with serving(FIRST) as server:
        keys = KeySet(server.address)
        await keys.key("first")
        server.is_up = False
        age(keys, 7_200)
        assert numbers(await keys.key("first")) == numbers(KEY.public_key())
        assert "doesn't have" in await refused(keys, "second")
        assert server.asked == 2
    age(keys, 7_200)
    assert numbers(await keys.key("first")) == numbers(KEY.public_key())


async def test_without_any_key_nobody_is_let_in_until_there_is_one() -> None:
    async with serving(FIRST) as server:
        server.is_up = False
        keys = KeySet(server.address)
        assert "can't be had" in await refused(keys, "first")
        server.is_up = True
        assert "can't be had" in await refused(keys, "first")
        age(keys, 61)
        assert await keys.key("first") is not None
        assert server.asked == 2


async def test_who_waits_for_keys_in_vain_is_told_when_to_come_again() -> None:
    async with serving(FIRST) as server:
        server.is_up = False
        keys = KeySet(server.address)
        for _ in range(2):
            with pytest.raises(NotNow) as refused:
                await keys.key("first")
            assert (refused.value.code, refused.value.seconds) == ("RATE_LIMITED", 60)


async def test_a_head_that_dribbles_holds_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "SECONDS", 0.5)
    async with serving(FIRST) as server:
        server.head_pause = 0.1
        keys = KeySet(server.address)
        async with asyncio.timeout(1.5):
            refusals = await asyncio.gather(*(refused(keys, "first") for _ in range(20)))
        assert all("can't be had" in refusal for refusal in refusals)
        async with asyncio.timeout(2):
            while any(map(_is_reading, threading.enumerate())):  # noqa: ASYNC110
                await asyncio.sleep(0.05)


def _is_reading(thread: threading.Thread) -> bool:
    """Whether a thread still fetches."""
    frame = sys._current_frames().get(thread.ident or 0)
    while frame is not None and frame.f_code.co_name != "_read":
        frame = frame.f_back
    return frame is not None


async def test_who_hangs_up_leaves_the_keys_to_others() -> None:
    async with serving(FIRST) as server:
        server.pause = 0.2
        keys = KeySet(server.address)
        gone, stays = (asyncio.create_task(keys.key("first")) for _ in range(2))
        await asyncio.sleep(0.05)
        gone.cancel()
        assert numbers(await stays) == numbers(KEY.public_key())
        assert (gone.cancelled(), server.asked) == (True, 1)


async def test_a_known_key_does_not_wait_for_the_address() -> None:
    async with serving(FIRST) as server:
        keys = KeySet(server.address)
        await keys.key("first")
        server.pause = 2.0
        age(keys, 3_601)
        slow = asyncio.create_task(keys.key("second"))
        await asyncio.sleep(0.2)
        async with asyncio.timeout(1.0):
            await keys.key("first")
        slow.cancel()
        await asyncio.wait({slow})


async def test_one_key_alone_needs_no_name() -> None:
    async with serving(FIRST) as server:
        assert numbers(await KeySet(server.address).key(None)) == numbers(KEY.public_key())


async def test_keys_come_from_a_file_too(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_bytes(orjson.dumps({"keys": [FIRST]}))
    assert await KeySet(str(file)).key("first") is not None
    assert "can't be had" in await refused(KeySet(str(tmp_path / "none.json")), "first")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b'{"keys": null}',
        b'{"keys": []}',
        b'{"keys": [null, 1, {}, {"kty": "RSA"}, {"kty": "RSA", "n": "x", "e": "AQAB"}]}',
        b'{"keys": [{"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", "kid": "first"}]}',
        orjson.dumps({"keys": [{**FIRST, "use": "enc"}]}),
    ],
)
def test_what_has_no_key_that_signs_is_no_key_set(text: bytes) -> None:
    with pytest.raises(NotFetched):
        read_keys(text)


async def test_an_answer_has_to_be_small_quick_and_from_the_address_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(FIRST) as server:
        assert orjson.loads(await fetched(server.address)) == {"keys": [FIRST]}
        server.raw = b"x" * (fetching.LARGEST + 1)
        with pytest.raises(NotFetched):
            await fetched(server.address)
        server.raw, server.pause = b"x" * 20_000, 0.1
        monkeypatch.setattr(fetching, "SECONDS", 0.3)
        with pytest.raises(NotFetched):
            await fetched(server.address)
        server.pause = 0.0
        for status in (b"302 Found\r\nLocation: /elsewhere", b"404 Not Found", b"500 Oh"):
            server.head = b"HTTP/1.1 " + status + b"\r\nConnection: close\r\n\r\n"
            with pytest.raises(NotFetched):
                await fetched(server.address)
        asked = server.asked
    assert asked == 6
    with pytest.raises(NotFetched):
        await fetched(server.address)
