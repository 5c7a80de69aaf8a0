"""What columns become by their names and values alone."""

import pytest

from app.filters.problems import Refused
from app.filters.vocabulary import FieldType
from app.transfer.columns.plan import Column, Role, Rule
from tests.transfer.columns.catalogs import OWN, planned


@pytest.mark.parametrize(
    ("header", "row", "place"),
    [
        ("city,Email", "x,y", 1),
        ("E-mail,city", "x,y", 0),
        ("Alamat  EMAIL,city", "x,y", 0),
        ("e_mail,city", "x,y", 0),
        ("contact,city", "a@example.com,y", 0),
        ("Email Address,email", "a@example.com,b@example.com", 1),
        ("Referrer,city,Subscriber Email", "a@example.com,x,", 2),
    ],
)
def test_the_address_is_found_by_name_or_else_by_its_values(header: str, row: str, place: int) -> None:
    plan = planned(header.split(","), [row.split(",")])
    assert [column.role for column in plan.columns].index(Role.EMAIL) == place


@pytest.mark.parametrize(
    ("header", "cells", "column"),
    [
        ("Nama Lengkap", ["x"], Column(Role.TEXT, "name", "Nama Lengkap")),
        ("External ID", ["x"], Column(Role.TEXT, "external_id", "External ID")),
        ("Source", ["x"], Column(Role.TEXT, "source", "Source")),
        ("Status", ["aktif"], Column(Role.STATUS, name="Status")),
        ("TAGS", ["x"], Column(Role.LABELS, name="TAGS", rule=Rule.ADD)),
        ("First name", ["x"], Column(Role.FIELD, "first_name", "First name", is_new=True, name_part=1)),
        ("Vorname", ["x"], Column(Role.FIELD, "first_name", "Vorname", is_new=True, name_part=1)),
        ("Prénom", ["x"], Column(Role.FIELD, "first_name", "Prénom", is_new=True, name_part=1)),
        ("Apellidos", ["x"], Column(Role.FIELD, "last_name", "Apellidos", is_new=True, name_part=2)),
        ("Nombre completo", ["x"], Column(Role.TEXT, "name", "Nombre completo")),
        ("Schlagworte", ["x"], Column(Role.LABELS, name="Schlagworte", rule=Rule.ADD)),
        ("Étiquettes", ["x"], Column(Role.LABELS, name="Étiquettes", rule=Rule.ADD)),
        ("PLZ", ["10115"], Column(Role.FIELD, "plz", "PLZ", is_new=True)),
        ("Mitglied", ["ja", " Nein "], Column(Role.FIELD, "mitglied", "Mitglied", FieldType.BOOLEAN, True, "words")),
        ("Membre", ["OUI", "non"], Column(Role.FIELD, "membre", "Membre", FieldType.BOOLEAN, True, "words")),
        ("Socio", ["sí", "no"], Column(Role.FIELD, "socio", "Socio", FieldType.BOOLEAN, True, "words")),
        ("Member", ["no"], Column(Role.FIELD, "member", "Member", FieldType.BOOLEAN, True)),
        ("Member", ["ja", "perhaps"], Column(Role.FIELD, "member", "Member", is_new=True)),
        ("Nama belakang", ["x"], Column(Role.FIELD, "last_name", "Nama belakang", is_new=True, name_part=2)),
        ("created_at", [""], Column(Role.TIME, "created_at", "created_at", FieldType.DATETIME)),
        ("Created At", ["31/01/2026"], Column(Role.TIME, "created_at", "Created At", FieldType.DATETIME, form="DMY")),
        ("City", ["7"], Column(Role.FIELD, "city", "Kota Asal")),
        ("kota  asal", ["7"], Column(Role.FIELD, "city", "Kota Asal")),
        ("BORN", ["31.01.2026", "x"], Column(Role.FIELD, "born", "Born", FieldType.DATE, form="DMY")),
        ("BORN", ["x", "31/01/2026", "01/31/2026"], Column(Role.FIELD, "born", "Born", FieldType.DATE)),
        ("Spent", ["n/a", "1.234,5"], Column(Role.FIELD, "spent", "Spent", FieldType.NUMBER, form="comma")),
        ("Born", ["31.01.2026"], Column(Role.FIELD, "born", "Born", FieldType.DATE, form="DMY")),
        ("Spent", ["1.234,5"], Column(Role.FIELD, "spent", "Spent", FieldType.NUMBER, form="comma")),
        ("Last Order", ["01/31/2026"], Column(Role.FIELD, "last_order", "Last Order", FieldType.DATE, True, "MDY")),
        ("Last Order", ["01/02/2026"], Column(Role.FIELD, "last_order", "Last Order", is_new=True)),
        ("Phone", ["628123456"], Column(Role.FIELD, "phone", "Phone", is_new=True)),
        ("Kode Pos", ["10110"], Column(Role.FIELD, "kode_pos", "Kode Pos", is_new=True)),
        ("Größe", ["x"], Column(Role.FIELD, "grosse", "Größe", is_new=True)),
        ("Straße", ["x"], Column(Role.FIELD, "strasse", "Straße", is_new=True)),
        ("Ngày Đặt", ["x"], Column(Role.FIELD, "ngay_dat", "Ngày Đặt", is_new=True)),
        ("Source é", ["x"], Column(Role.FIELD, "source_e", "Source é", is_new=True)),
        ("Archived", ["x"], Column(Role.FIELD, "archived_2", "Archived", is_new=True)),
        ("名前", ["x"], Column(Role.FIELD, "field", "名前", is_new=True)),
        ("updated_at", ["x"], Column(Role.NOTHING, name="updated_at")),
        ("Last sent at", ["x"], Column(Role.NOTHING, name="Last sent at")),
        ("pilah_line", ["7"], Column(Role.NOTHING, name="pilah_line")),
        ("pilah_reason", ["x"], Column(Role.NOTHING, "pilah_reason", "pilah_reason")),
        ("Hollow", [" "], Column(Role.NOTHING, name="Hollow")),
        ("", ["x"], Column(Role.NOTHING)),
    ],
)
def test_a_column_becomes_what_its_name_says(header: str, cells: list[str], column: Column) -> None:
    plan = planned(["email", header], [["a@example.com", cell] for cell in cells], taken=frozenset({"archived"}))
    assert plan.columns[1] == column


