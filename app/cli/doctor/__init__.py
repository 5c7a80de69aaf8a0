"""`pilah doctor`: what is wrong with a deployment, and what to do about it."""

import asyncio
import sys
from collections.abc import Iterable
from typing import Annotated

import typer

from app.cli.database import database, files_folder, read_settings
from app.cli.doctor.asking import asked
from app.cli.doctor.findings import Finding, Weight
from app.cli.doctor.machine import folder_findings, time_zone_findings
from app.cli.doctor.settings import settings_findings
from app.cli.printing import printable
from app.postgres import PostgresFailed
from app.queries.probe import Unreachable
from app.settings import Settings

_SIGNS = {Weight.GOOD: "ok", Weight.HINT: "hint", Weight.PROBLEM: "PROBLEM"}


def doctor(
    servers: Annotated[int, typer.Option(help="How many servers share this database.", min=1)] = 1,
) -> None:
    """Examine this deployment, without changing anything, and say what is wrong and what to do about it.

    Ends with 1 where there is a problem.
    """
    settings = read_settings()
    findings = [*settings_findings(settings), *_of_database(settings, servers)]
    findings += [*folder_findings(files_folder(settings)), *time_zone_findings()]
    _show(findings)
    if any(each.weight is Weight.PROBLEM for each in findings):
        raise typer.Exit(1)


def _of_database(settings: Settings, servers: int) -> list[Finding]:
    try:
        with database(settings) as dsn:
            return asyncio.run(asked(dsn, settings, servers))
    except (PostgresFailed, Unreachable) as failed:
        return [Finding(Weight.PROBLEM, str(failed), "the server can't start until that is mended")]


def _show(findings: Iterable[Finding]) -> None:
    for each in findings:
        sys.stdout.write(f"{_SIGNS[each.weight]:<7} {printable(each.sentence)}\n")
        if each.advice:
            sys.stdout.write(f"{'':<7}   -> {printable(each.advice)}\n")
