"""An operation of a socket is a request of its own in the log: it has an id, and one line when it is over."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from app.graphql.socket.greeting import Acknowledged
from app.telemetry.current import Answering, begun, request_id
from app.telemetry.logs import log_access

STOPPED = "stopped"


@dataclass(slots=True)
class Outcome:
    """How the operation ended: by the type of its last message, or stopped by one of both sides."""

    name: str = STOPPED


@contextmanager
def accounted(client: Acknowledged) -> Iterator[Outcome]:
    """What is done within is one operation of the client's."""
    socket, started, outcome = request_id(), time.perf_counter(), Outcome()
    request = begun(None, (client.authorization or "").encode())
    request.workspace_id = client.workspace_id
    try:
        with Answering(request):
            yield outcome
    finally:
        milliseconds = round((time.perf_counter() - started) * 1_000, 2)
        told = {"event": "operation", "outcome": outcome.name, "ms": milliseconds, "socket": socket}
        log_access(told | request.told())
