"""Around every door: a request's id, its line in the log, its place in the measures, its span."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.answers import answer_to
from app.telemetry.current import Answering, Request, begun
from app.telemetry.logs import log_access
from app.telemetry.measures import SOCKETS, note_request
from app.telemetry.traces import annotate, is_tracing, request_span

_METHODS = frozenset({"GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"})
_ASKED_ALL_THE_TIME = frozenset({"/live", "/ready"})
_GIVEN_UP = 499  # nobody was there to be answered


class Accounted:
    """An application each of whose requests is known by an id, which its answer has as `X-Request-Id`.

    The caller's own `X-Request-Id` is taken where it is 8 to 64 letters, digits and `.`, `_`, `:`, `-`. What an
    endpoint raises before its answer begins is answered as a fault.
    """

    def __init__(self, application: ASGIApp) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Has one request or one socket answered."""
        if scope["type"] not in ("http", "websocket"):
            await self.application(scope, receive, send)
            return
        headers = dict(scope["headers"])
        request = begun(headers.get(b"x-request-id"), headers.get(b"authorization"))
        answer = self._answer if scope["type"] == "http" else self._speak
        with Answering(request), request_span(scope["type"], headers.get(b"traceparent")):
            await answer(request, scope, receive, send)

    async def _answer(self, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        told = _Told(request, scope, send)
        try:
            await self.application(scope, receive, told.send)
        except Exception as error:
            if told.status != _GIVEN_UP:
                raise
            await answer_to(error)(scope, receive, told.send)
        finally:
            told.to_the_end(time.perf_counter() - started)

    async def _speak(self, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        SOCKETS.inc()
        try:
            await self.application(scope, receive, send)
        finally:
            SOCKETS.dec()
            seconds = round(time.perf_counter() - started, 3)
            told = {"event": "socket", "route": _route(scope), "seconds": seconds}
            log_access(told | request.told())


class _Told:
    """One answer as it goes out, with its id; and what is told of it afterwards."""

    def __init__(self, request: Request, scope: Scope, send: Send) -> None:
        self.request = request
        self.scope = scope
        self.status = _GIVEN_UP
        self._send = send

    async def send(self, message: Message) -> None:
        """Pass a message of the answer on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], *self._headers()]
        await self._send(message)

    def _headers(self) -> list[tuple[bytes, bytes]]:
        headers = [(b"x-request-id", self.request.id.encode())]
        application = self.scope.get("app")
        # A proxy that keeps connections shall open its next one to another server.
        if application is not None and getattr(application.state, "is_draining", False):
            headers.append((b"connection", b"close"))
        return headers

    def to_the_end(self, seconds: float) -> None:
        """Tell of the answer, which took so long."""
        method = self.scope["method"] if self.scope["method"] in _METHODS else "other"
        route = _route(self.scope)
        note_request(method, route, self.status, seconds)
        if self.status == 200 and route in _ASKED_ALL_THE_TIME:
            return
        told = {"event": "request", "method": method, "route": route, "status": self.status}
        told["ms"] = round(seconds * 1_000, 2)
        told |= self.request.told()
        if is_tracing():
            annotate(told)
        log_access(told)


def _route(scope: Scope) -> str:
    """The pattern of the address, in which no id stands."""
    return getattr(scope.get("route"), "path", None) or "none"
