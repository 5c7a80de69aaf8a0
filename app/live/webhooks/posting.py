"""One message is signed and posted, and what comes back is noted, within limits of time and size."""

import asyncio
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

import httpcore
from standardwebhooks import Webhook

from app.live.webhooks.bodies import body_of, message_id
from app.live.webhooks.network import CheckedNetwork, NoAddress
from app.queries.webhooks.claims import Claimed, Target
from app.queries.webhooks.messages import Attempt

SECONDS: Final = 15.0
CONNECT_SECONDS: Final = 8.0
CONTENT_SECONDS: Final = 2.0
MOST_BYTES: Final = 1_024
MOST_CHARACTERS: Final = 1_000
NO_PUBLIC_ADDRESS: Final = (
    "no public address was found for the host, and PILAH_PRIVATE_WEBHOOKS isn't set where this was sent"
)

# An answer may repeat what it was sent, in whichever spelling.
_ADDRESS: Final = re.compile(r"[^\s\"'<>(),;:=\\/]+(?:@|%40|&#64;|\\u0040)[^\s\"'<>(),;\\/&]+", re.IGNORECASE)
_LAST_WORD: Final = re.compile(r"[^\s\"'<>(),;:=]+\Z")
_TLS: Final = httpcore.default_ssl_context()


@dataclass(frozen=True, slots=True)
class Answer:
    """What was tried, and when the receiver wants to be asked again, in its own words."""

    attempt: Attempt
    retry_after: str | None = None

    @property
    def is_delivered(self) -> bool:
        """Whether the receiver took it."""
        return self.attempt.status is not None and 200 <= self.attempt.status < 300

    @property
    def is_gone(self) -> bool:
        """Whether the receiver wants no more messages, ever."""
        return self.attempt.status == 410


@dataclass(slots=True)
class _Heard:
    """What has come of an answer so far."""

    status: int | None = None
    retry_after: str | None = None
    begun: bytes = b""


async def post(network: CheckedNetwork, target: Target, message: Claimed, at: datetime) -> Answer:
    """Post a message, signed as of a moment; no redirect is followed, and nothing is raised.

    Each has a connection of its own, so that what the host's name leads to is checked for each. The status counts,
    whatever becomes of the rest of the answer.
    """
    body = body_of(target, message)
    started, heard = time.perf_counter(), _Heard()
    try:
        await _exchange(network, target.url, _headers(target, message, body, at), body, heard)
    except Exception as error:
        if heard.status is None:
            return Answer(Attempt(at, _since(started), problem=_problem(error)))
    return Answer(Attempt(at, _since(started), heard.status, answer=_told(heard.begun)), heard.retry_after)


def _headers(target: Target, message: Claimed, body: bytes, at: datetime) -> Mapping[str, str]:
    id, moment = message_id(message), at.astimezone(UTC)
    signatures = [Webhook(secret).sign(id, moment, body.decode()) for secret in target.secrets]
    return {
        "host": urlsplit(target.url).netloc,
        "content-type": "application/json",
        "user-agent": "Pilah",
        "accept-encoding": "identity",
        "webhook-id": id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


async def _exchange(
    network: CheckedNetwork, url: str, headers: Mapping[str, str], body: bytes, heard: _Heard
) -> None:
    """Note what is heard: within SECONDS the head, and for CONTENT_SECONDS more how the content begins."""
    timeouts = {"connect": CONNECT_SECONDS, "read": SECONDS, "write": SECONDS, "pool": SECONDS}
    async with (
        asyncio.timeout(SECONDS) as deadline,
        httpcore.AsyncConnectionPool(ssl_context=_TLS, network_backend=network) as pool,
        pool.stream(
            "POST", _parted(url), headers=[*headers.items()], content=body, extensions={"timeout": timeouts}
        ) as response,
    ):
        heard.status = response.status
        found = {name.lower(): value for name, value in response.headers}
        heard.retry_after = found.get(b"retry-after", b"").decode("latin-1") or None
        deadline.reschedule(asyncio.get_running_loop().time() + CONTENT_SECONDS)
        async for piece in response.aiter_stream():
            heard.begun += piece
            if len(heard.begun) > MOST_BYTES:
                break


def _parted(url: str) -> httpcore.URL:
    parts = urlsplit(url)
    target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    return httpcore.URL(scheme=parts.scheme, host=parts.hostname or "", port=parts.port, target=target)


def _told(begun: bytes) -> str:
    """How an answer begins, as text without anybody's address."""
    text = begun[:MOST_BYTES].decode(errors="replace")
    if len(begun) > MOST_BYTES:
        text = _LAST_WORD.sub("…", text)  # it may be half of an address
    text = _ADDRESS.sub("…", text)[:MOST_CHARACTERS]
    return "".join(each if each.isprintable() or each in "\n\t" else " " for each in text)


def _problem(error: Exception) -> str:
    """What went wrong, in words that tell nothing of the network that the server is in."""
    match error:
        case NoAddress():
            return NO_PUBLIC_ADDRESS
        case TimeoutError() | httpcore.TimeoutException():
            return f"no answer came within {SECONDS:.0f} seconds"
        case httpcore.ConnectError():
            return "no connection could be made, or its certificate was not good"
        case _:
            return "the connection broke, or what came back was no answer of HTTP"


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 3)
