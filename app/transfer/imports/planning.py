"""What an import will do, worked out before anything is written and kept with it as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.filters.catalog import Catalog, Field
from app.filters.folding import fold
from app.filters.problems import Code, Refused
from app.queries.fields import create_field
from app.queries.imports.merge_statement import Merging
from app.queries.labels import MOST_LABELS, create_label
from app.queries.names import LONGEST_NAME
from app.transfer.columns.plan import Column, Plan, Role, Rule
from app.transfer.columns.seen import MOST_NOTED, Seen
from app.transfer.files.csv_rows import CsvFile
from app.transfer.imports.options import Mode, Options
from app.transfer.imports.reading import Reading


@dataclass(frozen=True, slots=True)
class FilePlan:
    """A file and what becomes of it: its columns, and the labels to be made, with their ids once they are."""

    file: CsvFile
    plan: Plan
    new_labels: tuple[str, ...] = ()
    labels: Mapping[str, int] = field(default_factory=dict)

    def to_document(self) -> dict[str, Any]:
        """As JSON has it; the file by its name alone, for folders move."""
        file = {name: getattr(self.file, name) for name in ("encoding", "delimiter", "header", "start", "line")}
        return {
            "file": {**file, "name": self.file.path.name},
            "plan": self.plan.to_document(),
            "new_labels": list(self.new_labels),
            "labels": dict(self.labels),
        }

    @classmethod
    def from_document(cls, raw: Mapping[str, Any], folder: Path) -> "FilePlan":
        """What `to_document` wrote, of a file in the folder."""
        told = dict(raw["file"])
        path = folder / told.pop("name")
        file = CsvFile(path=path, **{**told, "header": tuple(told["header"])})
        return cls(file, Plan.from_document(raw["plan"]), tuple(raw["new_labels"]), raw["labels"])

    @property
    def new_fields(self) -> list[Column]:
        """The columns whose fields are to be made."""
        return [column for column in self.plan.columns if column.is_new]


def new_labels(columns: Sequence[Column], seen: Sequence[Seen], catalog: Catalog) -> tuple[str, ...]:
    """The names in columns of labels that are no labels yet; raises Refused where there are too many of them."""
    found: dict[str, str] = {}
    for column, each in zip(columns, seen, strict=True):
        if column.role is not Role.LABELS:
            continue
        for name in sorted(each.names):
            # What no label can be called is left to refuse its rows.
            if len(name) <= LONGEST_NAME and (folded := fold(name)):
                found.setdefault(folded, name)
        if len(each.names) > MOST_NOTED:
            message = f'"{column.name}" has more than {MOST_NOTED:,} different values; is it a column of labels?'
            raise Refused.because(Code.TOO_MANY_VALUES, message, "file")
    new = tuple(name for folded, name in found.items() if folded not in catalog.labels_by_name)
    if new and len(catalog.labels) + len(new) > MOST_LABELS:
        message = f"with {len(new):,} new labels there would be more than {MOST_LABELS:,}; archive some first"
        raise Refused.because(Code.NOT_ALLOWED, message, "file")
    return new


async def make_fields(workspace_id: int, plan: FilePlan, catalog: Catalog) -> None:
    """Make the fields of the plan that are not there yet."""
    for column in plan.new_fields:
        if column.key not in catalog.fields:
            await create_field(workspace_id, column.key, column.name, column.type)


async def make_labels(workspace_id: int, plan: FilePlan, catalog: Catalog) -> dict[str, int]:
    """Make the labels of the plan that are not there yet; the ids of those that the import has made, by name."""
    made = dict(plan.labels)
    for name in plan.new_labels:
        if name not in made:
            known = catalog.labels_by_name.get(fold(name))
            made[name] = known.id if known else await create_label(workspace_id, name)
    return made


def reading_of(import_id: int, plan: FilePlan, catalog: Catalog) -> Reading:
    """How the file is read; in a dry run, fields and labels stand in for those that would be made.

    Raises Refused where a field that the plan found has been archived since.
    """
    fields = {column.key: Field(column.key, column.name, column.type) for column in plan.new_fields}
    fields |= {key: found for key, found in catalog.fields.items() if not found.is_system}
    gone = next((one for one in plan.plan.columns if one.role is Role.FIELD and one.key not in fields), None)
    if gone is not None:
        raise Refused.because(Code.NOT_FOUND, f'the field "{gone.name}" is not there any more', "file")
    labels = {fold(name): -place for place, name in enumerate(plan.new_labels, start=1)}
    labels |= {fold(label.name): label.id for label in catalog.labels.values()}
    return Reading(import_id, plan.file, plan.plan, fields, labels, catalog.zone.key)


def merging_of(plan: Plan, options: Options) -> Merging:
    """How the rows become contacts."""
    valued = [column for column in plan.columns if column.role in (Role.FIELD, Role.TEXT)]
    named = [column for column in valued if column.name_part]
    # A part alone is no name to put in the place of a whole one.
    fills_name = bool(named) and (len(named) == 1 or all(column.rule is Rule.FILL for column in named))
    filled = [column.key for column in valued if column.rule is Rule.FILL]
    labelled = [column for column in plan.columns if column.role is Role.LABELS]
    return Merging(
        options.status.value,
        options.consent,
        creates=options.mode is not Mode.UPDATE,
        updates=options.mode is not Mode.CREATE,
        fill=(*filled, *(["name"] if fills_name else [])),
        clear=tuple(column.key for column in valued if column.clears and column.rule is not Rule.FILL),
        labels=labelled[0].rule.value if labelled else Rule.ADD.value,
        labels_clear=any(column.clears for column in labelled),
        has_external_ids=any(column.key == "external_id" for column in valued),
        keys=tuple(dict.fromkeys(column.key for column in valued)),
    )
