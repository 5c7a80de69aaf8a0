"""What is no message closes a socket of the real server with its code, whatever its size, and the server lives on."""

from typing import Any

import httpx
import pytest

from tests.graphql.sockets import opened

pytestmark = pytest.mark.clients
LARGE = 1_000_001
FRAMES: dict[str, tuple[Any, int]] = {
    "a list": ("[]", 4400),
    "null": ("null", 4400),
    "no JSON": ("{", 4400),
    "deep": ("[" * 100_000, 4400),
    "binary": (b"\x00\xff", 4400),
    "unknown type": ({"type": "start"}, 4400),
    "a large text": ("x" * LARGE, 1009),
    "large and binary": (b"x" * LARGE, 1009),
    "before the greeting": ({"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }"}}, 4401),
}


@pytest.mark.parametrize(("frame", "code"), FRAMES.values(), ids=FRAMES)
async def test_a_wrong_frame_has_its_close_code(demo: tuple[str, str], frame: Any, code: int) -> None:
    url, _ = demo
    async with opened(url.replace("http:", "ws:") + "/graphql") as speaker:
        await speaker.say(frame)
        assert (await speaker.closing())[0] == code
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"{url}/live")).status_code == 200
