"""A file looked through once, in a process of its own: its parts, and what becomes of its columns."""

from collections.abc import Set
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from app.filters.catalog import Catalog
from app.queries.catalogs import current_catalog
from app.queries.fields import taken_keys
from app.transfer.columns.planning import plan as plan_columns
from app.transfer.columns.survey import Survey
from app.transfer.files.csv_rows import CsvFile, Part, read_part, walk
from app.transfer.files.prepare import prepare
from app.transfer.imports.options import Options
from app.transfer.imports.planning import FilePlan, new_labels
from app.transfer.imports.processes import beside


@dataclass(frozen=True, slots=True)
class Surveyed:
    """The file as CSV in UTF-8, its parts with the rows of each, those that can't be read among them."""

    file: CsvFile
    parts: list[tuple[Part, int]]
    survey: Survey


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan for a file, and its parts with the rows of each."""

    plan: FilePlan
    parts: list[tuple[Part, int]]


async def plan_beside(workspace_id: int, stored: Path, room: Path, asked: Options) -> Planned:
    """The plan for a stored file by the workspace's catalog, worked out by another process.

    Only the plan comes back, for what a survey holds grows with the file. Raises Refused where it can't be imported.
    """
    catalog = replace(await current_catalog(workspace_id), segments={}, checked={})
    keys = await taken_keys(workspace_id)
    return await beside(partial(plan_file, stored, room, asked, catalog, keys))


def plan_file(stored: Path, room: Path, asked: Options, catalog: Catalog, taken: Set[str]) -> Planned:
    """Read the whole file and plan it; `taken` are all fields' keys. Raises Refused where that can't be done."""
    surveyed = survey_file(stored, room, asked.encoding, asked.delimiter, asked.tool)
    survey = surveyed.survey
    plan = plan_columns(surveyed.file.header, survey, catalog, taken, asked.mapping, asked.tool)
    labels = new_labels(plan.columns, survey.columns_with(plan.expansions), catalog)
    return Planned(FilePlan(surveyed.file, plan, labels), surveyed.parts)


def survey_file(stored: Path, room: Path, encoding: str | None, delimiter: str | None, tool: str | None) -> Surveyed:
    """Read the whole file; raises Refused where it can't be read."""
    file = prepare(stored, room, encoding, delimiter)
    # Where commas stand before decimals, spreadsheets part cells by semicolons.
    survey, parts = Survey(file.header, tool, decimal_comma=file.delimiter == ";"), []
    for part, rows in walk(file):
        survey.see(rows.rows)
        parts.append((part, len(rows.rows) + len(rows.unreadable)))
    return Surveyed(file, parts, survey)


def cells_of(file: CsvFile, part: Part, lines: frozenset[int]) -> dict[int, list[str]]:
    """The cells of some lines of a part."""
    rows = read_part(file, part)
    return {line: cells for line, cells in zip(rows.lines, rows.rows, strict=True) if line in lines}
