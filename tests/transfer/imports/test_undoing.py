"""An import taken back: as it was, but for what somebody has changed since."""

import asyncio
from typing import Any

import pytest

from app.filters.catalog import Catalog
from app.filters.check import check
from app.filters.problems import Code, Refused
from app.filters.summary import summarize
from app.filters.vocabulary import FieldType
from app.queries import contact_writes as writes
from app.queries.catalogs import current_catalog
from app.queries.connections import connection
from app.queries.contact_writes import ContactDraft
from app.queries.fields import create_field, restore_field
from app.queries.gone import past_catalog
from app.queries.imports.changing import ask_undo, cancel_import
from app.queries.imports.ledger import ImportState
from app.queries.imports.undoing import kept_contacts
from app.queries.labels import create_label, restore_label
from app.queries.pins import Pinning, pin_contacts
from app.queries.segment_edits import revert_segment, update_segment
from app.queries.segments import create_dynamic
from app.queries.version_filters import MOST_BYTES, find_filters
from tests.transfer.imports.loading import Dock, Loaded, contact, counts_of, everyone, history, until

BEFORE = (
    "email,name,source,external_id,city,age,tags,status\n"
    "a@example.com,Ani,shop,1,Bandung,30,VIP,active\n"
    "b@example.com,Budi,,2,,,,pending\n"
    'c@example.com,,,,Solo,,"Old, VIP",active\n'
    "d@example.com,Dewi,fair,4,Medan,4,,unsubscribed\n"
)
CHANGES = (
    "email,name,source,external_id,city,age,tags,status,born\n"
    "a@example.com,Anita,,11,,31,New,unsubscribed,2000-01-31\n"
    "b@example.com,,web,,Jakarta,7,New,,\n"
    "c@example.com,Citra,,3,,,VIP,hard bounce,\n"
    "d@example.com,Dewi,fair,4,Medan,4,,,\n"
    "e@example.com,Eka,,5,Bogor,5,New,,\n"
)
CLEARING = {
    "city": {"to": "city", "clears": True},
    "source": {"to": "source", "clears": True},
    "tags": {"to": "labels", "rule": "OVERWRITE", "clears": True},
}


async def own(workspace: int) -> tuple[set[str], set[str]]:
    """The keys of the workspace's own fields, and the names of its labels."""
    catalog = await current_catalog(workspace)
    keys = {field.key for field in catalog.fields.values() if not field.is_system}
    return keys, {label.name for label in catalog.labels.values()}


async def kept(workspace: int, import_id: int) -> dict[str, list[str] | None]:
    """What undoing left alone, by address."""
    by_id = {row["id"]: email for email, row in (await everyone(workspace)).items()}
    rows = await kept_contacts(workspace, import_id, 1_000)
    return {by_id[row["contact_id"]]: row["keys"] and sorted(row["keys"]) for row in rows}


async def update(workspace: int, address: str, **changes: Any) -> None:
    """Edit a contact as a person would."""
    row = await contact(workspace, address)
    await writes.update_contact(await current_catalog(workspace), row["id"], ContactDraft(**changes))


@pytest.mark.parametrize("mapping", [{}, CLEARING])
@pytest.mark.parametrize("mode", ["create", "update", "create and update"])
async def test_everything_is_back_to_the_letter(
    workspace: int, dock: Dock, mapping: dict[str, Any], mode: str
) -> None:
    await dock.load(BEFORE)
    people, words = await everyone(workspace), await own(workspace)
    done = await dock.load(CHANGES, mapping=mapping, mode=mode)
    assert await everyone(workspace) != people
    undone = await dock.undo(done.row.id)
    assert undone.row.state is ImportState.UNDONE
    assert await everyone(workspace) == people
    assert await own(workspace) == words
    assert await kept(workspace, done.row.id) == {}
    async with connection() as borrowed:
        left = await borrowed.fetchval("SELECT count(*) FROM imported_change WHERE workspace_id = $1", workspace)
    assert left == 0


async def test_pins_of_what_an_import_made_go_with_it(workspace: int, dock: Dock) -> None:
    segment = await create_dynamic(workspace, "Pending", {"status": ["PENDING"]})
    done = await dock.load("email\nani@example.com\nbudi@example.com\n")
    ids = [row["id"] for row in (await everyone(workspace)).values()]
    await pin_contacts(workspace, segment, Pinning(ids[:1], ids[1:]))
    assert (await dock.undo(done.row.id)).row.state is ImportState.UNDONE
    found = (await current_catalog(workspace)).segments[segment]
    assert (found.has_pinned_in, found.has_pinned_out) == (False, False)


async def test_a_returned_status_is_in_the_history(workspace: int, dock: Dock) -> None:
    await dock.load(BEFORE)
    done = await dock.load(CHANGES)
    await dock.undo(done.row.id)
    assert await history(workspace, "a@example.com") == [
        ("UNSUBSCRIBED", "ACTIVE", "IMPORT_UNDONE"),
        ("ACTIVE", "UNSUBSCRIBED", "IMPORTED"),
        (None, "ACTIVE", "IMPORTED"),
    ]


