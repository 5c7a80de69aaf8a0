"""The PostgreSQL that a command works with, its tables up to date."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar

from app.cli.keeping import kept_up
from app.cli.printing import waiting
from app.postgres import default_data_folder
from app.queries.connections import opened
from app.queries.migrations import is_up_to_date
from app.queries.migrations import migrate as apply
from app.queries.probe import probe
from app.settings import Settings
from app.settings import read_settings as read

Answer = TypeVar("Answer")


class WrongSetting(Exception):
    """An environment variable that doesn't parse; the message says which."""


def read_settings() -> Settings:
    """What the environment says; raises WrongSetting."""
    try:
        return read()
    except ValueError as error:
        raise WrongSetting(str(error)) from None


def files_folder(settings: Settings) -> Path:
    """Where files that come in and go out are kept."""
    return settings.files or (settings.data or default_data_folder()) / "files"


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The address of the server that the settings name, or of the embedded one, kept up meanwhile.

    Raises PostgresFailed or Unreachable.
    """
    if settings.database_url is not None:
        dsn = str(settings.database_url)
        asyncio.run(probe(dsn))
        yield dsn
        return
    with ExitStack() as stack:
        with waiting("Starting PostgreSQL"):
            dsn = stack.enter_context(kept_up(settings.data or default_data_folder()))
        yield dsn


@contextmanager
def migrated(settings: Settings) -> Iterator[str]:
    """As `database`, with what is missing of the tables made first."""
    with database(settings) as dsn:
        asyncio.run(ensure_tables(dsn))
        yield dsn


async def ensure_tables(dsn: str) -> None:
    """Bring the tables up to date where they are not."""
    async with opened(dsn, 1):
        done = await is_up_to_date()
    if not done:
        with waiting("Making the tables"):
            await apply(dsn)


def ask(work: Callable[[], Awaitable[Answer]], connections: int = 2) -> Answer:
    """What `work` answers, with the pool open to the configured PostgreSQL."""

    async def with_pool(dsn: str) -> Answer:
        await ensure_tables(dsn)
        async with opened(dsn, connections):
            return await work()

    with database(read_settings()) as dsn:
        return asyncio.run(with_pool(dsn))
