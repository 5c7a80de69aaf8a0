"""Headers by which a browser keeps other websites out: those that may come in are named, and nothing is framed."""

from collections.abc import Sequence
from typing import Final

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.http.origins import SocketsByOrigin

PREFLIGHT_SECONDS: Final = 3_600
METHODS: Final = ("GET", "POST", "DELETE")
ASKED: Final = ("authorization", "content-type", "idempotency-key", "x-request-id")
TOLD: Final = ("content-disposition", "location", "pilah-rows", "retry-after", "x-request-id")

POLICY: Final = b"content-security-policy"
ALWAYS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (POLICY, b"default-src 'none'; frame-ancestors 'none'"),
)


class Guarded:
    """An application none of whose answers is guessed at, framed or told to others by its address.

    An answer that has such a header keeps its own. That browsers insist on TLS is for the proxy to say, which has it.
    """

    def __init__(self, application: ASGIApp) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Has one request answered."""
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.get("headers", ())
                has = {name.lower() for name, _ in headers}
                message["headers"] = [*headers, *(each for each in ALWAYS if each[0] not in has)]
            await send(message)

        await self.application(scope, receive, guarded)


def guards(origins: Sequence[str]) -> list[Middleware]:
    """What stands before the application: pages of these websites may speak to it, by the token alone.

    Cookies are asked of nobody, so no website can use what a browser knows.
    """
    always = [Middleware(Guarded), Middleware(SocketsByOrigin, origins)]
    if not origins:
        return always
    others = Middleware(
        CORSMiddleware,
        allow_origins=origins,
        allow_methods=METHODS,
        allow_headers=ASKED,
        expose_headers=TOLD,
        allow_credentials=False,
        max_age=PREFLIGHT_SECONDS,
    )
    return [*always, others]
