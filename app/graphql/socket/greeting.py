"""The first state of a socket: until the client has greeted and is known, it may do nothing else."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Final

from app.graphql.faults import RequestError, masked
from app.graphql.limits.guard import Authenticate
from app.graphql.socket.messages import ACKNOWLEDGED, PONG, CloseCode, Closing, Init, Ping, Subscribe
from app.graphql.socket.wire import Wire
from app.identity.gate import workspace_of
from app.queries.faults import unreachable

CODES: Final = {"UNAUTHENTICATED": CloseCode.UNAUTHORIZED, "RATE_LIMITED": CloseCode.TRY_AGAIN}


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A client that has shown who it is; each of its operations shows `authorization` again.

    Its mutation is done once for an idempotency `key`.
    """

    authorization: str | None = field(repr=False)
    workspace_id: int | None = None
    key: str | None = field(default=None, repr=False)


async def greet(wire: Wire, header: str | None, authenticate: Authenticate, seconds: float) -> Acknowledged:
    """The client, once it has greeted in time with credentials that are right, or had them in its header.

    Raises Closing, and Gone.
    """
    try:
        async with asyncio.timeout(seconds):
            init = await _init(wire)
    except TimeoutError:
        raise Closing(CloseCode.INIT_TOO_LATE, "The connection_init came too late.") from None
    authorization = header if init.authorization is None else init.authorization
    context = await _checked(authorization, authenticate)
    await wire.tell(ACKNOWLEDGED)
    return Acknowledged(authorization, workspace_of(context))


async def _init(wire: Wire) -> Init:
    while True:
        match await wire.hear():
            case Init() as init:
                return init
            case Ping():
                await wire.tell(PONG)
            case Subscribe():
                raise Closing(CloseCode.UNAUTHORIZED, "Send a connection_init first.")


async def _checked(authorization: str | None, authenticate: Authenticate) -> Any:
    try:
        return await authenticate(authorization)
    except RequestError as error:
        raise Closing(CODES.get(error.code, CloseCode.FORBIDDEN), error.message) from None
    except Exception as error:
        code = CloseCode.TRY_AGAIN if unreachable(error) else CloseCode.FAULT
        raise Closing(code, masked(error)["message"]) from None
