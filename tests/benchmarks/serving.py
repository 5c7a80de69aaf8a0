"""Starts an application as its own process, one worker on loopback, the way `pilah serve` does."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from starlette.applications import Starlette

from app.asgi import create_app
from app.graphql.limits.guard import Guard
from app.graphql.schema import schema
from app.settings import Limits
from app.telemetry.logs import configure_logs

START_SECONDS = 30


def pilah() -> Starlette:
    """The product itself, over the database that DATABASE_URL names."""
    configure_logs("warning", as_json=True)
    guard = Guard(schema._schema, Limits(requests_per_second=10**6, requests_in_a_burst=10**6))
    return create_app(os.environ["DATABASE_URL"], Path(tempfile.gettempdir()) / "pilah-benchmarks-files", guard=guard)


@contextmanager
def served(factory: str, dsn: str, *, websockets: bool = False) -> Iterator[int]:
    """The port on which a factory's application answers, for as long as the context lasts."""
    with served_process(factory, dsn, websockets=websockets) as (port, _):
        yield port


@contextmanager
def served_process(factory: str, dsn: str, *, websockets: bool = False) -> Iterator[tuple[int, int]]:
    """As `served`, with the process's id."""
    port = _free_port()
    options = ["--factory", "--port", str(port), "--log-level", "warning", "--no-access-log"]
    options += ["--loop", "uvloop", "--http", "httptools"]
    options += ["--ws", "auto" if websockets else "none"]
    server = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", factory, *options], env=os.environ | {"DATABASE_URL": dsn}
    )
    try:
        _wait(server, port)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(server: "subprocess.Popen[bytes]", port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/ready", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise SystemExit("the server did not start")
