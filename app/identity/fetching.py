"""Fetches a small file, from the address of an identity provider or from this machine, within limits."""

import asyncio
import time
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any, Final
from urllib.request import HTTPRedirectHandler, build_opener

LARGEST: Final = 256_000
SECONDS: Final = 5.0
PIECE: Final = 16_384


class NotFetched(Exception):
    """It is not there, is too large, came too slowly, or isn't what it should be."""


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Another address could be anybody's."""


async def fetched(source: str) -> bytes:
    """What is at an address of http or https, or in a file; raises NotFetched."""
    try:
        return await asyncio.to_thread(_read, source)
    except (OSError, HTTPException, ValueError):
        raise NotFetched from None


def _read(source: str) -> bytes:
    if not source.startswith(("https://", "http://")):
        with Path(source).open("rb") as file:
            return _limited(file)
    with build_opener(_NoRedirects).open(source, timeout=SECONDS) as answer:
        return _limited(answer)


def _limited(file: IO[bytes]) -> bytes:
    text, end = bytearray(), time.monotonic() + SECONDS
    read = getattr(file, "read1", file.read)
    while piece := read(PIECE):
        text += piece
        if len(text) > LARGEST or time.monotonic() > end:
            raise NotFetched
    return bytes(text)
