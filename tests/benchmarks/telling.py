"""What measures and the log cost: pages a second with them, as a share of those without.

uv run python -m tests.benchmarks.telling --contacts 20000
"""

import argparse
import asyncio
import os
import sys
import tempfile
from pathlib import Path
from statistics import median

from asyncpg import Connection
from starlette.applications import Starlette

from app.asgi import create_app
from app.graphql.limits.guard import Guard
from app.graphql.schema import schema
from app.http.access import Accounted
from app.queries.timed_connection import TimedConnection
from app.settings import Limits
from app.telemetry.logs import configure_logs
from tests.benchmarks.bare import KEYS
from tests.benchmarks.caller import request
from tests.benchmarks.door import QUERY
from tests.benchmarks.ground import database, ground
from tests.benchmarks.load import requests_a_second
from tests.benchmarks.rounds import figure
from tests.benchmarks.serving import served

CONNECTIONS = 16
SIZE = 50


def told() -> Starlette:
    """The product as `pilah serve` runs it, its log thrown away."""
    sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115
    configure_logs("info", as_json=True)
    generous = Limits(requests_per_second=1_000_000, requests_in_a_burst=1_000_000)
    folder = Path(tempfile.gettempdir()) / "pilah-benchmarks-files"
    return create_app(os.environ["DATABASE_URL"], folder, guard=Guard(schema._schema, generous))


def untold() -> Starlette:
    """The same, and nobody learns of its requests and statements."""
    for name in ("execute", "fetch", "fetchrow", "fetchval"):
        setattr(TimedConnection, name, getattr(Connection, name))
    application = told()
    unwanted: object = Accounted
    application.user_middleware = [each for each in application.user_middleware if each.cls is not unwanted]
    return application


async def main(contacts: int, rounds: int, seconds: float) -> None:
    """Fills, serves both, asks them by turns, prints."""
    with database() as dsn:
        async with ground(dsn, contacts) as on:
            asked = request("/graphql", on.token, QUERY, {"first": SIZE, "keys": KEYS})
            with served(f"{__spec__.name}:told", dsn) as told_port, served(f"{__spec__.name}:untold", dsn) as port:
                await requests_a_second(told_port, CONNECTIONS, seconds, asked)
                shares = []
                for _ in range(rounds):
                    without = await requests_a_second(port, CONNECTIONS, seconds, asked)
                    shares.append(await requests_a_second(told_port, CONNECTIONS, seconds, asked) / without)
                print(f"pages of {SIZE}: {without:.0f}/s without, {median(shares):.3f} of it with measures and log")
                figure("telling_share", median(shares), "x")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--contacts", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--seconds", type=float, default=1)
    options = parser.parse_args()
    asyncio.run(main(options.contacts, options.rounds, options.seconds))
