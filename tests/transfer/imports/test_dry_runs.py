"""A dry run tells what the run then does, and leaves no trace."""

from typing import Any

import orjson
import pytest

from app.filters.problems import Code, Refused
from app.filters.vocabulary import FieldType
from app.queries.catalogs import current_catalog
from app.queries.connections import connection
from app.queries.fields import create_field
from app.queries.imports import ledger
from app.queries.imports.changing import ask_undo, cancel_import, start_checked
from app.queries.imports.ledger import ImportState
from app.queries.imports.undoing import kept_contacts
from app.queries.labels import create_label
from tests.conftest import WorkspaceMaker
from tests.transfer.imports.loading import Dock, contact, everyone, stage_tables
from tests.transfer.imports.test_consent import list_address

TABLES = ("contact", "field", "label", "status_change", "imported_change", "kept_by_undo")

KNOWN = "email,name,city,age,tags,external_id\n" + "".join(
    f"known{n}@example.com,Ani {n},Bandung,{n},VIP,{n}\n" for n in range(8)
)
MIXED = (
    "email,name,city,age,tags,external_id,born,status\n"
    "known0@example.com,Ani 0,Bandung,0,VIP,0,,\n"
    "known1@example.com,,Jakarta,,New,1,2000-01-31,active\n"
    "known2@example.com,,,,,,,unsubscribed\n"
    "known3@example.com,,,many,,,,unsubscribed\n"
    "known4@example.com,,Solo,,,1,,\n"
    "listed@example.com,,,,,,,\n"
    'new@example.com,Budi,Medan,7,"Old, New",9,1999-12-31,\n'
    "twice@example.com,,first,,,,,\n"
    "twice@example.com,,last,,,,,pending\n"
    "nobody,,,,,,,\n"
    "few,cells\n"
)


async def rows_of(workspace: int) -> dict[str, list[Any]]:
    """Every row of the workspace that an import could write."""
    async with connection() as borrowed:
        return {
            table: await borrowed.fetch(f"SELECT * FROM {table} WHERE workspace_id = $1 ORDER BY 1, 2", workspace)
            for table in TABLES
        }


@pytest.fixture
async def peopled(workspace: int, dock: Dock) -> Dock:
    """A workspace with eight contacts, and an address that must not be contacted."""
    await dock.load(KNOWN, status="active", consent="shop")
    await list_address(workspace, "listed@example.com")
    return dock


@pytest.mark.parametrize("mode", ["create", "update", "create and update"])
@pytest.mark.parametrize(
    "mapping",
    [
        {},
        {"city": {"to": "city", "rule": "FILL"}, "tags": {"to": "labels", "rule": "OVERWRITE", "clears": True}},
        {"city": {"to": "city", "clears": True}, "name": {"to": "name", "clears": True}},
    ],
)
async def test_a_dry_run_tells_what_the_run_then_does(
    workspace: int, peopled: Dock, mode: str, mapping: dict[str, Any]
) -> None:
    before = await rows_of(workspace)
    told = await peopled.load(MIXED, dry_run=True, mode=mode, mapping=mapping)
    assert told.row.state is ImportState.CHECKED
    assert await rows_of(workspace) == before
    assert f"import_stage_{told.row.id}" not in await stage_tables()
    people = await everyone(workspace)
    done = await peopled.start(told.row.id)
    assert (done.row.state, done.row.is_dry_run) == (ImportState.DONE, False)
    assert done.numbers == told.numbers
    assert done.refused == told.refused
    assert (done.new_fields, done.new_labels) == (told.new_fields, told.new_labels) == (["born"], ["New", "Old"])
    await check_samples(workspace, told.row.samples or [], people)
    assert peopled.left() == []


async def check_samples(workspace: int, samples: list[Any], people: dict[str, dict[str, Any]]) -> None:
    """What the samples showed is what has become of their contacts, and all that was changed is among them."""
    names = {label.id: label.name for label in (await current_catalog(workspace)).labels.values()}
    changed = {email for email, row in (await everyone(workspace)).items() if people.get(email) != row}
    assert {sample["after"]["email"] for sample in samples} == changed
    for sample in samples:
        after = await contact(workspace, sample["after"]["email"])
        assert shown(after, names) == sorted_labels(sample["after"])
        before = people.get(after["email_folded"])
        assert (before and shown(before, names)) == sorted_labels(sample["before"])