async def test_two_imports_are_undone_the_last_first(workspace: int, dock: Dock) -> None:
    await dock.load(BEFORE)
    people = await everyone(workspace)
    first = await dock.load(CHANGES)
    between = await everyone(workspace)
    second = await dock.load("email,city,tags,plan\na@example.com,Depok,Gold,x\ne@example.com,Depok,Gold,x\n")
    await dock.undo(second.row.id)
    assert await everyone(workspace) == between
    await dock.undo(first.row.id)
    assert await everyone(workspace) == people


async def test_two_imports_are_undone_the_first_first(workspace: int, dock: Dock) -> None:
    await dock.load(BEFORE)
    first = await dock.load(CHANGES)
    second = await dock.load("email,name,city,tags\na@example.com,Later,,Gold\ne@example.com,Later,,Gold\n")
    await dock.undo(first.row.id)
    assert await kept(workspace, first.row.id) == {"a@example.com": ["name"], "e@example.com": None}
    await dock.undo(second.row.id)
    ani, eka = [await contact(workspace, f"{name}@example.com") for name in "ae"]
    assert (ani["name"], ani["labels"], ani["status"]) == ("Anita", ["VIP"], "ACTIVE")
    assert (eka["name"], eka["labels"], eka["fields"]) == ("Eka", ["New"], '{"age": 5, "city": "Bogor"}')


async def test_fields_and_labels_that_somebody_uses_stay(workspace: int, dock: Dock) -> None:
    done = await dock.load('email,plan,born,tags\na@example.com,x,2000-01-31,"New, Gold, Asked"\nb@example.com,,,\n')
    await update(workspace, "b@example.com", fields=[("plan", "mine")], add_labels=["Gold"])
    catalog = await current_catalog(workspace)
    await create_dynamic(workspace, "Asked", {"label": {"containsAny": ["Asked"]}})
    assert await own(workspace) == ({"plan", "born"}, {"New", "Gold", "Asked"})
    await dock.undo(done.row.id)
    assert await own(workspace) == ({"plan"}, {"Gold", "Asked"})
    assert catalog.fields["plan"].id == (await current_catalog(workspace)).fields["plan"].id


async def test_what_was_there_before_stays_though_unused(workspace: int, dock: Dock) -> None:
    await create_field(workspace, "plan", "Plan", FieldType.TEXT)
    await create_label(workspace, "VIP")
    done = await dock.load("email,plan,tags\na@example.com,x,VIP\n")
    await dock.undo(done.row.id)
    assert await own(workspace) == ({"plan"}, {"VIP"})


async def test_what_another_import_would_return_is_not_removed(workspace: int, dock: Dock) -> None:
    """An import has cleared all that an earlier one brought: undoing it brings that back once more."""
    await dock.load("email\na@example.com\n")
    first = await dock.load("email,plan,tags\na@example.com,7,VIP\n")
    clearing = {
        "plan": {"to": "plan", "clears": True},
        "tags": {"to": "labels", "rule": "OVERWRITE", "clears": True},
    }
    second = await dock.load("email,plan,tags\na@example.com,,\n", mapping=clearing)
    await dock.undo(first.row.id)
    await dock.undo(second.row.id)
    row = await contact(workspace, "a@example.com")
    assert set(row["label_ids"]) <= set((await current_catalog(workspace)).labels)
    assert (row["fields"] != "{}") == ("plan" in (await own(workspace))[0])


async def test_a_deleted_contact_is_no_hindrance(workspace: int, dock: Dock) -> None:
    await dock.load(BEFORE)
    people = await everyone(workspace)
    done = await dock.load(CHANGES)
    for email in ("a@example.com", "e@example.com"):
        await writes.delete_contact(workspace, (await contact(workspace, email))["id"])
    await dock.undo(done.row.id)
    assert await everyone(workspace) == {email: row for email, row in people.items() if email != "a@example.com"}


async def test_a_cancelled_import_is_undone(workspace: int, dock: Dock) -> None:
    rows = "".join(f"p{n}@example.com,{n},New,{'x' * 20_000}\n" for n in range(400))
    import_id = await dock.ask(f"email,n,tags,filling\n{rows}", mapping={"filling": None})
    working = asyncio.create_task(dock.finish(import_id))

    async def has_merged() -> int:
        return (await counts_of(workspace, import_id)).merged

    await until(has_merged)
    await cancel_import(workspace, import_id)
    done = await working
    assert done.row.state is ImportState.CANCELLED
    assert 0 < done.counts.created == len(await everyone(workspace))
    assert dock.left() == []
    assert (await dock.undo(import_id)).row.state is ImportState.UNDONE
    assert await everyone(workspace) == {}
    assert await own(workspace) == (set(), set())


async def test_an_undo_comes_once_and_within_thirty_days(workspace: int, dock: Dock) -> None:
    done = await dock.load("email\na@example.com\n")
    async with connection() as borrowed:
        for age in ("30 days", "29 days 23 hours"):
            await borrowed.execute(
                "UPDATE file_import SET created_at = now() - $2::text::interval WHERE id = $1", done.row.id, age
            )
            if age == "30 days":
                await refused_undo(workspace, done.row.id)
    await dock.undo(done.row.id)
    await refused_undo(workspace, done.row.id)


