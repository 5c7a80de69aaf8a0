"""An import from its file to its end: surveyed, loaded, settled, merged; each step goes on where it was left."""

import asyncio
from collections.abc import Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from app.filters.problems import Code, Problem, Refused
from app.queries.catalogs import current_catalog
from app.queries.contact_copies import tidy_contacts
from app.queries.faults import note_fault, unreachable
from app.queries.imports.counting import import_counts
from app.queries.imports.ledger import ImportRow, ImportState, find_import
from app.queries.imports.merge_statement import MOST_SAMPLES, Merging
from app.queries.imports.merging import merge_part
from app.queries.imports.progress import (
    conclude,
    finish_import,
    first_samples,
    note_problem,
    pending_parts,
    save_new_labels,
    save_plan,
)
from app.queries.imports.refusals import parts_without_cells, save_cells
from app.queries.imports.settling import settle
from app.queries.imports.staging import Stopped, drop_stage, ensure_stage, stage
from app.queries.imports.watching import glimpse
from app.telemetry.measures import note_rows
from app.telemetry.traces import span
from app.transfer.files import uploads
from app.transfer.files.csv_rows import Part
from app.transfer.files.prepare import prepare
from app.transfer.imports.options import Options
from app.transfer.imports.planning import FilePlan, make_fields, make_labels, merging_of, reading_of
from app.transfer.imports.processes import beside, side_by_side
from app.transfer.imports.reading import Reading, stage_part
from app.transfer.imports.surveying import cells_of, plan_beside
from app.transfer.imports.undoing import forget_made, undo

LOADED_AT_ONCE = 3
MERGED_AT_ONCE = 2
WORTH_TIDYING = 20_000
SECONDS_BETWEEN_LOOKS = 1.0


