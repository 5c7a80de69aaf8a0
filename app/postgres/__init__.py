"""Finds PostgreSQL, or starts an embedded one that all who use a data folder share.

Inside a data folder:

- `cluster/`        PostgreSQL's own folder, of the account that runs it (0700)
- `password`        of the superuser `pilah` (0600); needed to open the data, so back it up with them
- `postgres.log`    what the server says; `postgres.log.old` once it has grown long
- `pilah.conf`      the settings, written anew at each start
- `socket/`         where the server listens; under /tmp where this path is too long for a socket
- `locks/start`     held while one process starts the server or joins it
- `locks/users`     shared by all processes that use the server
- `locks/server`    held by the server's processes for as long as one of them lives
- `locks/keeper`    held by the process that stops the server once nobody holds `locks/users`
- `postgresql-18.4/` a copy of the programs, only where the server's account can't reach the installed ones
- `initialising-*/`, `copying-*/`  unfinished work of a process that was killed; safe to remove
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.postgres.failure import PostgresFailed
from app.postgres.folders import default_data_folder

__all__ = ["PostgresFailed", "default_data_folder", "embedded"]


@contextmanager
def embedded(data: Path) -> Iterator[str]:
    """Yield the DSN (postgresql://…) of the server whose data live in `data`, starting it where it isn't running.

    It stops by itself some seconds after the last process has left or died. Raises PostgresFailed.
    """
    if sys.platform == "win32":
        raise PostgresFailed(
            "The embedded PostgreSQL needs Linux or macOS. On Windows, use WSL, or give the address of a server."
        )
    from app.postgres.server import shared_server

    with shared_server(data) as dsn:
        yield dsn
