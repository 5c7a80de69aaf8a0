"""An import from its file to its end: surveyed, loaded, settled, merged; each step goes on where it was left."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

from app.filters.catalog import Catalog
from app.filters.problems import Code, Problem, Refused
from app.queries.catalogs import current_catalog
from app.queries.contact_copies import tidy_contacts
from app.queries.faults import note_fault, unreachable
from app.queries.fields import taken_keys
from app.queries.imports import ledger
from app.queries.imports.ledger import ImportRow, ImportState
from app.queries.imports.merge_statement import Merging
from app.queries.imports.merging import merge_part
from app.queries.imports.refusals import parts_without_cells, save_cells
from app.queries.imports.settling import settle
from app.queries.imports.staging import Stopped, drop_stage, ensure_stage, stage
from app.transfer.columns.planning import plan as plan_columns
from app.transfer.files import uploads
from app.transfer.files.csv_rows import Part
from app.transfer.files.prepare import prepare
from app.transfer.imports.options import Options
from app.transfer.imports.planning import FilePlan, make_fields, make_labels, merging_of, new_labels, reading_of
from app.transfer.imports.processes import beside, side_by_side
from app.transfer.imports.reading import Reading, stage_part
from app.transfer.imports.surveying import cells_of, survey_file
from app.transfer.imports.undoing import forget_made, undo

LOADED_AT_ONCE = 3
MERGED_AT_ONCE = 2
WORTH_TIDYING = 20_000
MOST_SAMPLES = 10


async def run_import(workspace_id: int, import_id: int, folder: Path) -> None:
    """Do what is left of an import that this process has claimed; its file is in the folder.

    Raises where PostgreSQL has gone away: then it is there for the next who claims it.
    """
    row = await ledger.find_import(workspace_id, import_id)
    run = _Run(workspace_id, row, folder)
    try:
        if row.state is ImportState.UNDOING:
            await undo(workspace_id, row)
        else:
            await run.to_end()
    except Stopped:
        pass
    except Refused as refused:
        message = "; ".join(map(_told, refused.problems))
        await ledger.finish_import(workspace_id, import_id, ImportState.FAILED, message)
    except Exception as error:
        if unreachable(error):
            raise
        fault = note_fault("import_fault", error, import_id=import_id)
        message = f"something went wrong on our side; quote {fault} when you report it"
        await ledger.finish_import(workspace_id, import_id, ImportState.FAILED, message)
    await run.clear_away()


def _told(problem: Problem) -> str:
    return f"{problem.path}: {problem.message}" if problem.path.startswith("mapping") else problem.message


class _Run:
    def __init__(self, workspace_id: int, row: ImportRow, folder: Path) -> None:
        self.workspace_id = workspace_id
        self.row = row
        self.stored = uploads.path_of(folder, row.stored)
        self.room = uploads.path_of(folder, f"{row.stored}.utf8")

    @property
    def options(self) -> Options:
        """What was asked."""
        return Options.from_document(self.row.options)

    async def to_end(self) -> None:
        """Every step that is left; raises Refused where the file can't be imported, Stopped where it is cancelled."""
        plan = await self._planned()
        catalog = await current_catalog(self.workspace_id)
        if not self.row.is_dry_run:
            await make_fields(self.workspace_id, plan, catalog)
            made = await make_labels(self.workspace_id, plan, catalog)
            await ledger.save_new_labels(self.workspace_id, self.row.id, made)
            catalog = await current_catalog(self.workspace_id)
        reading = reading_of(self.row.id, plan, catalog)
        await ensure_stage(self.workspace_id, self.row.id)
        row = await ledger.find_import(self.workspace_id, self.row.id)
        if row.state is ImportState.LOADING:
            await self._load(reading)
            await settle(self.workspace_id, self.row.id)
        samples = await self._merge(merging_of(plan.plan, self.options))
        await self._keep_cells(reading)
        await self._finish(samples, catalog, plan)

    async def _planned(self) -> FilePlan:
        if not self.stored.exists():
            message = "the file is not on this server; let PILAH_FILES name one folder for all servers"
            raise Refused.because(Code.NOT_FOUND, message, "file")
        asked = self.options
        if self.row.plan is not None:
            plan = FilePlan.from_document(self.row.plan, self.stored.parent)
            if not plan.file.path.exists():
                await beside(partial(prepare, self.stored, self.room, asked.encoding, asked.delimiter))
            return plan
        surveyed = await beside(
            partial(survey_file, self.stored, self.room, asked.encoding, asked.delimiter, asked.tool)
        )
        catalog = await current_catalog(self.workspace_id)
        columns = plan_columns(
            surveyed.file.header,
            surveyed.survey,
            catalog,
            await taken_keys(self.workspace_id),
            asked.mapping,
            asked.tool,
        )
        labels = new_labels(columns.columns, surveyed.survey.columns, catalog)
        plan = FilePlan(surveyed.file, columns, labels)
        parts = [(part.number, part.start, part.end, part.line, rows) for part, rows in surveyed.parts]
        if not await ledger.save_plan(self.workspace_id, self.row.id, plan.to_document(), parts):
            raise Stopped
        return plan

    async def _load(self, reading: Reading) -> None:
        async def load(part: Part) -> None:
            staged = await beside(partial(stage_part, reading, part))
            refused = [(row.line, row.reason, row.cells) for row in staged.refused]
            await stage(self.workspace_id, self.row.id, part.number, staged.text, refused)

        await side_by_side(await self._parts("is_staged"), load, LOADED_AT_ONCE)

    async def _merge(self, merging: Merging) -> list[dict[str, Any]]:
        samples: list[dict[str, Any]] = []

        async def merge(part: Part) -> None:
            merged = await merge_part(
                self.workspace_id, self.row.id, part.number, merging, is_dry_run=self.row.is_dry_run
            )
            samples.extend(merged.samples)

        parts = await self._parts("is_merged")
        # Alone, so that PostgreSQL plans the others for a table that has something in it.
        for part in parts[:1]:
            await merge(part)
        await side_by_side(parts[1:], merge, MERGED_AT_ONCE)
        return sorted(samples, key=lambda sample: sample["line"])[:MOST_SAMPLES]

    async def _parts(self, column: str) -> list[Part]:
        rows = await ledger.pending_parts(self.workspace_id, self.row.id, column)
        return [Part(*row) for row in rows]

    async def _keep_cells(self, reading: Reading) -> None:
        """Rows that were refused within PostgreSQL are read once more, for what stood in them."""
        for *part, lines in await parts_without_cells(self.workspace_id, self.row.id):
            cells = await beside(partial(cells_of, reading.file, Part(*part), frozenset(lines)))
            await save_cells(self.workspace_id, self.row.id, cells)

    async def _finish(self, samples: list[dict[str, Any]], catalog: Catalog, plan: FilePlan) -> None:
        if self.row.is_dry_run:
            names = {label.id: label.name for label in catalog.labels.values()}
            names |= {-place: name for place, name in enumerate(plan.new_labels, start=1)}
            shown = [_named(sample, names) for sample in samples]
            await ledger.finish_import(self.workspace_id, self.row.id, ImportState.CHECKED, samples=shown)
            return
        await ledger.finish_import(self.workspace_id, self.row.id, ImportState.DONE)
        counts = (await ledger.import_counts(self.workspace_id, [self.row.id]))[self.row.id]
        if counts.created + counts.changed > WORTH_TIDYING:
            await tidy_contacts()

    async def clear_away(self) -> None:
        """Leave nothing that only the work needed; a dry run's file stays, for it may be started."""
        row = await ledger.find_import(self.workspace_id, self.row.id)
        if row.finished_at is None:  # started, or to be undone, by now
            return
        await drop_stage(self.row.id)
        await asyncio.to_thread(uploads.remove, self.room.parent, self.room.name)
        if row.state is ImportState.CHECKED:
            return
        await asyncio.to_thread(uploads.remove, self.stored.parent, self.stored.name)
        if row.state in (ImportState.FAILED, ImportState.CANCELLED) and row.plan is not None and not row.is_dry_run:
            await forget_made(self.workspace_id, row)


def _named(sample: dict[str, Any], names: dict[int, str]) -> dict[str, Any]:
    for side in ("before", "after"):
        if sample[side] is not None:
            ids = sample[side].pop("label_ids")
            sample[side]["labels"] = [names[id] for id in ids if id in names]
    return sample
