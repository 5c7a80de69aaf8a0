"""JSON objects, one a line, as rows."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from app.transfer.files.csv_faults import refused
from app.transfer.files.csv_header import MOST_COLUMNS, too_many_columns
from app.transfer.files.csv_text import LONGEST_LINE
from app.transfer.files.formats.tabular import cell

Members = dict[str, Any]

# A number stays as it is written.
_read = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str).decode


def ndjson_rows(chunks: Callable[[], Iterable[bytes]]) -> Iterator[Sequence[str]]:
    """A header of all keys in order of their first appearance, then a row for each line, blank for a blank one.

    A line that is no JSON object becomes a row with a wrong number of cells. `chunks()` gives the text in UTF-8 anew.
    """
    keys = _keys(_lines(chunks()))
    if not keys:
        raise refused("no line of this file is a JSON object; write one object a line")
    yield [" ".join(key.split()) for key in keys]
    for line in _lines(chunks()):
        if (cells := _cells(line, keys)) is not None:
            yield cells
        elif line:
            yield [line] if len(keys) > 1 else [line, ""]
        else:
            yield []


def _keys(lines: Iterable[str]) -> list[str]:
    keys: dict[str, None] = {}
    for line in lines:
        keys.update(dict.fromkeys(_members(line) or ()))
        if len(keys) > MOST_COLUMNS:
            raise too_many_columns()
    return list(keys)


def _cells(line: str, keys: Sequence[str]) -> list[str] | None:
    members = _members(line)
    if members is None:
        return None
    values = map(members.get, keys)
    return [value if type(value) is str else cell(value) for value in values]


def _members(line: str) -> Members | None:
    try:
        found = _read(line)
        if not isinstance(found, dict):
            return None
        if any(map(_is_deep, found.values())):
            found |= {key: cell(value) for key, value in json.loads(line).items() if _is_deep(value)}
    except (ValueError, RecursionError):
        return None
    return found


def _is_deep(value: object) -> bool:
    """Whether it becomes JSON again, in which numbers are not texts."""
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(one, dict | list) for one in value))


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    done, tail = 0, b""
    for chunk in chunks:
        *whole, tail = (tail + chunk).split(b"\n")
        done += len(whole)
        if len(tail) > LONGEST_LINE:
            raise refused(f"line {done + 1:,} is longer than {LONGEST_LINE:,} bytes; write one object a line")
        yield from map(_text, whole)
    if tail:
        yield _text(tail)


def _text(line: bytes) -> str:
    return line.decode(errors="surrogateescape").strip("\ufeff \t\r")
