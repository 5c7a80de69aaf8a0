"""Sees to it that the embedded PostgreSQL is there for as long as a command runs, also when somebody kills it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from urllib.parse import parse_qs, urlsplit

from app.postgres import PostgresFailed, embedded

SECONDS = 2.0


@contextmanager
def kept_up(data: Path) -> Iterator[str]:
    """The address of the embedded server of a folder, which is started again where it has died.

    Raises PostgresFailed where it can't be started at first.
    """
    with embedded(data) as dsn:
        done = Event()
        Thread(target=_watch, args=(data, dsn, done), name="keeps PostgreSQL up", daemon=True).start()
        try:
            yield dsn
        finally:
            done.set()


def _watch(data: Path, dsn: str, done: Event) -> None:
    while not done.wait(SECONDS):
        if not _listens(dsn):
            with suppress(PostgresFailed, OSError), embedded(data):
                pass


def _listens(dsn: str) -> bool:
    asked = parse_qs(urlsplit(dsn).query)
    with suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
        probe.connect(f"{asked['host'][0]}/.s.PGSQL.{asked.get('port', ['5432'])[0]}")
        return True
    return False
