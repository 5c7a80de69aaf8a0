"""The application behind a port, until it is told to stop."""

import errno
import logging
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import structlog
import uvicorn
from starlette.types import ASGIApp

from app.cli.connections import GuardedHttp
from app.cli.database import files_folder
from app.cli.draining import DrainingServer
from app.http.metrics import BesideMetrics
from app.http.streaming import BrokenOff
from app.identity.porter import NotInstalled
from app.settings import USUAL_LIMITS, Settings
from app.settings.misspelt import unknown_settings
from app.settings.operating import USUAL_OPERATING
from app.settings.security import USUAL_SECURITY
from app.transfer.files.folder import prove_writable

log = structlog.get_logger()

GRACE_SECONDS = USUAL_OPERATING.grace_seconds
BACKLOG = 2_048
MOST_CONNECTIONS = 900  # each is an open file, of which a process usually may have 1,024


class CannotServe(Exception):
    """The message says why."""


@contextmanager
def bound(host: str, port: int, setting: str = "--port") -> Iterator[socket.socket]:
    """A socket that holds the address, which can be set otherwise by `setting`; raises CannotServe."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError):
        raise CannotServe(f"{host} is no address of this machine.") from None
    with socket.socket(family, kind) as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            held.bind(address)
        except (OSError, OverflowError) as error:
            raise CannotServe(_why(error, host, port, setting)) from None
        yield held


def base_url(held: socket.socket) -> str:
    """Where a browser on this machine finds it."""
    host, port = held.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104
        host = "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def serve_until_stopped(
    dsn: str, held: socket.socket, settings: Settings, greeting: str, *, works: bool = True
) -> None:
    """Serve on the socket until SIGINT or SIGTERM, and print the greeting once that is so.

    Unless it `works`, what goes on behind requests is left to a worker. Raises CannotServe where it doesn't come up.
    """
    from app.asgi import create_app
    from app.graphql.limits.guard import guard_of
    from app.graphql.limits.trusted import BadManifest
    from app.graphql.schema import schema

    files = _usable(files_folder(settings))
    for sentence in unknown_settings():
        log.warning("unknown_setting", told=sentence)
    try:
        guard = guard_of(schema._schema, settings)  # noqa: SLF001
        application = create_app(
            dsn,
            files,
            settings.pool_size,
            settings.allowance,
            guard,
            settings.security,
            broad_share=settings.broad_share,
            works=works,
        )
    except (BadManifest, NotInstalled) as missing:
        raise CannotServe(str(missing)) from None
    with ExitStack() as stack:
        sockets = [held]
        served: ASGIApp = application
        if (place := settings.operating.metrics) is not None:
            measured = stack.enter_context(bound(*place, "PILAH_METRICS"))
            sockets.append(measured)
            served = BesideMetrics(application, measured.getsockname()[1])
        for each, setting in zip(sockets, ("--port", "PILAH_METRICS"), strict=False):
            _listen(each, setting)
        operating, proxies = settings.operating, settings.security.proxies
        config = configured(served, operating.grace_seconds, settings.limits.body_bytes, proxies)
        run(DrainingServer(config, application, operating.drain_seconds, greeting), sockets)


def _usable(folder: Path) -> Path:
    try:
        prove_writable(folder)
    except OSError as error:
        sentence = f"The folder of files, {folder}, can't be used: {error.strerror}."
        raise CannotServe(f"{sentence} Make it writable, or let PILAH_FILES name another.") from None
    return folder


def run(server: uvicorn.Server, sockets: list[socket.socket]) -> None:
    """Run a server on sockets that listen; to have been stopped by a signal is no failure. Raises CannotServe."""
    # Uvicorn raises the signal that stopped it once more.
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, lambda _signal, _frame: None)
    server.run(sockets=sockets)
    if not server.started:
        raise CannotServe("The server could not start; the reason is above.")


def _listen(held: socket.socket, setting: str) -> None:
    try:
        held.listen(BACKLOG)
    except OSError as error:
        host, port = held.getsockname()[:2]
        raise CannotServe(_why(error, host, port, setting)) from None


def configured(
    application: ASGIApp,
    grace_seconds: int = GRACE_SECONDS,
    message_bytes: int = USUAL_LIMITS.body_bytes,
    proxies: Sequence[str] = USUAL_SECURITY.proxies,
) -> uvicorn.Config:
    """How the application is served: what a caller may keep open, how long, and the bytes of a socket's message.

    Of `proxies` is believed what they say of where a request comes from.
    """
    config = uvicorn.Config(
        application,
        http=GuardedHttp,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="on",
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=grace_seconds,
        ws_max_size=message_bytes,
        forwarded_allow_ips=list(proxies),
    )
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    return config


def _is_news(record: logging.LogRecord) -> bool:
    """Whether it is for a log, and not in it yet: at DEBUG it is all that was said; a broken answer is in it."""
    if record.levelno <= logging.DEBUG:
        return False
    return not (record.exc_info and isinstance(record.exc_info[1], BrokenOff))


def _why(error: Exception, host: str, port: int, setting: str) -> str:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return f"Port {port} is taken on {host}; stop what uses it, or choose another with {setting}."
    if number == errno.EACCES:
        return f"Port {port} may not be used by this account; choose one above 1023 with {setting}."
    return f"{host} is no address of this machine."
