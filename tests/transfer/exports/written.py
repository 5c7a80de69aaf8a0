"""Contacts to be exported, and exports written into memory and read again by the formats' own readers."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pyarrow.parquet as pq

from app.filters.vocabulary import Status
from app.queries.catalogs import current_catalog
from app.queries.connections import connection
from app.queries.contact_writes import ContactDraft, create_contact
from app.transfer.exports.audiences import read_audience
from app.transfer.exports.options import read_options
from app.transfer.exports.sheets import Export
from app.transfer.exports.writing import opened_export


async def written(workspace: int, document: Any = None, **given: object) -> bytes:
    """The bytes of an export of a filter's contacts, or of everyone."""
    catalog = await current_catalog(workspace)
    audience = read_audience({"everyone": True} if document is None else {"filter": document}, catalog)
    export = Export(catalog, audience.tree, read_options(given, catalog))
    pieces: list[bytes] = []

    async def write(piece: bytes) -> None:
        pieces.append(piece)

    async with connection() as borrowed, opened_export(borrowed, export, datetime.now(UTC)) as opened:
        await opened.write(write)
    return b"".join(pieces)


def csv_rows(content: bytes) -> list[list[str]]:
    """The rows of a CSV file, its first line included."""
    return list(csv.reader(io.StringIO(content.decode(), newline="")))


def csv_objects(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file, by their columns."""
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def ndjson_objects(content: bytes) -> list[dict[str, Any]]:
    """The objects of an NDJSON file, whose lines end with line breaks alone; numbers to the last digit."""
    lines = content.decode().split("\n")
    assert lines.pop() == ""
    return [json.loads(line, parse_float=Decimal, parse_int=Decimal) for line in lines]


def parquet_objects(content: bytes) -> list[dict[str, Any]]:
    """The rows of a Parquet file."""
    rows: list[dict[str, Any]] = pq.read_table(io.BytesIO(content)).to_pylist()
    return rows


async def add(
    workspace: int,
    email: str,
    texts: Mapping[str, str | None] | None = None,
    values: Mapping[str, Any] | None = None,
    labels: Sequence[int] = (),
) -> int:
    """A contact, written as production writes it; its id."""
    draft = ContactDraft(email, dict(texts or {}), list((values or {}).items()), labels)
    return await create_contact(await current_catalog(workspace), draft, Status.ACTIVE, "test")
