"""`pilah serve`, `migrate` and `schema`."""

import asyncio
import sys
from typing import Annotated

import typer

from app.cli.database import database, migrated, read_settings
from app.cli.printing import printable
from app.cli.serving import base_url, bound, serve_until_stopped
from app.queries.connections import opened
from app.queries.migrations import migrate as apply
from app.queries.rights import grant_rights
from app.settings.operating import Operating
from app.telemetry.logs import configure_logs
from app.telemetry.traces import start_tracing

Host = Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 for every one of this machine's.")]
Port = Annotated[int, typer.Option(help="The port to listen on.", min=0, max=65_535)]


Work = Annotated[bool, typer.Option(help="Also do what goes on behind requests; where not, a `pilah worker` has to.")]


def serve(host: Host = "127.0.0.1", port: Port = 8000, work: Work = True) -> None:
    """Serve GraphQL, until Ctrl-C."""
    settings = read_settings()
    tell(settings.operating)
    with bound(host, port) as held, migrated(settings) as dsn:
        greeting = f"Pilah answers at {base_url(held)}/graphql; stop it with Ctrl-C.\n"
        serve_until_stopped(dsn, held, settings, greeting, works=work)


def tell(operating: Operating) -> None:
    """Log, and trace where that is switched on, as the settings say; raises TracingMissing."""
    as_json = operating.log_format == "json" if operating.log_format else not sys.stderr.isatty()
    configure_logs(operating.log_level, as_json=as_json)
    if operating.traces:
        start_tracing()


def migrate(
    grant: Annotated[
        str | None, typer.Option(help="The role that servers run as, to be given what they need.")
    ] = None,
) -> None:
    """Bring the tables up to date; others but doctor and schema do so by themselves, if run as the tables' owner."""
    with database(read_settings()) as dsn:
        asyncio.run(_migrated(dsn, grant))
    sys.stdout.write("The tables are up to date.\n")
    if grant is not None:
        sys.stdout.write(f"The role {printable(grant)} may do what a server has to.\n")


async def _migrated(dsn: str, role: str | None) -> None:
    await apply(dsn)
    if role is not None:
        async with opened(dsn, 1):
            await grant_rights(role)


def schema() -> None:
    """Print the GraphQL schema (SDL)."""
    from app.graphql.schema import printed_schema

    sys.stdout.write(printed_schema())