@pytest.mark.parametrize(
    ("header", "cell", "status"),
    [
        ("Unsubscribed", "yes", "UNSUBSCRIBED"),
        ("Unsubscribed at", "2025-01-31", "UNSUBSCRIBED"),
        ("Opt-out", "✓", "UNSUBSCRIBED"),
        ("Do not email", "no", ""),
        ("Bounced", "true", "HARD_BOUNCE"),
    ],
)
def test_a_column_of_those_not_to_be_mailed_is_a_status(header: str, cell: str, status: str) -> None:
    column = planned(["email", header], [["a@example.com", cell]]).columns[1]
    assert column.role is Role.STATUS
    assert dict(column.words).get(cell, dict(column.words)["*"]) == status


@pytest.mark.parametrize("name", ["Name", "nama"])
def test_parts_of_a_name_count_only_where_it_is_not_whole(name: str) -> None:
    rows = [["a@example.com", "Ayu", "Lestari", "Ayu L."]]
    assert [column.name_part for column in planned(["email", "fname", "lname", "x"], rows).columns] == [0, 1, 2, 0]
    plan = planned(["email", "fname", "lname", name], rows)
    assert [(column.key, column.name_part) for column in plan.columns[1:]] == [
        ("first_name", 0),
        ("last_name", 0),
        ("name", 0),
    ]


