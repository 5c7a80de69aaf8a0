"""A file looked through once, in a process of its own: its parts, and what its columns hold."""

from dataclasses import dataclass
from pathlib import Path

from app.transfer.columns.survey import Survey
from app.transfer.files.csv_rows import CsvFile, Part, read_part, walk
from app.transfer.files.prepare import prepare


@dataclass(frozen=True, slots=True)
class Surveyed:
    """The file as CSV in UTF-8, its parts with the rows of each, those that can't be read among them."""

    file: CsvFile
    parts: list[tuple[Part, int]]
    survey: Survey


def survey_file(stored: Path, room: Path, encoding: str | None, delimiter: str | None, tool: str | None) -> Surveyed:
    """Read the whole file; raises Refused where it can't be read."""
    file = prepare(stored, room, encoding, delimiter)
    survey, parts = Survey(file.header, tool), []
    for part, rows in walk(file):
        survey.see(rows.rows)
        parts.append((part, len(rows.rows) + len(rows.unreadable)))
    return Surveyed(file, parts, survey)


def cells_of(file: CsvFile, part: Part, lines: frozenset[int]) -> dict[int, list[str]]:
    """The cells of some lines of a part."""
    rows = read_part(file, part)
    return {line: cells for line, cells in zip(rows.lines, rows.rows, strict=True) if line in lines}
