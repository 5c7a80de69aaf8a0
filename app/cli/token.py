"""`pilah token …`."""

import re
import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import typer

from app.cli.database import ask
from app.cli.printing import print_table
from app.cli.recording import by_operator
from app.filters.problems import Code, Refused
from app.queries.tokens import TokenRow, create_token, list_tokens, revoke_token
from app.queries.workspaces import find_workspace

app = typer.Typer(help="Make, list and revoke tokens: each opens one workspace.", no_args_is_help=True)

_SPAN: Final = re.compile(r"([0-9]{1,5})([hdw])")
_HOURS: Final = {"h": 1, "d": 24, "w": 7 * 24}

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
    expires: Annotated[
        str | None, typer.Option(help="When it ends: in so many hours, days or weeks, as in 12h, 90d or 52w.")
    ] = None,
) -> None:
    """Make a token and print it, alone on stdout; it is not shown again."""
    scopes = _read_scopes(scope)
    lasting = None if expires is None else _read_span(expires)

    async def work() -> str:
        found = await find_workspace(workspace)
        ends = None if lasting is None else datetime.now(UTC) + lasting
        async with by_operator(found.id, "createToken"):
            return await create_token(found.id, name, scopes, ends)

    token = ask(work)
    sys.stderr.write("Keep this token, it is shown only now. Send it as `Authorization: Bearer …`.\n")
    sys.stdout.write(f"{token}\n")


@app.command("list")
def list_all(workspace: Workspace) -> None:
    """List a workspace's tokens by their beginnings."""

    async def work() -> list[TokenRow]:
        return await list_tokens((await find_workspace(workspace)).id)

    print_table(
        ("Id", "Name", "Begins with", "Scopes", "Created", "Last used", "Expires", "Revoked"),
        [
            (
                *(row.id, row.name, row.prefix, ", ".join(row.scopes)),
                *map(_told, (row.created_at, row.last_used_at, row.expires_at, row.revoked_at)),
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
        found = await find_workspace(workspace)
        async with by_operator(found.id, "revokeToken", "Token", token_id):
            await revoke_token(found.id, token_id)

    ask(work)
    sys.stdout.write(f"Token {token_id} is revoked.\n")


def _read_scopes(scopes: list[str]) -> list[str]:
    for scope in scopes:
        words = scope.replace(",", " ").split()
        if len(words) > 1:
            each = " ".join(f"--scope {word}" for word in words)
            raise Refused.because(Code.NOT_ALLOWED, f"give each scope by itself: {each}", "scope")
    return scopes


def _read_span(text: str) -> timedelta:
    found = _SPAN.fullmatch(text.strip().lower())
    if found is None:
        message = "say in how many hours, days or weeks it ends, as in 12h, 90d or 52w"
        raise Refused.because(Code.INVALID_DURATION, message, "expires")
    return timedelta(hours=int(found[1]) * _HOURS[found[2]])


def _told(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"