async def refused_undo(workspace: int, import_id: int) -> None:
    with pytest.raises(Refused, match="within 30 days, and once") as refused:
        await ask_undo(workspace, import_id)
    assert [problem.code for problem in refused.value.problems] == [Code.NOT_ALLOWED]


async def test_an_undo_is_of_ones_own_workspace(workspace: int, dock: Dock, make_workspace: Any) -> None:
    done = await dock.load("email\na@example.com\n", into=await make_workspace())
    with pytest.raises(Refused, match="no such import"):
        await ask_undo(workspace, done.row.id)


async def test_an_undo_waits_for_a_running_import(workspace: int, dock: Dock, catalog: Catalog) -> None:
    first = await dock.load("email,n\n" + "".join(f"p{n}@example.com,{n}\n" for n in range(500)))
    second = await dock.ask("email,n\n" + "".join(f"p{n}@example.com,{n + 1}\n" for n in range(1_000)))
    await ask_undo(workspace, first.row.id)
    undone, done = await asyncio.gather(dock.finish(first.row.id), dock.finish(second))
    assert (undone.row.state, done.row.state) == (ImportState.UNDONE, ImportState.DONE)
    assert done.numbers == (1_000, 0, 0, 0)
    assert len(await everyone(workspace)) == 1_000


# The filling lets the last rows be of another part than the first.
FILLING = "".join(f"p{n}@example.com,,{'x' * 700}\n" for n in range(1_600))


@pytest.fixture
async def handing_on(workspace: int, dock: Dock) -> Loaded:
    """An import by which the external id of one contact goes to another; a third would have it, too."""
    await dock.load("email,external_id\na@example.com,1\nb@example.com,\nc@example.com,3\n")
    claims = "b@example.com,1,\nc@example.com,1,\n"
    return await dock.load(
        f"email,external_id,filling\na@example.com,9,\n{FILLING}{claims}", mapping={"filling": None}
    )


async def external_ids(workspace: int) -> list[str | None]:
    return [(await contact(workspace, f"{name}@example.com"))["external_id"] for name in "abc"]


async def test_an_external_id_that_came_free_goes_to_the_first_row(workspace: int, handing_on: Loaded) -> None:
    assert (handing_on.row.state, handing_on.row.problem) == (ImportState.DONE, None)
    assert handing_on.reasons == [(1604, "line 1603 has this external id")]
    assert await external_ids(workspace) == ["9", "1", "3"]


async def test_external_ids_that_were_handed_on_return(workspace: int, dock: Dock, handing_on: Loaded) -> None:
    assert (await dock.undo(handing_on.row.id)).row.state is ImportState.UNDONE
    assert await external_ids(workspace) == ["1", None, "3"]
    assert await kept(workspace, handing_on.row.id) == {}


async def test_an_external_id_that_somebody_took_stays_theirs(workspace: int, dock: Dock, handing_on: Loaded) -> None:
    await update(workspace, "b@example.com", texts={"external_id": None})
    await dock.load("email,external_id\nd@example.com,1\n")
    await dock.undo(handing_on.row.id)
    assert await external_ids(workspace) == ["9", None, "3"]
    assert (await contact(workspace, "d@example.com"))["external_id"] == "1"
    assert await kept(workspace, handing_on.row.id) == {
        "a@example.com": ["external_id"],
        "b@example.com": ["external_id"],
    }


async def test_what_earlier_versions_name_is_archived(workspace: int, dock: Dock) -> None:
    done = await dock.load("email,plan,tags\na@example.com,x,New\n")
    catalog = await current_catalog(workspace)
    [label] = catalog.labels
    plan = {"field": {"key": "plan", "test": {"matches": "x"}}}
    segment = await create_dynamic(workspace, "x", {"and": [plan, {"label": {"containsAny": [label]}}]})
    await update_segment(workspace, segment, None, {"status": ["ACTIVE"]})
    await dock.undo(done.row.id)
    assert await own(workspace) == (set(), set())
    with pytest.raises(Refused, match="perhaps archived"):
        await create_field(workspace, "plan", "Another", FieldType.TEXT)
    with pytest.raises(Refused) as refused:
        await revert_segment(workspace, segment, 1)
    assert [problem.message for problem in refused.value.problems] == [
        'there is no field "plan" any more',
        'there is no label "New" any more',
    ]
    [found] = (await find_filters(workspace, [(segment, 1)], MOST_BYTES)).values()
    past = await past_catalog(await current_catalog(workspace), found.named)
    assert summarize(check(found.document, past), past.zone) == 'plan is "x" and has the label New'
    await restore_label(workspace, label)
    await restore_field(workspace, catalog.fields["plan"].id or 0)
    await revert_segment(workspace, segment, 1)
    assert (await current_catalog(workspace)).segments[segment].document == found.document
