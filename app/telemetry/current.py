"""The request that is being answered: its id, and what becomes known of it."""

import random
import re
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

_SANE: Final = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._:-]{7,63}")
_PREFIX: Final = re.compile(rb"[Bb]earer +(pilah_[0-9]{1,19}_[A-Za-z0-9_-]{4})[A-Za-z0-9_-]{20,}")
_SANE_NAME: Final = re.compile(r"[_A-Za-z][_0-9A-Za-z]{0,63}")


@dataclass(slots=True)
class Request:
    """What is known of a request so far; `token` is how its token begins."""

    id: str
    token: str | None = None
    workspace_id: int | None = None
    operation: str | None = None

    def told(self) -> dict[str, str | int]:
        """What a line of the log tells of it."""
        known = {"operation": self.operation, "workspace_id": self.workspace_id, "token": self.token}
        return {"request": self.id} | {name: value for name, value in known.items() if value is not None}


_current: ContextVar[Request | None] = ContextVar("request", default=None)


def current() -> Request | None:
    """The request that this task answers; None where it answers none."""
    return _current.get()


def request_id() -> str | None:
    """The id of the request that this task answers."""
    request = _current.get()
    return None if request is None else request.id


def begun(asked_id: bytes | None, authorization: bytes | None) -> Request:
    """A new request, by these headers; the id is the caller's where that is a sane one."""
    sane = asked_id is not None and _SANE.fullmatch(asked_id)
    shown = authorization is not None and _PREFIX.match(authorization)
    id = sane[0].decode() if sane else f"{random.getrandbits(64):016x}"
    return Request(id, shown[1].decode() if shown else None)


class Answering:
    """The request is the current one for as long as the context lasts."""

    __slots__ = ("_request", "_token")

    def __init__(self, request: Request) -> None:
        self._request = request

    def __enter__(self) -> None:
        self._token = _current.set(self._request)

    def __exit__(self, *_: object) -> None:
        _current.reset(self._token)


def note_workspace(workspace_id: int | None) -> None:
    """The current request's token opens this workspace."""
    if (request := _current.get()) is not None:
        request.workspace_id = workspace_id


def note_operation(name: str | None) -> None:
    """The current request runs an operation that its caller calls so."""
    if (request := _current.get()) is not None and name and _SANE_NAME.fullmatch(name):
        request.operation = name
