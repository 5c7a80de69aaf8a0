"""What an export asks of PostgreSQL: which contacts, and which cells in which format."""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

import orjson

from app.compile import Scope, condition
from app.compile.cells import (
    LABELS,
    NAMES_AS_JSON,
    NAMES_IN_A_CELL,
    NAMES_SEPARATED,
    STATUS,
    json_value,
    text_cell,
)
from app.compile.clause import Bound, Clause
from app.filters.catalog import Catalog, Field
from app.filters.checked import Filter
from app.filters.clock import Clock
from app.filters.vocabulary import FieldType
from app.queries.exports.copying import Sheet
from app.transfer.exports.columns import title_of
from app.transfer.exports.options import Format, Formulas, Header, Options, Times


@dataclass(frozen=True, slots=True)
class Export:
    """Whose contacts, which of them, and how they are written."""

    catalog: Catalog
    tree: Filter
    options: Options

    @property
    def zone(self) -> str:
        """The name of the time zone in which moments are written."""
        return self.catalog.zone.key if self.options.times is Times.WORKSPACE else "UTC"

    @property
    def titles(self) -> list[str]:
        """What the columns are called, in order."""
        by_key = self.options.header is Header.KEYS
        return [column.key if by_key else title_of(column) for column in self.options.columns]


def sheet_of(export: Export, now: datetime) -> Sheet:
    """The contacts that the export means at a moment, in the cells of its format."""
    catalog, options = export.catalog, export.options
    holds = condition(export.tree, Scope(catalog.workspace_id, Clock(now, catalog.zone)))

    def sheet(
        cells: list[Clause], names: str, zone: str, *, quoted: tuple[int, ...] = (), is_json: bool = False
    ) -> Sheet:
        joined = names if LABELS in options.columns else None
        return Sheet(catalog.workspace_id, holds, tuple(cells), joined, zone, quoted, is_json)

    match options.format:
        case Format.CSV:
            guarded = options.formulas is Formulas.GUARD
            cells = [text_cell(column, guarded=guarded) for column in options.columns]
            return sheet(cells, NAMES_IN_A_CELL, export.zone, quoted=_texts(options.columns) if guarded else ())
        case Format.NDJSON:
            return sheet(_pairs(options.columns, export.titles), NAMES_AS_JSON, export.zone, is_json=True)
        case Format.PARQUET:
            # Its moments are instants: the zone is said beside them.
            cells = [text_cell(column, guarded=False) for column in options.columns]
            return sheet(cells, NAMES_SEPARATED, "UTC")
        case _:
            assert_never(options.format)


def _texts(columns: tuple[Field, ...]) -> tuple[int, ...]:
    """The places of the columns whose cells may be anything."""
    free = (FieldType.TEXT, FieldType.CHOICE)
    return tuple(place for place, column in enumerate(columns) if column.type in free and column != STATUS)


def _pairs(columns: tuple[Field, ...], titles: list[str]) -> list[Clause]:
    """The parts of an object, which the commas between cells hold together."""
    pairs = []
    for place, (column, title) in enumerate(zip(columns, titles, strict=True)):
        name = Bound(f"{'' if place else '{'}{orjson.dumps(title).decode()}:", "text")
        end = " || '}'" if place == len(columns) - 1 else ""
        pairs.append(Clause("(", name, " || ", json_value(column), end, ")"))
    return pairs