def test_names_that_suggest_one_key_get_keys_of_their_own() -> None:
    plan = planned(["email", "名前", "都市", "a-b", "a b"], [["a@example.com", "x", "y", "1", "2"]])
    assert [column.key for column in plan.columns[1:]] == ["field", "field_2", "a_b", "a_b_2"]


def test_keys_of_attributes_that_are_taken_are_named_by_both() -> None:
    header = ["uuid", "email", "city", "attributes"]
    plan = planned(header, [["1", "a@example.com", "Solo", '{"city": "x", "email": "y", "status": "z", "": "w"}']])
    assert [(column.key, column.name) for column in plan.columns[4:]] == [
        ("attributes_city", "attributes city"),
        ("attributes_email", "attributes email"),
        ("status", "status"),
        ("", ""),
    ]


@pytest.mark.parametrize(
    ("header", "cells", "sentence"),
    [
        ("name,city", "x,y", "file: no column holds e-mail addresses"),
        ("one,two", "a@example.com,b@example.com", "file: more than one column"),
        ("email,x,X", "a,b,c", 'file: two columns are called "X"'),
        ("email,Name,Full name", "a,b,c", r'mapping\["Full name"\]: "Name" and "Full name" mean the same field'),
        ("email,city,Kota asal", "a,1,2", "mean the same field"),
        ("email,Born", "a,01/02/2026", r'mapping\["Born"\]: its dates can be read as day/month or month/day'),
        ("email,created_at", "a,01/02/2026", r'mapping\["created_at"\]: its dates'),
        ("email,Spent", 'a,"1,234"', r'mapping\["Spent"\]: its commas'),
        ("email," + "x" * 201, "a,b", "longer than 200"),
        ("email," + ",".join(f"c{number}" for number in range(498)), "a" + ",1" * 498, "at most 500"),
    ],
)
def test_a_file_that_says_no_one_thing_is_refused(header: str, cells: str, sentence: str) -> None:
    row = ["a", "1,234"] if '"' in cells else cells.split(",")
    with pytest.raises(Refused, match=sentence):
        planned(header.split(","), [row])


def test_all_that_is_wrong_with_a_file_is_told_at_once() -> None:
    with pytest.raises(Refused) as raised:
        planned(["x", "X", "Born", "Spent"], [["a", "b", "01/02/2026", "1,234"]], mapping={"Z": None})
    assert [problem.path for problem in raised.value.problems] == [
        'mapping["Z"]',
        "file",
        "file",
        'mapping["Born"]',
        'mapping["Spent"]',
    ]


def test_too_many_keys_are_refused_until_left_out() -> None:
    row = ["a@example.com", "{" + ",".join(f'"k{number}":1' for number in range(201)) + "}"]
    with pytest.raises(Refused, match=r"more than 200 different keys, .*; map it to null"):
        planned(["email", "attributes"], [row], tool="listmonk")
    plan = planned(["email", "attributes"], [row], tool="listmonk", mapping={"attributes": None})
    assert [column.role for column in plan.columns] == [Role.EMAIL, Role.NOTHING]


@pytest.mark.parametrize(
    ("tool", "told", "words"),
    [(None, "brevo", True), ("none", "", False), ("activecampaign", "activecampaign", False)],
)
def test_a_tool_can_be_forced(tool: str | None, told: str, words: bool) -> None:
    plan = planned(["Email", "Blocklisted", "SMS_BLACKLISTED"], [["a@example.com", "yes", "no"]], OWN, tool=tool)
    assert plan.tool == told
    assert (("yes", "UNSUBSCRIBED") in plan.columns[1].words) is words


def test_a_tools_usual_dates_decide_between_forms() -> None:
    header, rows = ["EMAIL", "ADDED_TIME", "MODIFIED_TIME", "BORN", "X"], [["a@example.com", *["01-02-2026"] * 4]]
    columns = planned(header, rows).columns
    assert [columns[place].form for place in (1, 3, 4)] == ["DMY", "DMY", "DMY"]
