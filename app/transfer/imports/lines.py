"""Rows as the lines that COPY takes, put together out of columns of cells that were read."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import repeat
from typing import Any

from app.filters.vocabulary import OPT_OUTS, Status
from app.queries.contact_values import SYSTEM_TEXTS
from app.transfer.columns.plan import Column, Role
from app.transfer.columns.statuses import strictest
from app.transfer.imports.cells import NOTHING, Fault

TIMES = ("created_at", "subscribed_at")

Values = Sequence[Any]
Columns = list[tuple[Column, Values]]


def lines_of(part: int, numbers: Sequence[int], columns: Columns, file_status: Status | None) -> Iterator[str]:
    """A line for each row, in the order of app.queries.imports.staging.COLUMNS.

    `numbers` are the rows' lines in the file, `columns` what their cells mean, `file_status` what the file as a whole
    says of everybody in it.
    """
    rows = len(numbers)
    if not rows:
        return iter(())
    texts = [_text(columns, key, rows) for key in SYSTEM_TEXTS]
    fields = [list(zip(*values, strict=True)) for values in _of(columns, Role.FIELD)]
    return map(
        _line,
        repeat(part),
        numbers,
        _of(columns, Role.EMAIL)[0],
        zip(*(text for text, _ in texts), strict=True),
        _statuses(_of(columns, Role.STATUS), file_status, rows),
        _labels(_of(columns, Role.LABELS)),
        map("".join, zip(*(entered for entered, _ in fields), strict=True)) if fields else repeat(""),
        map("".join, zip(*(folded for _, folded in (*fields, *texts)), strict=True)),
        zip(*(_time(columns, key, rows) for key in TIMES), strict=True),
    )


def opt_out(part: int, number: int, place: int, columns: Columns, file_status: Status | None) -> str | None:
    """The line of a refused row that says that its address must not be mailed: this alone; None for any other."""
    sound = [(column, values[place]) for column, values in columns if not isinstance(values[place], Fault)]
    emails = [value for column, value in sound if column.role is Role.EMAIL]
    status = strictest([file_status, *(value for column, value in sound if column.role is Role.STATUS)])
    if not emails or status is None or status not in OPT_OUTS:
        return None
    return _line(part, number, emails[0], (NOTHING,) * 3, status.value, "{}", "", "", (NOTHING,) * 2, "t")


def _of(columns: Columns, role: Role) -> list[Values]:
    return [values for column, values in columns if column.role is role]


def _text(columns: Columns, key: str, rows: int) -> tuple[Values, Values]:
    """A system text's values, and their pieces of the compared values."""
    found = [values for column, values in columns if column.role is Role.TEXT and column.key == key]
    if not found:
        return [NOTHING] * rows, [""] * rows
    texts, pieces = zip(*found[0], strict=True)
    return texts, pieces


def _time(columns: Columns, key: str, rows: int) -> Values:
    times = (values for column, values in columns if column.role is Role.TIME and column.key == key)
    return next(times, [NOTHING] * rows)


def _statuses(stated: list[Values], file_status: Status | None, rows: int) -> Iterator[str]:
    if file_status is not None:
        stated = [*stated, [file_status] * rows]
    if not stated:
        return repeat(NOTHING)
    single = stated[0] if len(stated) == 1 else map(strictest, zip(*stated, strict=True))
    return (NOTHING if status is None else status.value for status in single)


def _labels(columns: list[Values]) -> Iterator[str]:
    if not columns:
        return repeat("{}")
    if len(columns) == 1:
        return map(_array, columns[0])
    return (_array(frozenset().union(*sets)) for sets in zip(*columns, strict=True))


@lru_cache(maxsize=10_000)
def _array(ids: frozenset[int]) -> str:
    return "{" + ",".join(map(str, sorted(ids))) + "}"


def _line(
    part: int,
    number: int,
    email: tuple[str, str],
    texts: tuple[str, ...],
    status: str,
    labels: str,
    entered: str,
    folded: str,
    times: tuple[str, ...],
    refused: str = "f",
) -> str:
    return (
        f"{part}\t{number}\t{email[0]}\t{email[1]}\t{texts[0]}\t{texts[1]}\t{texts[2]}\t{status}\t{labels}"
        f"\t{{{entered[1:]}}}\t{{{folded[1:]}}}\t{times[0]}\t{times[1]}\t{refused}\n"
    )
