"""The protocol's messages: what a client may say, read out of a frame, and what it is told."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

import orjson

from app.graphql.requests import Asked, Refusal, read_parameters
from app.telemetry.measures import note_refusals

PROTOCOL: Final = "graphql-transport-ws"
ACKNOWLEDGED: Final = {"type": "connection_ack"}
PONG: Final = {"type": "pong"}
LONGEST_REASON: Final = 123  # bytes, as RFC 6455 has it


class CloseCode(IntEnum):
    """Why the server closes; those from 4400 on are the protocol's."""

    TOO_LARGE = 1009
    TRY_AGAIN = 1013
    BAD_MESSAGE = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    WRONG_PROTOCOL = 4406
    INIT_TOO_LATE = 4408
    ID_TAKEN = 4409
    INIT_TWICE = 4429
    FAULT = 4500


class Closing(Exception):
    """The socket has to be closed by the server, with a code and a reason that the client may read."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode()[:LONGEST_REASON].decode(errors="ignore")


@dataclass(frozen=True, slots=True)
class Init:
    """The client's greeting; `authorization` is as the HTTP header of that name has it."""

    authorization: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ping:
    """Wants a pong."""


@dataclass(frozen=True, slots=True)
class Pong:
    """Answers a ping, or says by itself that the client lives."""


@dataclass(frozen=True, slots=True)
class Subscribe:
    """An operation to run, whatever its kind; its answers carry the id."""

    id: str
    asked: Asked


@dataclass(frozen=True, slots=True)
class Complete:
    """The client wants no more of an operation."""

    id: str


Message = Init | Ping | Pong | Subscribe | Complete


def read_message(text: str) -> Message:
    """The message in a text frame; raises Closing for anything else."""
    try:
        raw = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Closing(CloseCode.BAD_MESSAGE, "A message has to be JSON.") from None
    match raw:
        case {"type": "connection_init"} if isinstance(raw.get("payload"), dict | None):
            return Init(_authorization(raw.get("payload") or {}))
        case {"type": "ping"}:
            return Ping()
        case {"type": "pong"}:
            return Pong()
        case {"type": "subscribe", "id": str(id), "payload": dict(payload)} if id:
            return Subscribe(id, _asked(payload))
        case {"type": "complete", "id": str(id)}:
            return Complete(id)
    raise Closing(CloseCode.BAD_MESSAGE, "This is no message of graphql-transport-ws.")


def next_answer(id: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer of an operation, which may have more."""
    return {"id": id, "type": "next", "payload": answer}


def errors(id: str, entries: list[dict[str, Any]]) -> dict[str, Any]:
    """Why an operation could not begin, or not go on; nothing follows."""
    note_refusals(entries)
    return {"id": id, "type": "error", "payload": entries}


def complete(id: str) -> dict[str, Any]:
    """An operation has no more answers."""
    return {"id": id, "type": "complete"}


def _authorization(payload: Mapping[str, Any]) -> str | None:
    """The credentials in a greeting: `Authorization`, in any case, or a `token` alone."""
    found = {name.lower(): value for name, value in payload.items() if isinstance(value, str)}
    token = found.get("token")
    return found.get("authorization", None if token is None else f"Bearer {token}")


def _asked(payload: dict[str, Any]) -> Asked:
    try:
        return read_parameters(payload)
    except Refusal as refused:
        raise Closing(CloseCode.BAD_MESSAGE, refused.errors[0]["message"]) from None
