"""Imports of files: how far they have come, and what became of their rows."""

from dataclasses import asdict

import strawberry
from strawberry.types.info import Info

from app.filters.ids import to_global
from app.graphql.context import Context
from app.graphql.enums import ContactStatus, ImportMode, ImportState
from app.graphql.errors import told
from app.graphql.lookahead import Selected
from app.graphql.paging import read_size
from app.graphql.scalars import DateTime, moment
from app.graphql.types.import_plan import ImportColumn, ImportSample, import_columns
from app.graphql.types.kept_contact import KeptContact, kept_contacts_of
from app.graphql.types.node import Node
from app.graphql.types.refused_row import RefusalReason, RefusedRowConnection, refused_row_connection
from app.graphql.types.status_counts import StatusCounts, status_counts_of
from app.queries.imports.counting import count_reasons
from app.queries.imports.ledger import ImportRow
from app.transfer.imports.options import Options
from app.transfer.imports.reporting import undoable_until
from app.transfer.samples import shortened


@strawberry.type(description="How many rows the file has and how far they are; what became of contacts.")
class ImportCounts:
    """How many rows the file has and how far they are; what became of contacts."""

    rows: int = strawberry.field(description="0 until the file was looked through.")
    staged: int = strawberry.field(description="Rows that were read.")
    merged: int = strawberry.field(description="Rows that have become contacts, or were found to be no news.")
    created: int
    changed: int
    unchanged: int
    refused: int = strawberry.field(description="Rows that were left out.")
    status_counts: StatusCounts = strawberry.field(description="What the contacts of the merged rows are by then.")
    sendable_count: int = strawberry.field(description="How many of them may be mailed.")


@strawberry.type(description="A file of contacts, and what becomes of its rows. A file comes in by `POST /imports`.")
class Import(Node):
    """A file of contacts, and what becomes of its rows."""

    row: strawberry.Private[ImportRow]
    name: str = strawberry.field(description="The file's name.")
    state: ImportState
    is_dry_run: bool = strawberry.field(description="Whether it shows what it would do, and does nothing.")
    mode: ImportMode
    status: ContactStatus = strawberry.field(description="Of new contacts whose row has none.")
    consent: str | None = strawberry.field(description="How the people in the file agreed to be mailed.")
    problem: str | None = strawberry.field(description="Why it failed, in words.")
    refused_url: str = strawberry.field(description="Where all refused rows are a CSV, to mend and import again.")
    created_at: DateTime
    started_at: DateTime | None
    finished_at: DateTime | None = strawberry.field(description="When it was over, and had cleared away.")
    undoable_until: DateTime | None = strawberry.field(description="Null where there is nothing to take back.")

    @strawberry.field(description="How many rows there are, and how far they have come.")
    async def counts(self, info: Info[Context, None]) -> ImportCounts:
        """Counted for all imports of the answer at once."""
        counts = asdict(await info.context.loaders.counts_by_import_id.load(self.row.id))
        statuses = counts.pop("statuses")
        sendable = statuses.get(ContactStatus.ACTIVE.value, 0)
        return ImportCounts(**counts, status_counts=status_counts_of(statuses), sendable_count=sendable)

    @strawberry.field(description="The tool whose export the file is, where it was known by its columns or named.")
    def tool(self) -> str | None:
        """The tool whose export the file is."""
        found: str = self.row.plan["plan"]["tool"] if self.row.plan else self.row.options["tool"]
        return found or None

    @strawberry.field(description="What the columns of the file become; none until it was looked through.")
    def columns(self) -> list[ImportColumn]:
        """What the columns of the file become."""
        return import_columns(self.row.plan) if self.row.plan else []

    @strawberry.field(description="The keys of the fields that the import makes.")
    def new_fields(self) -> list[str]:
        """The keys of the fields that the import makes."""
        return [column.key for column in self.columns() if column.is_new and column.key]

    @strawberry.field(description="The names of the labels that the import makes.")
    def new_labels(self) -> list[str]:
        """The names of the labels that the import makes."""
        return list(self.row.plan["new_labels"]) if self.row.plan else []

    @strawberry.field(description="Ten rows before and after, where a dry run has ended; needs the scope import.")
    def samples(self, info: Info[Context, None]) -> list[ImportSample]:
        """Rows before and after; their long values are cut."""
        info.context.require("import")
        return [ImportSample(**shortened(one)) for one in self.row.samples or ()]

    @strawberry.field(description="The commonest reasons for which rows were left out; needs the scope import.")
    @told
    async def reasons(self, info: Info[Context, None], first: int = 20) -> list[RefusalReason]:
        """The commonest reasons for which rows were left out."""
        info.context.require("import")
        rows = await count_reasons(info.context.workspace_id, self.row.id, read_size(first))
        return [RefusalReason(reason=reason, rows=refused) for reason, refused in rows]

    @strawberry.field(
        description="The rows that were left out, by line, 50 unless first or last says; needs the scope import."
    )
    @told
    async def refused_rows(
        self,
        info: Info[Context, None],
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> RefusedRowConnection:
        """The rows that were left out."""
        info.context.require("import")
        return await refused_row_connection(info.context.workspace_id, self.row.id, first, after, last, before)

    @strawberry.field(description="The contacts that undoing left alone, since somebody had changed them.")
    @told
    async def kept_contacts(self, info: Info[Context, None], first: int = 50) -> list[KeptContact]:
        """The contacts that undoing left alone."""
        return await kept_contacts_of(self.row.id, read_size(first), info)


def wanted_of(found: Selected) -> frozenset[str]:
    """What is large of an import and asked for."""
    plan = found.has_any(("tool", "columns", "newFields", "newLabels"))
    return frozenset({*(["plan"] if plan else []), *(["samples"] if found.has_any(["samples"]) else [])})


def import_type(row: ImportRow) -> Import:
    """An import as the world sees it."""
    options, id = Options.from_document(row.options), to_global("Import", row.id)
    return Import(
        id=strawberry.ID(id),
        row=row,
        name=row.name,
        state=row.state,
        is_dry_run=row.is_dry_run,
        mode=options.mode,
        status=options.status,
        consent=options.consent,
        problem=row.problem,
        refused_url=f"/imports/{id}/refused.csv",
        created_at=DateTime(row.created_at),
        started_at=moment(row.started_at),
        finished_at=moment(row.finished_at),
        undoable_until=moment(undoable_until(row)),
    )
