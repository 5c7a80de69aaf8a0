"""Whatever an import did and somebody did since: what nobody touched is as before, the rest as they left it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from app.filters.problems import Refused
from app.queries import contact_writes as writes
from app.queries import status_events
from app.queries.catalogs import current_catalog
from app.queries.contact_writes import ContactDraft
from app.queries.imports.ledger import ImportState
from app.queries.imports.undoing import kept_contacts
from app.queries.labels import create_label
from tests.conftest import WorkspaceMaker
from tests.transfer.imports.loading import Dock, everyone
from tests.transfer.imports.model import Row, Rules
from tests.transfer.imports.test_against_model import FEW, PEOPLE, ROWS, RULES, asked, new_dock, people_of, written

EVENTS = {
    "unsubscribes": status_events.UNSUBSCRIBED,
    "bounces": status_events.BOUNCED,
    "resubscribes": status_events.RESUBSCRIBED,
}
KEYS = ("name", "external_id", "city", "age")
People = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Edit:
    """Something done to a contact: a value or a label set, an event, a deletion, or a row of another file."""

    address: str
    key: str
    value: Any = None


CHOICES: dict[str, list[Any]] = {
    "name": ["Ani", "Someone", None],
    "external_id": ["1", "2", "9", None],
    "city": ["Solo", "Depok", None],
    "age": ["1", "77", None],
    "add": ["VIP", "Later"],
    "remove": ["VIP", "Old"],
    "event": list(EVENTS),
    "file": [("", "unsubscribed"), ("Depok", ""), ("Medan", "unsubscribed"), ("", "bounced"), ("Solo", "active")],
    "delete": [None],
}
WHOM = st.sampled_from([f"{name}@x.id" for name in "abcdee"])
EDITS = st.lists(
    st.one_of([st.builds(Edit, WHOM, st.just(key), st.sampled_from(values)) for key, values in CHOICES.items()]),
    min_size=2,
    max_size=12,
)


async def apply(dock: Dock, edit: Edit) -> bool:
    """Do it, where it can be done; whether it says that the person must not be mailed, or may be."""
    people = await everyone(dock.workspace)
    if edit.key == "file":
        city, status = edit.value
        await dock.load(written([Row(edit.address, city=city, status=status)]), mode="update")
        return edit.address in people and status in ("unsubscribed", "bounced")
    if edit.address not in people:
        return False
    id, catalog = people[edit.address]["id"], await current_catalog(dock.workspace)
    try:
        match edit.key:
            case "delete":
                await writes.delete_contact(dock.workspace, id)
            case "event":
                await status_events.record_event(dock.workspace, id, EVENTS[edit.value], "told us")
                return True
            case "add" | "remove":
                labels = {f"{edit.key}_labels": [edit.value]}
                await writes.update_contact(catalog, id, ContactDraft(**labels))  # type: ignore[arg-type]
            case "city" | "age":
                await writes.update_contact(catalog, id, ContactDraft(fields=[(edit.key, edit.value)]))
            case _:
                await writes.update_contact(catalog, id, ContactDraft(texts={edit.key: edit.value}))
    except Refused:
        return False
    return False


def values_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """What an import can change of a contact, each label by itself."""
    fields = orjson.loads(row["fields"])
    labels = {f"label {label}": True for label in row["label_ids"]}
    return {**fields, "name": row["name"], "external_id": row["external_id"], "status": row["status"], **labels}


def expected(before: People, after: People, now: People, spoken: set[str]) -> dict[str, dict[str, Any]]:
    """The contacts' values once the import is undone."""
    owners = {row["external_id"]: address for address, row in now.items() if row["external_id"]}
    found = {}
    for address, row in now.items():
        if address not in before:
            if row != after.get(address) or address in spoken:
                found[address] = values_of(row)
            continue
        then, made, left = values_of(before[address]), values_of(after[address]), values_of(row)
        for key in {*then, *made}:
            is_free = key != "external_id" or owners.get(then.get(key), address) == address
            if left.get(key) == made.get(key) and is_free and not (key == "status" and address in spoken):
                left[key] = then.get(key)
        found[address] = left
    return {address: {key: value for key, value in left.items() if value} for address, left in found.items()}


async def compare(dock: Dock, people: list[Row], file: tuple[Rules, list[Row]], edits: Sequence[Edit]) -> None:
    await create_label(dock.workspace, "Later")
    for label in ("VIP", "Old"):
        await create_label(dock.workspace, label)
    await dock.load(written(people))
    before = await everyone(dock.workspace)
    rules, rows = file
    done = await dock.load(written(rows), **asked(rules))
    after = await everyone(dock.workspace)
    spoken = {edit.address for edit in edits if await apply(dock, edit)}
    now = await everyone(dock.workspace)
    undone = await dock.undo(done.row.id)
    note(f"{written(people)}{rules}\n{written(rows)}{edits}")
    assert undone.row.state is ImportState.UNDONE
    found = await everyone(dock.workspace)
    await people_of(dock.workspace)
    told = {address: {key: value for key, value in values_of(row).items() if value} for address, row in found.items()}
    assert told == expected(before, after, now, spoken)
    edited = {edit.address for edit in edits}
    for address in set(before) - edited:
        assert found[address] == before[address]
    await check_listed(dock, done.row.id, before, now, found)


async def check_listed(dock: Dock, import_id: int, before: People, now: People, found: People) -> None:
    """Listed are the contacts that stayed though the import made them, and the values that stayed as it made them."""
    listed = {row["contact_id"]: row["keys"] for row in await kept_contacts(dock.workspace, import_id, 100)}
    made = {row["id"] for address, row in found.items() if row["id"] not in {one["id"] for one in before.values()}}
    assert {id for id, keys in listed.items() if keys is None} == made
    for keys in listed.values():
        assert set(keys or ()) <= {*KEYS, "status"}


@settings(FEW, max_examples=40)
@given(people=PEOPLE, file=st.tuples(RULES, st.lists(ROWS, min_size=4, max_size=12)), edits=EDITS)
async def test_what_nobody_touched_is_as_before(
    make_workspace: WorkspaceMaker,
    tmp_path: Path,
    people: list[Row],
    file: tuple[Rules, list[Row]],
    edits: Sequence[Edit],
) -> None:
    await compare(await new_dock(make_workspace, tmp_path), people, file, edits)


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@settings(FEW, max_examples=2_000, derandomize=False)
@given(people=PEOPLE, file=st.tuples(RULES, st.lists(ROWS, min_size=4, max_size=12)), edits=EDITS)
async def test_what_nobody_touched_is_as_before_many_times(
    make_workspace: WorkspaceMaker,
    tmp_path: Path,
    people: list[Row],
    file: tuple[Rules, list[Row]],
    edits: Sequence[Edit],
) -> None:
    await compare(await new_dock(make_workspace, tmp_path), people, file, edits)
