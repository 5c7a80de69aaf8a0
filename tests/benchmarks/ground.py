"""The ground that a benchmark stands on: a workspace of made contacts, kept between runs, and a token."""

import os
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.filters.catalog import Catalog
from app.filters.problems import Refused
from app.postgres import embedded
from app.queries.catalogs import current_catalog
from app.queries.connections import opened
from app.queries.contacts import count_contacts
from app.queries.migrations import migrate
from app.queries.segments import create_dynamic
from app.queries.tokens import create_token
from app.queries.workspaces import create_workspace, find_workspace
from app.transfer.demo.filling import fill, furnish

SEGMENT = "Jakarta"
INNER = {"field": {"key": "city", "test": {"contains": "Jakarta"}}}


@dataclass(frozen=True, slots=True)
class Ground:
    """Where the contacts are, what filters may name there, who may ask, and how long the filling took if it was now."""

    dsn: str
    catalog: Catalog
    token: str
    segment: int
    fill_seconds: float | None

    @property
    def workspace(self) -> int:
        """The workspace's id."""
        return self.catalog.workspace_id

    def label(self, name: str) -> int:
        """A label's id."""
        return self.catalog.labels_by_name[name.casefold()].id


@contextmanager
def database() -> Iterator[str]:
    """DATABASE_URL, else the embedded server in PILAH_DATA, else in a folder for benchmarks, whose name it prints."""
    if "DATABASE_URL" in os.environ:
        yield os.environ["DATABASE_URL"]
        return
    folder = Path(os.environ.get("PILAH_DATA") or Path(tempfile.gettempdir()) / "pilah-benchmarks")
    print(f"data in {folder}")
    with embedded(folder) as dsn:
        yield dsn


@asynccontextmanager
async def ground(dsn: str, contacts: int) -> AsyncIterator[Ground]:
    """The workspace with so many contacts, filled where the database has none yet."""
    await migrate(dsn)
    name = f"Benchmark of {contacts}"
    async with opened(dsn):
        try:
            workspace, taken = (await find_workspace(name)).id, None
        except Refused:
            workspace = await create_workspace(name, "Asia/Jakarta")
            catalog = await furnish(workspace)
            await create_dynamic(workspace, SEGMENT, INNER)
            started = time.perf_counter()
            await fill(catalog, contacts)
            taken = time.perf_counter() - started
        held = await count_contacts(workspace, [])
        if held != contacts:
            raise SystemExit(f'"{name}" holds {held:,} contacts: a run was cut short; remove the data folder')
        catalog = await current_catalog(workspace)
        segment = next(each.id for each in catalog.segments.values() if each.name == SEGMENT)
        yield Ground(dsn, catalog, await create_token(workspace, "benchmark", ["read"]), segment, taken)
