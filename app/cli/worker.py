"""`pilah worker`: what goes on behind requests, without serving any."""

import asyncio
import signal
import sys
from contextlib import suppress

from app.background import BACKGROUND_CONNECTIONS, in_background
from app.cli.database import files_folder, migrated, read_settings
from app.cli.server import tell
from app.queries.connections import opened
from app.queries.live.pulse import listening
from app.settings import Settings


def worker() -> None:
    """Work on imports, exports, live segments and webhooks, until Ctrl-C; for servers that `serve --no-work`."""
    settings = read_settings()
    tell(settings.operating)
    with migrated(settings) as dsn:
        sys.stdout.write("Pilah is at work; stop it with Ctrl-C.\n")
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            asyncio.run(_work(dsn, settings))


async def _work(dsn: str, settings: Settings) -> None:
    stop = asyncio.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    async with (
        opened(dsn, BACKGROUND_CONNECTIONS),
        listening(dsn),
        in_background(files_folder(settings), settings.security, stop.is_set),
    ):
        await stop.wait()
