"""`pilah import`."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from app.cli.database import ask
from app.cli.printing import Bars
from app.filters.problems import speakable
from app.filters.vocabulary import Status
from app.queries.workspaces import find_workspace
from app.transfer.imports.importing import Imported, import_csv

STATUSES = {"active": Status.ACTIVE, "pending": Status.PENDING}


def import_file(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A CSV file in UTF-8 whose first line names the columns.")
    ],
    workspace: Annotated[str, typer.Option(help="The workspace's name.")],
    status: Annotated[
        str, typer.Option(help="The status of new contacts: active (they have agreed to be mailed) or pending.")
    ] = "pending",
    refused: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write the line and reason of every refused row.")
    ] = None,
) -> None:
    """Load contacts from a CSV file.

    Known addresses get the file's values and labels; nobody who unsubscribed or bounced is made sendable.
    """
    if status.lower() not in STATUSES:
        raise typer.BadParameter("it is active or pending", param_hint="--status")

    async def work() -> Imported:
        found = await find_workspace(workspace)
        with Bars() as bars, (refused or Path(os.devnull)).open("w", encoding="utf-8") as told:

            def refuse(line: int, reason: str) -> None:
                told.write(speakable(f"line {line}: {reason}\n"))

            return await import_csv(found.id, file, STATUSES[status.lower()], bars.show, refuse)

    _report(ask(work))


def _report(done: Imported) -> None:
    counts = done.merged
    lines = [
        f"{counts.created:,} created, {counts.updated:,} updated, {counts.unchanged:,} unchanged, "
        f"{done.refused_count:,} refused."
    ]
    for what, names in (("Fields made", done.fields), ("Labels made", done.labels), ("Left out", done.ignored)):
        if names:
            lines.append(f"{what}: {', '.join(names)}.")
    lines += [f"line {line}: {reason}" for line, reason in done.refused]
    if done.refused_count > len(done.refused):
        lines.append(f"and {done.refused_count - len(done.refused):,} more; `--refused FILE` has them all written")
    sys.stdout.write("".join(f"{speakable(line)}\n" for line in lines))
