"""A CSV file into a workspace: fields and labels made, rows loaded, and a reason for each row refused."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path

from app.filters.catalog import Catalog
from app.filters.folding import fold
from app.filters.problems import Code, Refused
from app.filters.vocabulary import Status
from app.queries.catalogs import current_catalog
from app.queries.contact_copies import tidy_contacts
from app.queries.fields import create_field
from app.queries.imports import Merged, Staging, staging, taken_keys
from app.queries.labels import create_label
from app.queries.names import LONGEST_NAME
from app.transfer.columns.inference import MOST_NOTED, Survey, survey
from app.transfer.columns.planning import Column, Role, plan_columns
from app.transfer.files.csv_rows import Refuse, open_csv
from app.transfer.imports.cells import label_names
from app.transfer.imports.rows import staged_rows

MERGED_AT_ONCE = 20_000
MOST_REFUSED_KEPT = 1_000

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; `refused` has the first refused rows, by line, of `refused_count`."""

    merged: Merged
    refused_count: int
    refused: tuple[tuple[int, str], ...]
    fields: tuple[str, ...]
    labels: tuple[str, ...]
    ignored: tuple[str, ...]


@dataclass(slots=True)
class Refusals:
    """The rows refused so far: all are counted and told, some kept."""

    tell: Refuse
    count: int = 0
    kept: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, reason: str) -> None:
        """One more."""
        self.count += 1
        self.tell(line, reason)
        if len(self.kept) < MOST_REFUSED_KEPT:
            self.kept.append((line, reason))


async def import_csv(
    workspace_id: int,
    path: Path,
    status: Status = Status.PENDING,
    progress: Progress = lambda *_: None,
    refuse: Refuse = lambda *_: None,
) -> Imported:
    """Load a file's rows: new addresses become contacts of `status`, known ones get the file's values and labels.

    An empty cell clears nothing. `progress(step, done, total)` is called now and then, `refuse(line, reason)` for
    each row that is left out.
    Raises Refused where the file as a whole can't be read, OSError where it can't be opened.
    """
    file = open_csv(path)
    progress("Reading", 0, 0)
    surveyed = survey(file)
    catalog = await current_catalog(workspace_id)
    columns = plan_columns(file.header, surveyed, catalog, await taken_keys(workspace_id))
    labels = _new_labels(columns, surveyed, catalog)
    for column in columns:
        if column.is_new:
            await create_field(workspace_id, column.key, column.name, column.type)
    for name in labels:
        await create_label(workspace_id, name)
    refusals = Refusals(refuse)
    rows = staged_rows(file, columns, await current_catalog(workspace_id), refusals.add)
    async with staging(workspace_id) as staged:
        await staged.copy(_counted(rows, surveyed.rows, progress))
        merged = await _merge(staged, status, refusals.add, progress)
    if merged.created + merged.updated > MERGED_AT_ONCE:
        progress("Tidying", 0, 0)
        await tidy_contacts()
    return Imported(
        merged,
        refusals.count,
        tuple(sorted(refusals.kept, key=itemgetter(0))),
        tuple(column.name for column in columns if column.is_new),
        tuple(labels),
        tuple(column.name for column in columns if column.role is Role.NOTHING and column.name),
    )


def _new_labels(columns: Sequence[Column], surveyed: Survey, catalog: Catalog) -> list[str]:
    found: dict[str, str] = {}
    for column, seen in zip(columns, surveyed.columns, strict=True):
        if column.role is Role.LABELS:
            for name in (name for cell in sorted(seen.values) for name in label_names(cell)):
                # What no label can be called is left to refuse its rows.
                if fold(name) and len(name) <= LONGEST_NAME:
                    found.setdefault(fold(name), name)
            if len(seen.values) > MOST_NOTED or len(found) > MOST_NOTED:
                message = f'"{column.name}" has more than {MOST_NOTED:,} different values; is it a column of labels?'
                raise Refused.because(Code.TOO_MANY_VALUES, message, "file")
    return [name for folded, name in found.items() if folded not in catalog.labels_by_name]


def _counted(rows: Iterable[tuple[object, ...]], total: int, progress: Progress) -> Iterator[tuple[object, ...]]:
    done = 0
    for done, row in enumerate(rows, start=1):
        if done % 1_000 == 0:
            progress("Loading", done, total)
        yield row
    progress("Loading", done, total)


async def _merge(staged: Staging, status: Status, refuse: Refuse, progress: Progress) -> Merged:
    for line, last in await staged.drop_replaced():
        refuse(line, f"replaced by line {last}")
    for line, first in await staged.drop_claimed():
        owner = "another contact has" if first is None else f"line {first} has"
        refuse(line, f"{owner} this external id")
    end = await staged.last_line()
    merged = Merged()
    for first_line in range(1, end + 1, MERGED_AT_ONCE):
        progress("Merging", first_line, end)
        merged += await staged.merge(first_line, first_line + MERGED_AT_ONCE - 1, status)
    progress("Merging", end, end)
    return merged
