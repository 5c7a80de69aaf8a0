"""What a caller may say of an export: its format, its columns, and how cells are written."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from app.filters.catalog import Catalog, Field
from app.filters.problems import Code, Problem, Refused, did_you_mean, shown, speakable
from app.transfer.exports.columns import all_columns, read_columns, title_of


class Format(Enum):
    """How an export is written, by the end of a file's name."""

    CSV = "csv"
    NDJSON = "ndjson"
    PARQUET = "parquet"


class Times(Enum):
    """In which zone moments are written."""

    WORKSPACE = "workspace"
    UTC = "utc"


class Header(Enum):
    """What columns are called: by the keys of fields, or by what people call them."""

    KEYS = "keys"
    NAMES = "names"


class Formulas(Enum):
    """What becomes of a text in a CSV file that a spreadsheet would run."""

    GUARD = "guard"
    KEEP = "keep"


Word = TypeVar("Word", Format, Times, Header, Formulas)

NAMES = ("format", "columns", "times", "header", "formulas", "gzip")


@dataclass(frozen=True, slots=True)
class Options:
    """How an export is written. With `is_packed` the file is a gzip of it."""

    format: Format
    columns: tuple[Field, ...]
    times: Times = Times.WORKSPACE
    header: Header = Header.KEYS
    formulas: Formulas = Formulas.GUARD
    is_packed: bool = False

    @property
    def extension(self) -> str:
        """The end of the file's name, without the first dot."""
        return f"{self.format.value}.gz" if self.is_packed else self.format.value

    def as_json(self) -> dict[str, Any]:
        """What `read_options` reads again."""
        return {
            "format": self.format.value,
            "columns": [column.key for column in self.columns],
            "times": self.times.value,
            "header": self.header.value,
            "formulas": self.formulas.value,
            "gzip": self.is_packed,
        }


def read_options(given: Mapping[str, object], catalog: Catalog) -> Options:
    """The options out of a query string or a JSON object, where all but the format may be left out.

    Raises Refused with every problem.
    """
    problems = [_unknown(name) for name in given if name not in NAMES]
    given = {name: raw for name, raw in given.items() if raw is not None}

    def word(name: str, otherwise: Word) -> Word:
        raw, words = given.get(name, otherwise.value), type(otherwise)
        for one in words:
            if isinstance(raw, str) and raw.lower() == one.value:
                return one
        known = ", ".join(one.value for one in words)
        problems.append(Problem(Code.UNKNOWN_OPTION, f"{name} is one of {known}", name))
        return otherwise

    options = Options(
        word("format", Format.CSV),
        read_columns(given["columns"], catalog, problems) if "columns" in given else all_columns(catalog),
        word("times", Times.WORKSPACE),
        word("header", Header.KEYS),
        word("formulas", Formulas.GUARD),
        _flag("gzip", given.get("gzip", False), problems),
    )
    if options.is_packed and options.format is Format.PARQUET:
        problems.append(Problem(Code.NOT_ALLOWED, "a Parquet file is compressed already; leave gzip out", "gzip"))
    problems += _twins(options)
    if problems:
        raise Refused(problems)
    return options


def _twins(options: Options) -> list[Problem]:
    """Names that more than one of the columns has, where columns are called by names."""
    if options.header is Header.KEYS:
        return []
    names = Counter(map(title_of, options.columns))
    return [
        Problem(Code.NOT_ALLOWED, f"{many} columns are called {shown(name)}; use keys, or leave some out", "header")
        for name, many in names.items()
        if many > 1
    ]


def _unknown(name: str) -> Problem:
    message = f"there is no option {shown(name)}{did_you_mean(name, NAMES)}"
    return Problem(Code.UNKNOWN_OPERATOR, message, speakable(name[:40]))


def _flag(name: str, raw: object, problems: list[Problem]) -> bool:
    if raw in (True, "1", "true"):
        return True
    if raw not in (False, "0", "false"):
        problems.append(Problem(Code.INVALID_BOOLEAN, f"{name} is 1 or 0", name))
    return False
