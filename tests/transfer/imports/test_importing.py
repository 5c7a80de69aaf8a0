"""Files as contacts: what is made, what is changed, and what never is."""

import asyncio
from pathlib import Path
from typing import Any, Protocol

import asyncpg
import pytest

from app.filters.catalog import Catalog
from app.filters.problems import Refused
from app.filters.vocabulary import FieldType, Status
from app.queries import contact_writes as writes
from app.queries import status_events
from app.queries.catalogs import current_catalog
from app.queries.connections import connection
from app.queries.contacts import count_contacts
from app.queries.fields import archive_field, create_field
from app.queries.imports import Merged
from app.queries.labels import create_label
from app.transfer.imports import importing
from app.transfer.imports.importing import Imported, import_csv
from tests.conftest import WorkspaceMaker


class Load(Protocol):
    """Imports a text."""

    async def __call__(
        self, content: str | bytes, status: Status = Status.PENDING, into: int | None = None
    ) -> Imported: ...


@pytest.fixture
def load(workspace: int, tmp_path: Path) -> Load:
    """Imports a text into the fresh workspace."""

    async def load(content: str | bytes, status: Status = Status.PENDING, into: int | None = None) -> Imported:
        path = tmp_path / "contacts.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return await import_csv(into or workspace, path, status)

    return load


async def contact(workspace: int, email: str) -> Any:
    async with connection() as borrowed:
        return await borrowed.fetchrow(
            "SELECT *, fields::text AS entered, ARRAY(SELECT name FROM label WHERE label.workspace_id = $1 "
            "AND label.id = ANY(label_ids) ORDER BY name) AS labels "
            "FROM contact WHERE workspace_id = $1 AND email_folded = $2",
            workspace,
            email,
        )


async def history(workspace: int, email: str) -> list[tuple[str | None, str, str]]:
    async with connection() as borrowed:
        rows = await borrowed.fetch(
            "SELECT previous, status_change.status, cause FROM status_change JOIN contact "
            "ON contact.workspace_id = status_change.workspace_id AND contact.id = status_change.contact_id "
            "WHERE status_change.workspace_id = $1 AND contact.email_folded = $2 ORDER BY status_change.id DESC",
            workspace,
            email,
        )
    return [(row["previous"], row["status"], row["cause"]) for row in rows]


async def test_rows_become_contacts_with_typed_fields_and_labels(workspace: int, load: Load) -> None:
    done = await load(
        "E-Mail;Name;Customer No;Last Purchase;Spent;Tags;External ID\n"
        ' Ani@Example.com ;Ani  A;00012;2026-01-31;12.50;"VIP, New ;vip";x1\n'
        "budi@example.com;;;;;;\n"
    )
    assert done == Imported(Merged(created=2), 0, (), ("Customer No", "Last Purchase", "Spent"), ("VIP", "New"), ())
    ani = await contact(workspace, "ani@example.com")
    assert (ani["email"], ani["name"], ani["external_id"], ani["status"]) == (
        "Ani@Example.com",
        "Ani  A",
        "x1",
        "PENDING",
    )
    assert ani["entered"] == '{"spent": 12.5, "customer_no": "00012", "last_purchase": "2026-01-31"}' or (
        ani["entered"] == '{"spent": 12.50, "customer_no": "00012", "last_purchase": "2026-01-31"}'
    )
    assert '"name": "ani a"' in ani["folded"]
    assert ani["labels"] == ["New", "VIP"]
    budi = await contact(workspace, "budi@example.com")
    assert (budi["entered"], budi["folded"], budi["labels"], budi["name"]) == ("{}", "{}", [], None)
    types = {field.key: field.type for field in (await current_catalog(workspace)).fields.values()}
    assert types["customer_no"] is FieldType.TEXT
    assert types["last_purchase"] is FieldType.DATE
    assert types["spent"] is FieldType.NUMBER


