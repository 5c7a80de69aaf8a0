"""Files as contacts: what is made, what is changed, and what never is."""

import asyncio

import pytest

from app.filters.vocabulary import FieldType
from app.queries.catalogs import current_catalog
from app.queries.connections import connection
from app.queries.contacts import count_contacts
from app.queries.fields import archive_field, create_field
from app.queries.imports.ledger import ImportState
from app.queries.labels import MOST_LABELS, create_label
from tests.conftest import WorkspaceMaker
from tests.transfer.imports.loading import Dock, contact, everyone, stage_tables


async def test_rows_become_contacts_with_typed_fields_and_labels(workspace: int, dock: Dock) -> None:
    done = await dock.load(
        "E-Mail;Name;Customer No;Last Purchase;Spent;Tags;External ID\n"
        ' Ani@Example.com ;Ani  A;00012;2026-01-31;12.50;"VIP, New ;vip";x1\n'
        "budi@example.com;;;;;;\n"
    )
    assert (done.row.state, done.numbers) == (ImportState.DONE, (2, 0, 0, 0))
    assert done.new_fields == ["Customer No", "Last Purchase", "Spent"]
    assert [name.lower() for name in sorted(done.new_labels)] == ["new", "vip"]
    ani = await contact(workspace, "ani@example.com")
    assert (ani["email"], ani["name"], ani["external_id"], ani["status"]) == (
        "Ani@Example.com",
        "Ani  A",
        "x1",
        "PENDING",
    )
    assert ani["fields"] == '{"spent": 12.50, "customer_no": "00012", "last_purchase": "2026-01-31"}'
    assert '"name": "ani a"' in ani["folded"]
    assert '"external_id": "x1"' in ani["folded"]
    assert [name.lower() for name in ani["labels"]] == ["new", "vip"]
    budi = await contact(workspace, "budi@example.com")
    assert (budi["fields"], budi["folded"], budi["labels"], budi["name"]) == ("{}", "{}", [], None)
    types = {field.key: field.type for field in (await current_catalog(workspace)).fields.values()}
    assert types["customer_no"] is FieldType.TEXT
    assert types["last_purchase"] is FieldType.DATE
    assert types["spent"] is FieldType.NUMBER


async def test_every_refused_row_has_its_line_and_reason(workspace: int, dock: Dock) -> None:
    await create_field(workspace, "plan", "Plan", FieldType.CHOICE, ["Free", "Plus"])
    done = await dock.load(
        b"email,plan,born,visit,status,tags\n"
        b"one@example.com,plus,2000-01-01,2026-01-31T10:00,active,\n"
        b"two@example.com,Gold,2000-02-30,2026-01-31T10:00,gone,\n"
        b"not an address,,,,,\n"
        b",Free,,,,\n"
        b"three@example.com,,2000-01-01\n"
        b"four@example.com,\xff\xc3\xa9\xc3\xa9,,,,\n"
        b'five@example.com,,,,,"a\nb"\n'
        b"five@example.com,,,,,last\n"
        b"FIVE@example.com,,,,,\n"
        b"six@example.com,,,2026-13-31T10:00,," + b"x" * 201 + b"\n"
        b"seven@example.com,,1999-12-31,2026-01-31T10:00Z,Hard Bounce,\n"
    )
    gold, *others = done.reasons
    assert gold[0] == 3
    assert gold[1].startswith('Plan: Plan has no option "Gold"; born: there is no day 2000-02-30; status: "gone" is')
    assert others == [
        (4, '"not an address" is not an e-mail address'),
        (5, "an e-mail address is needed"),
        (6, "too few cells: 3 instead of 6"),
        (7, "it is not text in UTF-8"),
        (8, "replaced by line 11"),
        (10, "replaced by line 11"),
        (12, f'visit: there is no moment 2026-13-31T10:00; tags: "{"x" * 40}" can\'t be a label'),
    ]
    assert done.numbers == (3, 0, 0, 8)
    assert (await contact(workspace, "one@example.com"))["status"] == "ACTIVE"
    assert (await contact(workspace, "seven@example.com"))["status"] == "HARD_BOUNCE"
    assert (await contact(workspace, "five@example.com"))["email"] == "FIVE@example.com"
    assert await count_contacts(workspace, []) == 3


