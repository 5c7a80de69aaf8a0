"""Every environment variable, read once."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.config import Config
from starlette.datastructures import Secret


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one workspace may keep: imports that wait or were tried out, and bytes of files in all."""

    imports: int = 100
    bytes: int = 20_000_000_000


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says.

    DATABASE_URL  a PostgreSQL of one's own, 15 or newer; without it an embedded one is started
    PILAH_DATA    the embedded PostgreSQL's folder
    PILAH_FILES   the folder of files that come in and go out; all servers of one database share it
    PILAH_POOL    connections to PostgreSQL that a server process holds
    PILAH_MOST_IMPORTS  imports of one workspace that wait, are worked on, or were tried out
    PILAH_MOST_BYTES    bytes of one workspace's files that wait to be imported or fetched
    """

    database_url: Secret | None
    data: Path | None
    files: Path | None
    pool_size: int
    allowance: Allowance


def read_settings() -> Settings:
    """The settings of this process; raises ValueError where a variable doesn't parse."""
    config, usual = Config(), Allowance()
    return Settings(
        database_url=config("DATABASE_URL", cast=_secret, default=None),
        data=config("PILAH_DATA", cast=_path, default=None),
        files=config("PILAH_FILES", cast=_path, default=None),
        pool_size=config("PILAH_POOL", cast=_number("connections", 1_000), default=8),
        allowance=Allowance(
            imports=config("PILAH_MOST_IMPORTS", cast=_number("imports", 1_000_000), default=usual.imports),
            bytes=config("PILAH_MOST_BYTES", cast=_number("bytes", 10**15), default=usual.bytes),
        ),
    )


def _number(what: str, most: int) -> Callable[[object], int]:
    def read(text: object) -> int:
        number = int(str(text))
        if not 1 <= number <= most:
            raise ValueError(text)
        return number

    read.__name__ = f"number of {what}, which is 1 to {most:,}"  # Config's sentence ends with it
    return read


def _secret(text: str | None) -> Secret | None:
    return Secret(text) if text else None


def _path(text: str | None) -> Path | None:
    return Path(text).expanduser() if text else None
