"""Fetches a small file, from the address of an identity provider or from this machine, within limits."""

import asyncio
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from socket import SHUT_RDWR, socket
from threading import Timer
from typing import IO, Any, Final
from urllib.request import HTTPHandler, HTTPRedirectHandler, HTTPSHandler, build_opener

LARGEST: Final = 256_000
SECONDS: Final = 5.0
PIECE: Final = 16_384


class NotFetched(Exception):
    """It is not there, is too large, came too slowly, or isn't what it should be."""


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Another address could be anybody's."""


class _Brief(HTTPConnection):
    """A connection that is cut when its time is up: its timeout is of each read, and a head may come byte by byte."""

    def connect(self) -> None:
        super().connect()
        timer = Timer(SECONDS, _cut, (self.sock,))
        timer.daemon = True
        timer.start()


class _BriefSecure(_Brief, HTTPSConnection):
    """The same by TLS."""


class _ByHttp(HTTPHandler):
    def http_open(self, request: Any) -> Any:
        return self.do_open(_Brief, request)


class _ByHttps(HTTPSHandler):
    def https_open(self, request: Any) -> Any:
        return self.do_open(_BriefSecure, request)


async def fetched(source: str) -> bytes:
    """What is at an address of http or https, or in a file; raises NotFetched."""
    try:
        async with asyncio.timeout(SECONDS):
            return await asyncio.to_thread(_read, source)
    except (OSError, HTTPException, ValueError):
        raise NotFetched from None


def _read(source: str) -> bytes:
    if not source.startswith(("https://", "http://")):
        with Path(source).open("rb") as file:
            return _limited(file)
    with build_opener(_ByHttp, _ByHttps, _NoRedirects).open(source, timeout=SECONDS) as answer:
        return _limited(answer)


def _cut(connected: socket) -> None:
    with suppress(OSError):
        connected.shutdown(SHUT_RDWR)


def _limited(file: IO[bytes]) -> bytes:
    text, end = bytearray(), time.monotonic() + SECONDS
    read = getattr(file, "read1", file.read)
    while piece := read(PIECE):
        text += piece
        if len(text) > LARGEST or time.monotonic() > end:
            raise NotFetched
    return bytes(text)
