"""`pilah workspace …`."""

import sys
from typing import Annotated

import typer

from app.cli.database import ask
from app.cli.printing import print_table
from app.queries.workspaces import create_workspace, list_workspaces

app = typer.Typer(help="Make and list workspaces: each holds one team's contacts.", no_args_is_help=True)


@app.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is called; no two have the same name.")],
    time_zone: Annotated[
        str, typer.Option(help='Where its days begin and end: an IANA name such as "Asia/Jakarta".')
    ] = "UTC",
) -> None:
    """Make a workspace."""
    workspace_id = ask(lambda: create_workspace(name, time_zone))
    sys.stdout.write(f"Workspace {workspace_id} is made, in {time_zone}.\n")


@app.command("list")
def list_all() -> None:
    """List all workspaces."""
    rows = ask(list_workspaces)
    print_table(
        ("Id", "Name", "Time zone", "Created"),
        [(row.id, row.name, row.time_zone, f"{row.created_at:%Y-%m-%d %H:%M} UTC") for row in rows],
        frozenset({"Id"}),
    )