def shown(row: Any, names: dict[int, str]) -> dict[str, Any]:
    texts = {key: row[key] for key in ("email", "name", "source", "external_id", "status")}
    labels = sorted(names[label] for label in row["label_ids"])
    return {**texts, "labels": labels, "fields": orjson.loads(row["fields"])}


def sorted_labels(side: dict[str, Any] | None) -> dict[str, Any] | None:
    return side and {**side, "labels": sorted(side["labels"])}


async def test_ten_samples_are_told_in_the_files_order(dock: Dock) -> None:
    told = await dock.load("email\n" + "".join(f"p{n}@example.com\n" for n in range(30)), dry_run=True)
    assert [sample["line"] for sample in told.row.samples or []] == list(range(2, 12))


async def test_samples_are_the_first_of_all_parts(dock: Dock) -> None:
    rows = "".join(f"p{n}@example.com,{'x' * 20_000}\n" for n in range(300))
    told = await dock.load(f"email,filling\n{rows}", dry_run=True, mapping={"filling": None})
    assert [sample["line"] for sample in told.row.samples or []] == list(range(2, 12))
    assert told.numbers == (300, 0, 0, 0)


async def test_a_dry_run_cannot_be_undone(workspace: int, dock: Dock) -> None:
    told = await dock.load("email\na@example.com\n", dry_run=True)
    with pytest.raises(Refused) as refused:
        await ask_undo(workspace, told.row.id)
    assert [problem.code for problem in refused.value.problems] == [Code.NOT_ALLOWED]


async def test_a_started_dry_run_can_be_undone(workspace: int, dock: Dock) -> None:
    told = await dock.load("email,city,tags\na@example.com,Solo,VIP\n", dry_run=True)
    done = await dock.start(told.row.id)
    assert (await dock.undo(done.row.id)).row.state is ImportState.UNDONE
    assert await everyone(workspace) == {}
    assert await kept_contacts(workspace, done.row.id, 10) == []


async def test_only_a_dry_run_of_ones_own_that_is_done_can_be_started(
    workspace: int, make_workspace: WorkspaceMaker, dock: Dock
) -> None:
    other = await make_workspace()
    theirs = await dock.load("email\na@example.com\n", into=other, dry_run=True)
    waiting = await dock.ask("email\na@example.com\n", dry_run=True)
    done = await dock.load("email\na@example.com\n")
    for import_id, code in ((theirs.row.id, Code.NOT_FOUND), (done.row.id, Code.NOT_ALLOWED)):
        with pytest.raises(Refused) as refused:
            await start_checked(workspace, import_id)
        assert [problem.code for problem in refused.value.problems] == [code]
    assert (await ledger.find_import(other, theirs.row.id)).state is ImportState.CHECKED
    assert (await ledger.find_import(workspace, waiting)).state is ImportState.CHECKED


async def test_a_start_follows_what_the_workspace_is_by_then(workspace: int, dock: Dock) -> None:
    told = await dock.load("email,city,tags\na@example.com,7,VIP\n", dry_run=True)
    assert (told.new_fields, told.new_labels) == (["city"], ["VIP"])
    await create_field(workspace, "city", "City", FieldType.TEXT)
    label = await create_label(workspace, "vip")
    done = await dock.start(told.row.id)
    assert (done.new_fields, done.new_labels) == ([], [])
    row = await contact(workspace, "a@example.com")
    assert (row["fields"], row["label_ids"]) == ('{"city": "7"}', [label])


async def test_a_dry_run_can_be_given_up(workspace: int, dock: Dock) -> None:
    shown = await dock.load("email,city\na@example.com,Solo\n", dry_run=True)
    await cancel_import(workspace, shown.row.id)
    done = await dock.finish(shown.row.id)
    assert (done.row.state, done.row.samples, dock.left()) == (ImportState.CANCELLED, None, [])
    assert done.counts == shown.counts
    for change in (start_checked, ask_undo):
        with pytest.raises(Refused):
            await change(workspace, shown.row.id)


async def test_samples_of_parts_go_with_the_dry_run(workspace: int, dock: Dock) -> None:
    shown = await dock.load("email\na@example.com\n", dry_run=True)
    assert shown.row.samples
    async with connection() as borrowed:
        left = await borrowed.fetchval(
            "SELECT count(*) FROM file_import_part WHERE workspace_id = $1 AND samples IS NOT NULL", workspace
        )
    assert left == 0
