"""An import that this process works on, seen to its end and told."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from shlex import quote
from typing import Any

from app.cli.printing import Bars, printable
from app.filters.ids import to_global
from app.filters.problems import Code, Refused
from app.queries.imports import ledger
from app.queries.imports.counting import Counts, import_counts
from app.queries.imports.ledger import ImportRow, ImportState
from app.queries.imports.refusals import refused_rows
from app.transfer.work import working_on

MOST_TOLD = 1_000
SECONDS_BETWEEN_LOOKS = 0.1


async def followed(workspace: str, workspace_id: int, import_id: int, folder: Path) -> tuple[ImportRow, Counts]:
    """The import once it is over; this process works on it, unless a server does already. Raises Refused."""
    try:
        async with working_on(workspace_id, import_id, folder):
            row, counts = await _to_its_end(workspace_id, import_id)
    except asyncio.CancelledError:
        sys.stderr.write(f"Interrupted. To go on: {command('start-import', import_id, workspace)}\n")
        raise
    if row.problem is not None:
        raise Refused.because(Code.NOT_ALLOWED, row.problem, "file")
    return row, counts


async def _to_its_end(workspace_id: int, import_id: int) -> tuple[ImportRow, Counts]:
    with Bars() as bars:
        while True:
            row = await ledger.find_import(workspace_id, import_id)
            counts = (await import_counts(workspace_id, [import_id]))[import_id]
            if row.finished_at is not None:
                return row, counts
            done = counts.merged if row.state is ImportState.MERGING else counts.staged
            bars.show(row.state.value.title(), done, counts.rows)
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


async def outcome(workspace: str, workspace_id: int, row: ImportRow, counts: Counts) -> str:
    """What became of the rows, what was made, what to do next, and the first rows that were refused."""
    would = "would be " if row.is_dry_run else ""
    lines = [
        f"{counts.created:,} {would}created, {counts.changed:,} {would}changed, {counts.unchanged:,} unchanged, "
        f"{counts.refused:,} refused."
    ]
    if row.plan:
        lines += _made(row.plan)
    if row.is_dry_run:
        lines.append(f"To do it: {command('start-import', row.id, workspace)}")
    else:
        lines.append(f"To take it back: {command('undo-import', row.id, workspace)}")
    rows = await refused_rows(workspace_id, row.id, 0, MOST_TOLD)
    lines += [f"line {refused['line']}: {refused['reason']}" for refused in rows]
    if counts.refused > len(rows):
        lines.append(f"and {counts.refused - len(rows):,} more; `--refused FILE` has them all written")
    return "".join(f"{printable(line)}\n" for line in lines)


def command(name: str, import_id: int, workspace: str) -> str:
    """The command that does this to an import."""
    return f"pilah {name} {to_global('Import', import_id)} --workspace {quote(workspace)}"


def _made(document: dict[str, Any]) -> list[str]:
    plan = document["plan"]
    expanded = {one["place"] for one in plan["expansions"]}
    left = [
        column["name"]
        for place, column in enumerate(plan["columns"])
        if column["role"] == "NOTHING" and column.get("name") and place not in expanded
    ]
    made = [column["name"] for column in plan["columns"] if column.get("is_new")]
    labels = [f'"{name}"' for name in document["new_labels"]]
    return [*_listed("New fields", made), *_listed("New labels", labels), *_listed("Left out", left)]


def _listed(what: str, names: Sequence[str]) -> list[str]:
    return [f"{what}: {', '.join(names)}."] if names else []
