"""What this machine has to offer: a folder for files, room on its disk, the world's time zones."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.cli.doctor.findings import Finding, good, hint, problem

LEAST_FREE = 1_000_000_000
ENOUGH_FREE = 20_000_000_000


def folder_findings(folder: Path) -> Iterator[Finding]:
    """Whether files can be written there, and how many."""
    reached = next(each for each in (folder, *folder.parents) if each.exists())
    try:
        with tempfile.TemporaryFile(dir=reached):
            pass
    except OSError as error:
        advice = "make it writable for the account that runs Pilah, or let PILAH_FILES name another"
        yield problem(f"The folder of files, {folder}, can't be written: {error.strerror}.", advice)
        return
    free = shutil.disk_usage(reached).free
    sentence = f"The folder of files, {folder}, can be written and has {free / 1e9:,.1f} GB free"
    if free < LEAST_FREE:
        yield problem(f"{sentence}.", "free some room: imports are refused with 507 when there is none")
    elif free < ENOUGH_FREE:
        yield hint(f"{sentence}.", "a file may have 10 GB, and takes as much again while it is read")
    else:
        yield good(f"{sentence}.")


def time_zone_findings(zone: str = "Asia/Jakarta") -> Iterator[Finding]:
    """Whether Python knows time zones."""
    try:
        ZoneInfo(zone)
    except ZoneInfoNotFoundError:
        yield problem("This machine has no time-zone data.", "pip install tzdata, or the system's tzdata package")
        return
    yield good("Time zones are known here.")


def missing_files(folder: Path, names: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the stored files that are not in the folder."""
    return tuple(name for name in names if not os.path.exists(folder / name))
