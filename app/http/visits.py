"""A request at a side door within its limits: what PostgreSQL does for it ends in time, and it counts to its end."""

from contextlib import AbstractContextManager, ExitStack

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.identity.gate import Gate
from app.identity.watch import Watch


class Counted(Response):
    """An answer whose request has its places until all of it is sent."""

    def __init__(self, answer: Response, places: ExitStack) -> None:
        super().__init__()
        self._answer = answer
        self._places = places

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request; raises what the answer raises."""
        with self._places:
            await self._answer(scope, receive, send)


def in_time(request: Request) -> Watch:
    """What is done within is asked of PostgreSQL in turn, and stopped by TooLate when a request's time is up."""
    gate: Gate = request.app.state.gate
    return Watch(gate.deadline(request.state.visit.caller))


def hold(request: Request, place: AbstractContextManager[None]) -> None:
    """Enter a context that lasts until the request's answer is sent; raises what that raises."""
    places: ExitStack = request.state.places
    places.enter_context(place)
