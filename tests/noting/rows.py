"""Contacts as they are, what was noted of them, and where the two tell different stories."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain
from typing import Any

import orjson

from app.queries.changes import Cause
from app.queries.connections import connection

_PEOPLE = (
    "SELECT id, ctid::text AS place, xmin::text AS writer, status, label_ids, fields || jsonb_build_object("
    "'email', email, 'name', name, 'source', source, 'external_id', external_id) AS entered, "
    "ARRAY(SELECT segment_id || ' ' || listed.xmin::text FROM segment_contact AS listed "
    "WHERE listed.workspace_id = $1 AND contact_id = contact.id) AS lists, "
    "ARRAY(SELECT segment_id || ' ' || is_included::text || ' ' || pin.xmin::text FROM segment_pin AS pin "
    "WHERE pin.workspace_id = $1 AND contact_id = contact.id) AS pins FROM contact WHERE workspace_id = $1"
)
_TAKE = (
    "DELETE FROM noted_change WHERE workspace_id = $1 "
    "RETURNING id, contact_ids, cause, field_keys, label_ids, previous, status, import_id, is_bulk"
)


@dataclass(frozen=True, slots=True)
class Person:
    """A contact's row, to the version, the places in fixed lists, and the pins by the segment's id."""

    version: tuple[str, str]
    status: str
    values: Mapping[str, Any]
    labels: frozenset[int]
    lists: frozenset[str]
    pins: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Note:
    """A row of what was noted."""

    contact_ids: Sequence[int]
    cause: Cause
    fields: Set[str]
    labels: Set[int]
    previous: str | None
    status: str | None
    import_id: int | None
    is_bulk: bool


async def people_of(workspace_id: int) -> dict[int, Person]:
    """The contacts of a workspace, by id."""
    async with connection() as borrowed:
        return {
            row["id"]: Person(
                (row["place"], row["writer"]),
                row["status"],
                orjson.loads(row["entered"]),
                frozenset(row["label_ids"]),
                frozenset(row["lists"]),
                {pin.partition(" ")[0]: pin for pin in row["pins"]},
            )
            for row in await borrowed.fetch(_PEOPLE, workspace_id)
        }


async def take_notes(workspace_id: int) -> list[Note]:
    """What was noted since the last time, in order."""
    async with connection() as borrowed:
        rows = await borrowed.fetch(_TAKE, workspace_id)
    return [
        Note(ids, Cause(cause), frozenset(fields), frozenset(labels), *told)
        for _, ids, cause, fields, labels, *told in sorted(rows, key=lambda row: row[0])
    ]


def untrue(before: Mapping[int, Person], after: Mapping[int, Person], notes: Sequence[Note]) -> Iterator[str]:
    """Each way in which what was noted is not what happened."""
    told = [(id, note) for note in notes for id in note.contact_ids]
    stayed = [(id, before[id], after[id]) for id in before.keys() & after.keys()]
    happened: dict[str, tuple[Set[Any], Set[Any]]] = {
        "changed": (
            {id for id in before.keys() | after.keys() if before.get(id) != after.get(id)},
            {id for id, _ in told},
        ),
        "gone": (before.keys() - after.keys(), _caused(told, Cause.DELETED)),
        "come": (
            {(id, after[id].status) for id in after.keys() - before.keys()},
            {(id, note.status) for id, note in told if note.status and not note.previous},
        ),
        "status": (
            {(id, was.status, now.status) for id, was, now in stayed if was.status != now.status},
            {(id, note.previous, note.status) for id, note in told if note.previous},
        ),
        "listed": ({id for id, was, now in stayed if now.lists - was.lists}, _caused(told, Cause.LISTED)),
        "unlisted": ({id for id, was, now in stayed if was.lists - now.lists}, _caused(told, Cause.UNLISTED)),
        "pinned": (
            {id for id, was, now in stayed if now.pins.items() - was.pins.items()},
            _caused(told, Cause.PINNED),
        ),
        "unpinned": (
            {id for id, was, now in stayed if was.pins.keys() - now.pins.keys()},
            _caused(told, Cause.UNPINNED),
        ),
    }
    yield from (f"{what}: {true} noted {noted}" for what, (true, noted) in happened.items() if true != noted)
    for id, was, now in stayed:
        yield from _untrue_of(was, now, [note for told_id, note in told if told_id == id])
    yield from (f"bulk: {note}" for note in notes if note.is_bulk != (note.import_id is not None))


def _caused(told: Sequence[tuple[int, Note]], cause: Cause) -> Set[int]:
    return {id for id, note in told if note.cause is cause}


def _untrue_of(was: Person, now: Person, notes: Sequence[Note]) -> Iterator[str]:
    """What is wrong in what was noted of one contact's values and labels; an import tells of all its contacts as one."""
    keys = {key for key in was.values.keys() | now.values.keys() if was.values.get(key) != now.values.get(key)}
    labels = was.labels ^ now.labels
    noted_keys = {*chain.from_iterable(note.fields for note in notes)}
    noted_labels = {*chain.from_iterable(note.labels for note in notes)}
    if keys - noted_keys or (noted_keys - keys and not any(note.import_id for note in notes)):
        yield f"values: {keys} noted {noted_keys}"
    if labels - noted_labels or (noted_labels - labels and not any(note.import_id for note in notes)):
        yield f"labels: {labels} noted {noted_labels}"