async def test_every_refused_row_has_its_line_and_reason(workspace: int, load: Load) -> None:
    await create_field(workspace, "plan", "Plan", FieldType.CHOICE, ["Free", "Plus"])
    done = await load(
        b"email,plan,born,visit,status,tags\n"
        b"one@example.com,plus,2000-01-01,2026-01-31T10:00,active,\n"
        b"two@example.com,Gold,2000-02-30,2026-01-31T10:00,gone,\n"
        b"not an address,,,,,\n"
        b",Free,,,,\n"
        b"three@example.com,,2000-01-01\n"
        b"four@example.com,\xff,,,,\n"
        b'five@example.com,,,,,"a\nb"\n'
        b"five@example.com,,,,,last\n"
        b"FIVE@example.com,,,,,\n"
        b"six@example.com,,,2026-13-31T10:00,," + b"x" * 201 + b"\n"
        b"seven@example.com,,1999-12-31,2026-01-31T10:00Z,Hard Bounce,\n"
    )
    assert done.refused == (
        (
            3,
            'Plan: Plan has no option "Gold"; born: there is no day 2000-02-30; status: "gone" is no status; '
            "it is one of ACTIVE, PENDING, UNSUBSCRIBED, HARD_BOUNCE",
        ),
        (4, '"not an address" is not an e-mail address'),
        (5, "an e-mail address is needed"),
        (6, "too few cells: 3 instead of 6"),
        (7, "it is not text in UTF-8"),
        (8, "replaced by line 11"),
        (10, "replaced by line 11"),
        (12, f'visit: there is no moment 2026-13-31T10:00; tags: "{"x" * 40}" can\'t be a label'),
    )
    assert (done.refused_count, done.merged) == (8, Merged(created=3))
    assert (await contact(workspace, "one@example.com"))["status"] == "ACTIVE"
    assert (await contact(workspace, "seven@example.com"))["status"] == "HARD_BOUNCE"
    assert (await contact(workspace, "five@example.com"))["email"] == "FIVE@example.com"
    assert await count_contacts(workspace, []) == 3


async def test_a_second_file_adds_and_changes_but_clears_nothing(workspace: int, load: Load) -> None:
    await load("email,name,city,age,tags\na@example.com,Ani,Bandung,30,VIP\nb@example.com,Budi,,,\n")
    before = await contact(workspace, "b@example.com")
    done = await load(
        "email,name,city,age,tags,new\nA@example.com,,Jakarta,,Old,1\nb@example.com,Budi,,,,\nc@example.com,,,,,\n"
    )
    assert done.merged == Merged(created=1, updated=1, unchanged=1)
    assert (done.fields, done.labels) == (("new",), ("Old",))
    row = await contact(workspace, "a@example.com")
    assert (row["email"], row["name"], row["labels"]) == ("a@example.com", "Ani", ["Old", "VIP"])
    assert row["entered"] == '{"age": 30, "new": 1, "city": "Jakarta"}'
    assert row["folded"] == '{"age": 30, "new": 1, "city": "jakarta", "name": "ani"}'
    assert await contact(workspace, "b@example.com") == before


async def test_the_same_file_again_changes_nothing(workspace: int, load: Load) -> None:
    content = "email,name,city,spent,tags,status\na@example.com,Ani,Bandung,1.50,VIP;New,unsubscribed\nb@b.id,,,2,,\n"
    assert (await load(content)).merged == Merged(created=2)
    assert (await load(content)).merged == Merged(unchanged=2)
    assert await history(workspace, "a@example.com") == [(None, "UNSUBSCRIBED", "IMPORTED")]


