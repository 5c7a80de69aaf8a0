"""`pilah token …`."""

import sys
from typing import Annotated

import typer

from app.cli.database import ask
from app.cli.printing import print_table
from app.queries.tokens import TokenRow, create_token, list_tokens, revoke_token
from app.queries.workspaces import find_workspace

app = typer.Typer(help="Make, list and revoke tokens: each opens one workspace.", no_args_is_help=True)

Workspace = Annotated[str, typer.Option(help="The workspace's name.")]


@app.command()
def create(
    workspace: Workspace,
    scope: Annotated[
        list[str],
        typer.Option(
            help="What it may do beside reading, which every token may: write (change contacts, fields, labels and "
            "segments), import (files in, and what they held), export (files out), read (nothing more), or admin "
            "(all of it). May be given again."
        ),
    ],
    name: Annotated[str, typer.Option(help="What it is for, to tell it apart from others.")] = "command line",
) -> None:
    """Make a token and print it, alone on stdout; it is not shown again."""

    async def work() -> str:
        return await create_token((await find_workspace(workspace)).id, name, scope)

    token = ask(work)
    sys.stderr.write("Keep this token, it is shown only now. Send it as `Authorization: Bearer …`.\n")
    sys.stdout.write(f"{token}\n")


@app.command("list")
def list_all(workspace: Workspace) -> None:
    """List a workspace's tokens by their beginnings."""

    async def work() -> list[TokenRow]:
        return await list_tokens((await find_workspace(workspace)).id)

    print_table(
        ("Id", "Name", "Begins with", "Scopes", "Created", "Revoked"),
        [
            (
                row.id,
                row.name,
                row.prefix,
                ", ".join(row.scopes),
                f"{row.created_at:%Y-%m-%d %H:%M} UTC",
                f"{row.revoked_at:%Y-%m-%d %H:%M} UTC" if row.revoked_at else "",
            )
            for row in ask(work)
        ],
        frozenset({"Id"}),
    )


@app.command()
def revoke(
    token_id: Annotated[int, typer.Argument(metavar="ID", help="The number that `pilah token list` shows.", min=1)],
    workspace: Workspace,
) -> None:
    """Have a token open nothing from now on."""

    async def work() -> None:
        await revoke_token((await find_workspace(workspace)).id, token_id)

    ask(work)
    sys.stdout.write(f"Token {token_id} is revoked.\n")
