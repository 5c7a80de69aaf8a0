"""Where a request comes from is what a proxy says that is named, and else who is connected."""

from collections.abc import Sequence

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from app.cli.serving import configured
from app.settings import read_settings
from app.settings.reading import Variables

CALLER = "192.0.2.7"


async def telling(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers where the request came from."""
    client = Request(scope).client
    await PlainTextResponse(client.host if client else "nowhere")(scope, receive, send)


@pytest.mark.parametrize(
    ("proxies", "connected", "forwarded", "told"),
    [
        (("127.0.0.1", "::1"), "127.0.0.1", CALLER, CALLER),
        (("127.0.0.1", "::1"), "10.0.0.9", CALLER, "10.0.0.9"),
        (("10.0.0.9",), "10.0.0.9", CALLER, CALLER),
        (("10.0.0.9",), "127.0.0.1", CALLER, "127.0.0.1"),
        (("10.0.0.0/8",), "10.20.30.40", CALLER, CALLER),
        (("10.0.0.0/8",), "10.0.0.1", f"198.51.100.1, {CALLER}, 10.0.0.2", CALLER),
        (("2001:db8::/32",), "2001:db8::5", CALLER, CALLER),
        ((), "127.0.0.1", CALLER, "127.0.0.1"),
    ],
)
async def test_only_named_proxies_are_believed(
    proxies: Sequence[str], connected: str, forwarded: str, told: str
) -> None:
    config = configured(telling, proxies=proxies)
    config.load()
    transport = httpx.ASGITransport(config.loaded_app, client=(connected, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://pilah.test") as client:
        answer = await client.get("/", headers={"x-forwarded-for": forwarded})
    assert answer.text == told


@pytest.mark.parametrize(
    ("said", "proxies"),
    [
        ("10.0.0.9, 172.16.0.0/12", ("10.0.0.9", "172.16.0.0/12")),
        ("::1", ("::1",)),
        ("", ()),
    ],
)
def test_proxies_are_addresses_and_networks(said: str, proxies: Sequence[str]) -> None:
    assert read_settings(Variables({"PILAH_PROXIES": said})).security.proxies == proxies


@pytest.mark.parametrize("said", ["*", "proxy", "10.0.0.1/8", "10.0.0.0/8;::1"])
def test_what_is_no_address_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="PILAH_PROXIES"):
        read_settings(Variables({"PILAH_PROXIES": said}))