@pytest.mark.parametrize("default", [Status.ACTIVE, Status.PENDING])
@pytest.mark.parametrize("before", list(Status))
@pytest.mark.parametrize("stated", ["", *(status.value for status in Status)])
async def test_a_status_only_ever_becomes_stricter(
    workspace: int, catalog: Catalog, load: Load, before: Status, stated: str, default: Status
) -> None:
    draft = writes.ContactDraft("a@example.com")
    sendable = before if before in (Status.ACTIVE, Status.PENDING) else Status.ACTIVE
    contact_id = await writes.create_contact(catalog, draft, sendable, None)
    for event in (status_events.UNSUBSCRIBED, status_events.BOUNCED):
        if event.status is before:
            await status_events.record_event(workspace, contact_id, event, None)
    kept = await history(workspace, "a@example.com")
    done = await load(f"email,status,city\na@example.com,{stated},Bandung\nnew@example.com,{stated},\n", default)
    sendable_before = before in (Status.ACTIVE, Status.PENDING)
    after = stated if sendable_before and stated in ("UNSUBSCRIBED", "HARD_BOUNCE") else before.value
    assert done.merged == Merged(created=1, updated=1)
    assert (await contact(workspace, "a@example.com"))["status"] == after
    noted = [(before.value, after, "IMPORTED")] if after != before.value else []
    assert await history(workspace, "a@example.com") == [*noted, *kept]
    new = await contact(workspace, "new@example.com")
    assert new["status"] == (stated or default.value)
    assert (new["subscribed_at"] is not None) == (new["status"] == "ACTIVE")
    assert await history(workspace, "new@example.com") == [(None, new["status"], "IMPORTED")]


@pytest.mark.parametrize("later", ["active", "pending", ""])
async def test_a_refusal_of_mail_on_an_earlier_row_of_an_address_holds(
    workspace: int, load: Load, later: str
) -> None:
    await load(f"email,status\na@example.com,unsubscribed\nA@example.com,{later}\n", Status.ACTIVE)
    assert (await contact(workspace, "a@example.com"))["status"] == "UNSUBSCRIBED"


async def test_a_refused_row_still_keeps_people_from_being_mailed(workspace: int, load: Load) -> None:
    await load("email,external_id,orders\na@example.com,1,5\nb@example.com,2,5\nd@example.com,4,5\n", Status.ACTIVE)
    done = await load(
        "email,external_id,orders,status\n"
        "a@example.com,1,many,unsubscribed\n"
        "b@example.com,1,7,hard bounce\n"
        "c@example.com,3,many,unsubscribed\n"
        "d@example.com,4,many,active\n"
        "c@example.com,3,7,active\n"
        "e@example.com,5,7,active\n"
        "e@example.com,5,many,unsubscribed\n"
    )
    assert [line for line, _ in done.refused] == [2, 3, 4, 5, 8]
    statuses = [(await contact(workspace, f"{name}@example.com"))["status"] for name in "abcde"]
    assert statuses == ["UNSUBSCRIBED", "HARD_BOUNCE", "UNSUBSCRIBED", "ACTIVE", "UNSUBSCRIBED"]
    assert (await contact(workspace, "e@example.com"))["external_id"] == "5"
    assert (await contact(workspace, "b@example.com"))["external_id"] == "2"


async def test_an_external_id_stays_with_whom_it_belongs_to(workspace: int, load: Load) -> None:
    await load("email,external_id\na@example.com,1\nb@example.com,2\n")
    done = await load(
        "email,external_id,name\n"
        "c@example.com,1,C\n"
        "d@example.com,9,D\n"
        "e@example.com,9,E\n"
        "a@example.com,1,A\n"
        "b@example.com,3,B\n"
    )
    assert done.refused == (
        (2, "another contact has this external id"),
        (4, "line 3 has this external id"),
    )
    assert done.merged == Merged(created=1, updated=2)
    assert (await contact(workspace, "b@example.com"))["external_id"] == "3"


