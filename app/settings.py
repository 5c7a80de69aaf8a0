"""Every environment variable, read once."""

from dataclasses import dataclass
from pathlib import Path

from starlette.config import Config
from starlette.datastructures import Secret


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says.

    DATABASE_URL  a PostgreSQL of one's own, 15 or newer; without it an embedded one is started
    PILAH_DATA    the embedded PostgreSQL's folder
    PILAH_FILES   the folder of files that come in and go out; all servers of one database share it
    PILAH_POOL    connections to PostgreSQL that a server process holds
    """

    database_url: Secret | None
    data: Path | None
    files: Path | None
    pool_size: int


def read_settings() -> Settings:
    """The settings of this process; raises ValueError where a variable doesn't parse."""
    config = Config()
    return Settings(
        database_url=config("DATABASE_URL", cast=_secret, default=None),
        data=config("PILAH_DATA", cast=_path, default=None),
        files=config("PILAH_FILES", cast=_path, default=None),
        pool_size=config("PILAH_POOL", cast=_pool_size, default=8),
    )


def _pool_size(text: object) -> int:
    size = int(str(text))
    if not 1 <= size <= 1_000:
        raise ValueError(text)
    return size


_pool_size.__name__ = "number of connections, which is 1 to 1,000"  # Config's sentence ends with it


def _secret(text: str | None) -> Secret | None:
    return Secret(text) if text else None


def _path(text: str | None) -> Path | None:
    return Path(text).expanduser() if text else None
