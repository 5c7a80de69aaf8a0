"""A workspace's words, and files as rows, for plans to be made of."""

import csv
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from app.filters.catalog import SYSTEM_FIELDS, Catalog, Field
from app.filters.vocabulary import FieldType
from app.transfer.columns.plan import Plan
from app.transfer.columns.planning import plan
from app.transfer.columns.survey import Survey

SAMPLES = Path(__file__).parent / "samples"


def catalog(*own: Field) -> Catalog:
    """A workspace in Jakarta with these fields."""
    return Catalog(1, ZoneInfo("Asia/Jakarta"), {field.key: field for field in (*SYSTEM_FIELDS, *own)}, {}, {})


EMPTY = catalog()
CITY = Field("city", "Kota Asal", FieldType.TEXT, (), 1)
BORN = Field("born", "Born", FieldType.DATE, (), 2)
SPENT = Field("spent", "Spent", FieldType.NUMBER, (), 3)
OWN = catalog(CITY, BORN, SPENT)


def sample(name: str) -> tuple[list[str], list[list[str]]]:
    """The header and the rows of a tool's export."""
    text = (SAMPLES / f"{name}.csv").read_text()
    delimiter = ";" if ";" in text.splitlines()[0] else ","
    header, *rows = csv.reader(text.splitlines(), delimiter=delimiter)
    return header, rows


def planned(
    header: Sequence[str],
    rows: Sequence[list[str]],
    known: Catalog = OWN,
    *,
    mapping: object = None,
    tool: str | None = None,
    taken: frozenset[str] = frozenset(),
    decimal_comma: bool = False,
) -> Plan:
    """The plan for a file of these rows."""
    survey = Survey(header, tool, decimal_comma=decimal_comma)
    survey.see(rows)
    return plan(header, survey, known, taken | {field.key for field in known.fields.values()}, mapping, tool)