async def test_another_workspace_is_neither_read_nor_changed(
    workspace: int, make_workspace: WorkspaceMaker, load: Load
) -> None:
    other = await make_workspace()
    await load("email,external_id,city,tags\na@example.com,1,Bandung,VIP\n", into=other)
    before = await contact(other, "a@example.com")
    done = await load("email,external_id,city,tags,status\na@example.com,1,Jakarta,VIP,unsubscribed\n")
    assert done.merged == Merged(created=1)
    assert await contact(other, "a@example.com") == before
    assert before["label_ids"] != (await contact(workspace, "a@example.com"))["label_ids"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("name\nAni\n", "no column holds e-mail addresses"),
        ("email,x,x\na@example.com,1,2\n", "two columns"),
        (f"email,city,{'x' * 300}\na@example.com,y,1\n", "longer than 200"),
        ("email,tags\n" + "".join(f"a{n}@example.com,t{n}\n" for n in range(1_100)), "is it a column of labels"),
    ],
)
async def test_a_file_that_is_refused_leaves_nothing(workspace: int, load: Load, content: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        await load(content)
    assert await count_contacts(workspace, []) == 0
    catalog = await current_catalog(workspace)
    assert not catalog.labels
    assert all(field.is_system for field in catalog.fields.values())


async def test_an_archived_field_is_not_filled_behind_ones_back(workspace: int, load: Load) -> None:
    await archive_field(workspace, await create_field(workspace, "city", "City", FieldType.TEXT))
    await load("email,City\na@example.com,Bandung\n")
    assert (await contact(workspace, "a@example.com"))["entered"] == '{"city_2": "Bandung"}'


async def test_hostile_text_arrives_as_it_is(workspace: int, load: Load) -> None:
    text = "\\N \\. \t %_\\ $1 '; DROP TABLE contact; -- {\"} Ｊａｋａｒｔａ \U0001f600 \x01"
    await load('email,name,city,tags\na@example.com,"{0}","{0}","🎉"\n'.format(text.replace('"', '""')))
    row = await contact(workspace, "a@example.com")
    async with connection() as borrowed:
        city = await borrowed.fetchval("SELECT fields ->> 'city' FROM contact WHERE workspace_id = $1", workspace)
    assert (row["name"], city, row["labels"]) == (text, text, ["🎉"])


async def test_a_long_file_is_merged_in_parts_with_progress(
    workspace: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "MERGED_AT_ONCE", 700)
    path = tmp_path / "long.csv"
    path.write_text("email,n\n" + "".join(f"p{n % 2_500}@example.com,{n}\n" for n in range(5_000)))
    seen: list[tuple[str, int, int]] = []
    done = await import_csv(workspace, path, Status.ACTIVE, lambda *step: seen.append(step))
    assert done.merged == Merged(created=2_500)
    assert (done.refused_count, len(done.refused), done.refused[0]) == (2_500, 1_000, (2, "replaced by line 2502"))
    assert ("Loading", 5_000, 5_000) in seen
    assert seen[-2:] == [("Merging", 5_001, 5_001), ("Tidying", 0, 0)]
    async with connection() as borrowed:
        ordered = await borrowed.fetch("SELECT email FROM contact WHERE workspace_id = $1 ORDER BY id", workspace)
    assert [row[0] for row in ordered] == [f"p{n}@example.com" for n in range(2_500)]


async def test_two_imports_at_once_wait_for_each_other(workspace: int, tmp_path: Path) -> None:
    await create_field(workspace, "n", "n", FieldType.NUMBER)
    await create_label(workspace, "VIP")
    paths = [tmp_path / "up.csv", tmp_path / "down.csv"]
    for path, order in zip(paths, (1, -1), strict=True):
        rows = [f"p{n}@example.com,{n},VIP\n" for n in range(2_000)][::order]
        path.write_text("email,n,tags\n" + "".join(rows))
    done = await asyncio.gather(*(import_csv(workspace, path) for path in paths))
    assert sorted((one.merged.created, one.merged.unchanged) for one in done) == [(0, 2_000), (2_000, 0)]


@pytest.mark.parametrize("breaking", ["Loading", "Merging"])
@pytest.mark.parametrize("cause", [asyncio.CancelledError, OSError])
async def test_an_import_that_breaks_off_leaves_no_contact(
    workspace: int, tmp_path: Path, breaking: str, cause: type[BaseException]
) -> None:
    path = tmp_path / "file.csv"
    path.write_text("email\n" + "".join(f"p{n}@example.com\n" for n in range(3_000)))

    def stop(step: str, done: int, _total: int) -> None:
        if step == breaking:
            if cause is asyncio.CancelledError:
                running.cancel()
            else:
                raise cause

    running = asyncio.create_task(import_csv(workspace, path, progress=stop))
    with pytest.raises(cause):
        await running
    assert await count_contacts(workspace, []) == 0
    assert (await import_csv(workspace, path)).merged == Merged(created=3_000)
    with pytest.raises(asyncpg.PostgresError):
        async with connection() as borrowed:
            await borrowed.execute("SELECT FROM staged")
