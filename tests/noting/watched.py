"""A tenant whose every write is held against what was noted of it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from app.queries.changes import Cause
from app.transfer.exports.running import next_export
from app.transfer.work import next_import
from tests.isolation.tenant import Tenant
from tests.noting.rows import people_of, take_notes, untrue


@dataclass(slots=True)
class Watched(Tenant):
    """A workspace of which everything that was noted untruly is told, and what was noted at all, by document."""

    faults: list[str] = field(default_factory=list)
    causes: dict[str, set[Cause]] = field(default_factory=dict)

    async def answer(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """What a document is answered, watched."""
        async with self._watching(document):
            return await Tenant.answer(self, document, variables)

    async def work(self) -> None:
        """Do what waits in the background, watched one import at a time."""
        is_working = True
        while is_working:
            async with self._watching("import"):
                is_working = await next_import(self.files)
        while await next_export(self.files):
            pass

    @asynccontextmanager
    async def _watching(self, what: str) -> AsyncIterator[None]:
        before = await people_of(self.workspace_id)
        yield
        notes = await take_notes(self.workspace_id)
        after = await people_of(self.workspace_id)
        self.causes.setdefault(what, set()).update(note.cause for note in notes)
        self.faults += [f"{what[:200]}: {fault}" for fault in untrue(before, after, notes)]
