"""Whether PostgreSQL answers at an address, and if not, why, in a sentence."""

from urllib.parse import urlsplit

import asyncpg

OLDEST_VERSION = 15
_SECONDS = 10


class Unreachable(Exception):
    """There is no PostgreSQL to use; the message says why, without the password."""


async def probe(dsn: str) -> None:
    """Connect once; raises Unreachable."""
    place = _place(dsn)
    try:
        connected = await asyncpg.connect(dsn, timeout=_SECONDS)
    except (asyncpg.ClientConfigurationError, ValueError):
        raise Unreachable(
            "The address of PostgreSQL does not parse; write it as postgresql://user:password@host/database."
        ) from None
    except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError):
        raise Unreachable(f"PostgreSQL at {place} refuses this user and password.") from None
    except asyncpg.InvalidCatalogNameError:
        raise Unreachable(f"PostgreSQL has no database {place}; create it first.") from None
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise Unreachable(f"PostgreSQL at {place} refuses the connection: {error}.") from None
    except TimeoutError:
        raise Unreachable(f"PostgreSQL at {place} did not answer within {_SECONDS} seconds.") from None
    except OSError:
        raise Unreachable(f"Nothing answers as PostgreSQL at {place}; is it running?") from None
    version = connected.get_server_version()
    await connected.close()
    if version.major < OLDEST_VERSION:
        raise Unreachable(f"PostgreSQL at {place} is version {version.major}; {OLDEST_VERSION} or newer is needed.")


def _place(dsn: str) -> str:
    try:
        parts = urlsplit(dsn)
        host = parts.hostname or "this machine"
        return f"{host}{f':{parts.port}' if parts.port else ''}{parts.path.rstrip('/')}"
    except ValueError:
        return "this address"