async def test_a_second_file_adds_and_changes_but_clears_nothing(workspace: int, dock: Dock) -> None:
    await dock.load("email,name,city,age,tags\na@example.com,Ani,Bandung,30,VIP\nb@example.com,Budi,,,\n")
    before = await contact(workspace, "b@example.com")
    done = await dock.load(
        "email,name,city,age,tags,new\nA@example.com,,Jakarta,,Old,1\nb@example.com,Budi,,,,\nc@example.com,,,,,\n"
    )
    assert done.numbers == (1, 1, 1, 0)
    assert (done.new_fields, done.new_labels) == (["new"], ["Old"])
    row = await contact(workspace, "a@example.com")
    assert (row["email"], row["name"], row["labels"]) == ("a@example.com", "Ani", ["Old", "VIP"])
    assert row["fields"] == '{"age": 30, "new": 1, "city": "Jakarta"}'
    assert row["folded"] == '{"age": 30, "new": 1, "city": "jakarta", "name": "ani"}'
    assert await contact(workspace, "b@example.com") == before


async def test_the_same_file_again_changes_nothing(workspace: int, dock: Dock) -> None:
    content = "email,name,city,spent,tags,status\na@example.com,Ani,Bandung,1.50,VIP;New,unsubscribed\nb@b.id,,,2,,\n"
    assert (await dock.load(content)).numbers == (2, 0, 0, 0)
    before = await everyone(workspace)
    assert (await dock.load(content)).numbers == (0, 0, 2, 0)
    assert await everyone(workspace) == before


async def test_an_external_id_stays_with_whom_it_belongs_to(workspace: int, dock: Dock) -> None:
    await dock.load("email,external_id\na@example.com,1\nb@example.com,2\n")
    done = await dock.load(
        "email,external_id,name\n"
        "c@example.com,1,C\n"
        "d@example.com,9,D\n"
        "e@example.com,9,E\n"
        "a@example.com,1,A\n"
        "b@example.com,3,B\n"
    )
    assert done.reasons == [(2, "line 5 has this external id"), (4, "line 3 has this external id")]
    assert done.numbers == (1, 2, 0, 2)
    assert (await contact(workspace, "b@example.com"))["external_id"] == "3"


async def test_another_workspace_is_neither_read_nor_changed(
    workspace: int, make_workspace: WorkspaceMaker, dock: Dock
) -> None:
    other = await make_workspace()
    await dock.load("email,external_id,city,tags\na@example.com,1,Bandung,VIP\n", into=other)
    before = await contact(other, "a@example.com")
    done = await dock.load("email,external_id,city,tags,status\na@example.com,1,Jakarta,VIP,unsubscribed\n")
    assert done.numbers == (1, 0, 0, 0)
    assert await contact(other, "a@example.com") == before
    assert before["label_ids"] != (await contact(workspace, "a@example.com"))["label_ids"]
    await dock.undo(done.row.id)
    assert await contact(other, "a@example.com") == before


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("name\nAni\n", "no column holds e-mail addresses"),
        ("email,x,x\na@example.com,1,2\n", "two columns"),
        (f"email,city,{'x' * 300}\na@example.com,y,1\n", "longer than 200"),
        ("email,tags\n" + "".join(f"a{n}@example.com,t{n}\n" for n in range(1_100)), "is it a column of labels"),
        ("\n\n", "it is empty"),
    ],
)
async def test_a_file_that_is_refused_leaves_nothing(workspace: int, dock: Dock, content: str, sentence: str) -> None:
    done = await dock.load(content)
    assert done.row.state is ImportState.FAILED
    assert sentence in (done.row.problem or "")
    assert await count_contacts(workspace, []) == 0
    catalog = await current_catalog(workspace)
    assert not catalog.labels
    assert all(field.is_system for field in catalog.fields.values())
    assert dock.left() == []


async def test_more_labels_than_a_workspace_may_have_are_refused_before_one_is_made(
    workspace: int, dock: Dock
) -> None:
    async with connection() as borrowed:
        await borrowed.execute(
            "INSERT INTO label (workspace_id, name, folded_name, created_at) "
            "SELECT $1, n::text, n::text, now() FROM generate_series(4, $2::int) AS numbers (n)",
            workspace,
            MOST_LABELS,
        )
    done = await dock.load('email,tags\na@example.com,"a, b, c, d"\n')
    assert (done.row.state, "archive some first" in (done.row.problem or "")) == (ImportState.FAILED, True)
    assert len((await current_catalog(workspace)).labels) == MOST_LABELS - 3
    assert (await dock.load('email,tags\na@example.com,"a, b, c"\n')).numbers == (1, 0, 0, 0)


