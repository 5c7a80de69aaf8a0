"""One contact, as conditions see it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from asyncpg import Record

from app.compile import Scope, condition
from app.compile.clause import write
from app.filters.catalog import SYSTEM_FIELDS, SYSTEM_KEYS, Catalog, Field
from app.filters.checked import Condition
from app.filters.sight.seen import Seen
from app.filters.vocabulary import FieldType, Status
from app.queries.connections import connection

_COLUMNS = ("status", "label_ids", "fields", "folded", *(field.key for field in SYSTEM_FIELDS))
_SELECTED = ", ".join(f"contact.{name}" for name in _COLUMNS)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a contact has, and to each condition 1 where it holds, else 0."""

    seen: Seen
    answers: Mapping[Condition, int]


async def see_contact(
    contact_id: int, conditions: Sequence[Condition], scope: Scope, catalog: Catalog
) -> Answered | None:
    """A contact and its answers to a filter's different conditions; None where there is no such contact."""
    values: list[object] = [scope.workspace_id, contact_id]
    asked = ", ".join(write(condition(each, scope), values) for each in conditions)
    text = (
        f"SELECT {_SELECTED}, ARRAY[{asked}]::boolean[] AS held FROM contact "
        "WHERE contact.workspace_id = $1 AND contact.id = $2"
    )
    async with connection() as borrowed:
        row = await borrowed.fetchrow(text, *values)
    if row is None:
        return None
    return Answered(_seen(row, catalog), dict(zip(conditions, map(int, row["held"]), strict=True)))


def _seen(row: Record, catalog: Catalog) -> Seen:
    labels = tuple(catalog.labels[id] for id in row["label_ids"] if id in catalog.labels)
    times = dict(_times(row, catalog))
    moments = {key: row[key].astimezone(catalog.zone).isoformat() for key in times if key in SYSTEM_KEYS}
    system = {field.key: row[field.key] for field in SYSTEM_FIELDS}
    return Seen(Status(row["status"]), labels, orjson.loads(row["fields"]) | system | moments, times)


def _times(row: Record, catalog: Catalog) -> Iterator[tuple[str, date | datetime]]:
    folded: dict[str, Any] = orjson.loads(row["folded"])
    for field in catalog.fields.values():
        if field.type in (FieldType.DATE, FieldType.DATETIME):
            value = row[field.key] if field.is_system else folded.get(field.key)
            if value is not None:
                yield field.key, _time(value, field)


def _time(value: str | datetime, field: Field) -> date | datetime:
    if isinstance(value, datetime):
        return value
    return date.fromisoformat(value) if field.type is FieldType.DATE else datetime.fromisoformat(value)
