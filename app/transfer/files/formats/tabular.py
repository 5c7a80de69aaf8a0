"""Values of other kinds of file as cells of CSV."""

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import date, time
from decimal import Decimal
from io import StringIO

from app.transfer.files.formulas import disarmed
from app.transfer.files.names_in_a_cell import join_names

CHUNK_CHARACTERS = 1_000_000


def csv_chunks(rows: Iterable[Iterable[str]]) -> Iterator[bytes]:
    """The rows as CSV in UTF-8, the first of them the header.

    A lone surrogate becomes bytes that aren't UTF-8, so that its row is refused.
    """
    text = StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow(map(disarmed, row))
        if text.tell() >= CHUNK_CHARACTERS:
            yield text.getvalue().encode(errors="surrogatepass")
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode(errors="surrogatepass")


def cell(value: object) -> str:
    """A value as its cell: nothing is empty, a list is names, an object is JSON."""
    match value:
        case str():
            return value
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return format(Decimal(repr(value)), "f")
        case Decimal():
            return format(value, "f")
        case date() | time():
            return value.isoformat()
        case bytes():
            return value.decode(errors="surrogateescape")
        case list() | tuple():
            return join_names(_json(one) if isinstance(one, list | tuple) else cell(one) for one in value)
        case dict():
            return _json(value)
        case _:
            return str(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=cell)