async def test_an_import_that_is_over_leaves_neither_file_nor_table(dock: Dock) -> None:
    done = await dock.load("email\na@example.com\n".encode("utf-16"))
    assert done.numbers == (1, 0, 0, 0)
    assert dock.left() == []
    assert f"import_stage_{done.row.id}" not in await stage_tables()


async def test_a_file_of_a_header_alone_is_done_at_once(dock: Dock) -> None:
    done = await dock.load("email,city\n")
    assert (done.row.state, done.numbers, done.new_fields) == (ImportState.DONE, (0, 0, 0, 0), [])


async def test_an_archived_field_is_not_filled_behind_ones_back(workspace: int, dock: Dock) -> None:
    await archive_field(workspace, await create_field(workspace, "city", "City", FieldType.TEXT))
    await dock.load("email,City\na@example.com,Bandung\n")
    assert (await contact(workspace, "a@example.com"))["fields"] == '{"city_2": "Bandung"}'


async def test_hostile_text_arrives_as_it_is(workspace: int, dock: Dock) -> None:
    text = "\\N \\. \t %_\\ $1 '; DROP TABLE contact; -- {\"} Ｊａｋａｒｔａ \U0001f600 \x01"
    await dock.load('email,name,city,tags\na@example.com,"{0}","{0}","🎉"\n'.format(text.replace('"', '""')))
    row = await contact(workspace, "a@example.com")
    async with connection() as borrowed:
        city = await borrowed.fetchval("SELECT fields ->> 'city' FROM contact WHERE workspace_id = $1", workspace)
    assert (row["name"], city, row["labels"]) == (text, text, ["🎉"])


async def test_a_long_file_is_worked_on_in_parts(workspace: int, dock: Dock) -> None:
    filling = "x" * 20_000
    rows = "".join(f"p{n % 250}@example.com,{n},{filling}\n" for n in range(500))
    done = await dock.load(f"email,n,filling\n{rows}", mapping={"filling": None}, status="active", consent="shop")
    assert done.numbers == (250, 0, 0, 250)
    assert done.reasons[0] == (2, "replaced by line 252")
    assert (done.counts.rows, done.counts.staged, done.counts.merged) == (500, 500, 500)
    async with connection() as borrowed:
        parts = await borrowed.fetchval("SELECT count(*) FROM file_import_part WHERE import_id = $1", done.row.id)
        last = await borrowed.fetch(
            "SELECT email, (fields ->> 'n')::int FROM contact WHERE workspace_id = $1", workspace
        )
    assert parts > 2
    assert {tuple(row) for row in last} == {(f"p{n}@example.com", n + 250) for n in range(250)}


async def test_a_files_contacts_are_in_its_order(workspace: int, dock: Dock) -> None:
    await dock.load("email\n" + "".join(f"p{n * 7 % 1_000}@example.com\n" for n in range(1_000)))
    assert list(await everyone(workspace)) == [f"p{n * 7 % 1_000}@example.com" for n in range(1_000)]


async def test_two_imports_at_once_wait_for_each_other(workspace: int, dock: Dock) -> None:
    await create_field(workspace, "n", "n", FieldType.NUMBER)
    await create_label(workspace, "VIP")
    rows = [f"p{n}@example.com,{n},VIP\n" for n in range(2_000)]
    asked = [await dock.ask("email,n,tags\n" + "".join(rows[::order])) for order in (1, -1)]
    first, second = await asyncio.gather(*map(dock.finish, asked))
    assert (first.numbers, second.numbers) == ((2_000, 0, 0, 0), (0, 0, 2_000, 0))


async def test_yes_and_no_of_other_languages_are_booleans(workspace: int, dock: Dock) -> None:
    content = "email,Mitglied\na@example.com,ja\nb@example.com,\nc@example.com, NEIN\n"
    assert (await dock.load(content)).numbers == (3, 0, 0, 0)
    done = await dock.load("email,mitglied\na@example.com,nein\nb@example.com,1\nc@example.com,perhaps\n")
    assert [line for line, _ in done.reasons] == [4]
    fields = [row["fields"] for row in (await everyone(workspace)).values()]
    assert fields == ['{"mitglied": false}', '{"mitglied": true}', '{"mitglied": false}']