async def run_import(workspace_id: int, import_id: int, folder: Path) -> None:
    """Do what is left of an import that this process has claimed; its file is in the folder.

    Raises where PostgreSQL has gone away: then it is there for the next who claims it.
    """
    row = await find_import(workspace_id, import_id)
    run = _Run(workspace_id, row, folder)
    try:
        if row.ending is None and not await run.conclude():
            return
    except Stopped:  # cancelled, or to be undone: the next who claims it sees to that
        return
    await run.clear_away()
    if await finish_import(workspace_id, import_id):
        await run.tidy()


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

    @property
    def _place(self) -> dict[str, int]:
        return {"workspace_id": self.workspace_id, "import_id": self.row.id}

    async def conclude(self) -> bool:
        """Come to an end and note it; False where it is another by now. Raises Stopped."""
        ending, problem = await self._ended()
        samples = await self._samples() if ending is ImportState.CHECKED else None
        return await conclude(self.workspace_id, self.row.id, ending, problem, samples)

    async def _ended(self) -> tuple[ImportState, str | None]:
        try:
            match self.row.state:
                case ImportState.CANCELLED:
                    return ImportState.CANCELLED, None
                case ImportState.UNDOING:
                    await undo(self.workspace_id, self.row)
                    return ImportState.UNDONE, None
                case _:
                    await self._while_wanted(self._load_and_merge())
                    return ImportState.CHECKED if self.row.is_dry_run else ImportState.DONE, None
        except Stopped:
            raise
        except Refused as refused:
            return ImportState.FAILED, "; ".join(map(_told, refused.problems))
        except Exception as error:
            if unreachable(error):
                raise
            fault = note_fault("import_fault", error, import_id=self.row.id)
            return ImportState.FAILED, f"something went wrong on our side; quote {fault} when you report it"

    async def _while_wanted(self, work: Coroutine[Any, Any, None]) -> None:
        """Raises Stopped soon after the import is cancelled, whatever the work is at."""
        task = asyncio.ensure_future(work)
        try:
            while not (await asyncio.wait({task}, timeout=SECONDS_BETWEEN_LOOKS))[0]:
                if (await glimpse(self.workspace_id, self.row.id)).state == ImportState.CANCELLED.value:
                    raise Stopped
            await task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _load_and_merge(self) -> None:
        with span("import plan", self._place):
            plan = await self._planned()
        catalog = await current_catalog(self.workspace_id)
        if not self.row.is_dry_run:
            await make_fields(self.workspace_id, plan, catalog)
            made = await make_labels(self.workspace_id, plan, catalog)
            await save_new_labels(self.workspace_id, self.row.id, made)
            catalog = await current_catalog(self.workspace_id)
        await ensure_stage(self.workspace_id, self.row.id)
        row = await find_import(self.workspace_id, self.row.id)
        if row.state is ImportState.LOADING:
            with span("import load", self._place):
                await self._load(reading_of(self.row.id, plan, catalog))
            with span("import settle", self._place):
                await settle(self.workspace_id, self.row.id)
        with span("import merge", self._place):
            await self._merge(merging_of(plan.plan, self.options))

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
        planned = await plan_beside(self.workspace_id, self.stored, self.room, asked)
        parts = [(part.number, part.start, part.end, part.line, rows) for part, rows in planned.parts]
        if not await save_plan(self.workspace_id, self.row.id, planned.plan.to_document(), parts):
            raise Stopped
        return planned.plan

    async def _load(self, reading: Reading) -> None:
        async def load(part: Part) -> None:
            staged = await beside(partial(stage_part, reading, part))
            refused = [(row.line, row.reason, row.cells) for row in staged.refused]
            await stage(self.workspace_id, self.row.id, part.number, staged.text, refused)
            if not self.row.is_dry_run:
                note_rows(refused=len(refused))

        await side_by_side(await self._parts("is_staged"), load, LOADED_AT_ONCE)

    async def _merge(self, merging: Merging) -> None:
        async def merge(part: Part) -> None:
            is_dry_run = self.row.is_dry_run
            merged = await merge_part(self.workspace_id, self.row.id, part.number, merging, is_dry_run=is_dry_run)
            if not is_dry_run:
                note_rows(created=merged.created, changed=merged.changed, unchanged=merged.unchanged)

        parts = await self._parts("is_merged")
        # Alone, so that PostgreSQL plans the others for a table that has something in it.
        for part in parts[:1]:
            await merge(part)
        await side_by_side(parts[1:], merge, MERGED_AT_ONCE)

    async def _parts(self, column: str) -> list[Part]:
        rows = await pending_parts(self.workspace_id, self.row.id, column)
        return [Part(*row) for row in rows]

    async def _samples(self) -> list[dict[str, Any]]:
        samples = await first_samples(self.workspace_id, self.row.id, MOST_SAMPLES)
        plan = (await find_import(self.workspace_id, self.row.id)).plan or {}
        names = {label.id: label.name for label in (await current_catalog(self.workspace_id)).labels.values()}
        names |= {-place: name for place, name in enumerate(plan.get("new_labels", ()), start=1)}
        return [_named(sample, names) for sample in samples]

    async def clear_away(self) -> None:
        """Leave nothing that only the work needed; a dry run's file stays, for it may be started."""
        row = await find_import(self.workspace_id, self.row.id)
        if row.ending is None:  # to be undone, by now
            return
        await self._keep_cells(row)
        await drop_stage(self.row.id)
        await asyncio.to_thread(uploads.remove, self.room.parent, self.room.name)
        if row.ending == ImportState.CHECKED.value:
            return
        await asyncio.to_thread(uploads.remove, self.stored.parent, self.stored.name)
        if row.ending in (ImportState.FAILED.value, ImportState.CANCELLED.value) and not row.is_dry_run:
            await forget_made(self.workspace_id, row)

    async def _keep_cells(self, row: ImportRow) -> None:
        """Rows that were refused within PostgreSQL are read once more, for what stood in them."""
        if row.plan is None:
            return
        file = FilePlan.from_document(row.plan, self.stored.parent).file
        if not file.path.exists():
            return
        for is_last in (False, True):
            try:
                async for *part, lines in parts_without_cells(self.workspace_id, self.row.id):
                    cells = await beside(partial(cells_of, file, Part(*part), frozenset(lines)))
                    await save_cells(self.workspace_id, self.row.id, cells)
                return
            except Exception as error:
                if unreachable(error):
                    raise
                if is_last:
                    fault = note_fault("import_fault", error, import_id=self.row.id)
                    message = f"not all refused rows could be kept; quote {fault} when you report it"
                    await note_problem(self.workspace_id, self.row.id, message)

    async def tidy(self) -> None:
        """After much was written."""
        counts = (await import_counts(self.workspace_id, [self.row.id]))[self.row.id]
        if not self.row.is_dry_run and counts.created + counts.changed > WORTH_TIDYING:
            await tidy_contacts()


def _named(sample: dict[str, Any], names: dict[int, str]) -> dict[str, Any]:
    for side in ("before", "after"):
        if sample[side] is not None:
            ids = sample[side].pop("label_ids")
            sample[side]["labels"] = [names[id] for id in ids if id in names]
    return sample
