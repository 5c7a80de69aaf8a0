"""A server that is told to stop serves on for a while and says that it isn't ready, so that no one is turned away."""

import signal
import socket
import sys
import time
from contextlib import suppress
from types import FrameType

import structlog
import uvicorn
from starlette.applications import Starlette

log = structlog.get_logger()


class DrainingServer(uvicorn.Server):
    """Stops some seconds after SIGTERM, so that a proxy notices; at once by Ctrl-C, and by what is sent twice."""

    def __init__(self, config: uvicorn.Config, application: Starlette, seconds: float, greeting: str = "") -> None:
        super().__init__(config)
        self.greeting = greeting
        self.application = application
        self.seconds = seconds
        self._stops_at: float | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Come up, and only then say so."""
        await super().startup(sockets)
        if self.started:
            with suppress(OSError):  # nobody has to listen
                sys.stdout.write(self.greeting)
                sys.stdout.flush()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take a signal."""
        is_first = self._stops_at is None
        self.application.state.is_draining = True
        if sig == signal.SIGTERM and is_first and not self.should_exit:
            self._stops_at = time.monotonic() + self.seconds
            return
        super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Whether to stop, asked ten times a second."""
        if self._stops_at is not None and time.monotonic() >= self._stops_at:
            self.should_exit = True
        return await super().on_tick(counter)
