"""What columns are taken for."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.filters.catalog import SYSTEM_FIELDS, Catalog, Field
from app.filters.problems import Refused
from app.filters.vocabulary import FieldType
from app.transfer.columns.inference import survey
from app.transfer.columns.planning import Column, Role, plan_columns
from app.transfer.files.csv_rows import open_csv

CITY = Field("city", "Kota Asal", FieldType.TEXT, (), 1)
OLD = Field("old_key", "New Name", FieldType.NUMBER, (), 2)
CATALOG = Catalog(1, ZoneInfo("UTC"), {field.key: field for field in (*SYSTEM_FIELDS, CITY, OLD)}, {}, {})


@pytest.mark.parametrize(
    ("cells", "type"),
    [
        (["true", "FALSE", "Yes", "no"], "BOOLEAN"),
        (["1", "0"], "NUMBER"),
        (["1", "-2.50", "0.5", "0"], "NUMBER"),
        (["123456789012345"], "NUMBER"),
        (["1234567890123456"], "TEXT"),
        (["12345678.90123456"], "TEXT"),
        (["00001", "00002"], "TEXT"),
        (["1", "2", "007"], "TEXT"),
        (["081234567890"], "TEXT"),
        (["+6281234567"], "TEXT"),
        (["1e5"], "TEXT"),
        (["1,5"], "TEXT"),
        (["１２"], "TEXT"),
        (["2026-01-31", "1999-12-31"], "DATE"),
        (["2026-01-31", "2026-02-31"], "DATE"),
        (["31/01/2026"], "TEXT"),
        (["2026-01-31T10:00", "2026-01-31 10:00:00.5+07:00", "2026-01-31t10:00:00z"], "DATETIME"),
        (["2026-01-31", "2026-01-31T10:00"], "TEXT"),
        (["true", "1"], "TEXT"),
        (["1", "n/a"], "TEXT"),
        (["", " ", "7", "\u00a0"], "NUMBER"),
        ([" 7 "], "NUMBER"),
        (["", "  "], None),
        (["1"] * 12_000 + ["one"], "TEXT"),
    ],
)
def test_the_whole_column_decides_its_type(tmp_path: Path, cells: list[str], type: str | None) -> None:
    path = tmp_path / "file.csv"
    path.write_text("email;x\n" + "".join(f"a@b.id;{cell}\n" for cell in cells))
    seen = survey(open_csv(path))
    assert seen.rows == len(cells)
    assert seen.columns[1].type is (type and FieldType(type))


def plan(folder: Path, header: str, *rows: str) -> tuple[Column, ...]:
    path = folder / "file.csv"
    path.write_text("\n".join((header, *rows)))
    file = open_csv(path)
    return plan_columns(file.header, survey(file), CATALOG, {"city", "old_key", "archived"})


@pytest.mark.parametrize(
    ("header", "row", "place"),
    [
        ("city,Email", "x,y", 1),
        ("E-mail,city", "x,y", 0),
        ("Alamat  EMAIL,city", "x,y", 0),
        ("E-Mail Address,city", "x,y", 0),
        ("e_mail,city", "x,y", 0),
        ("contact,city", "a@example.com,y", 0),
        ("Email Address,email", "a@example.com,b@example.com", 1),
    ],
)
def test_the_address_is_found_by_name_or_else_by_its_values(
    tmp_path: Path, header: str, row: str, place: int
) -> None:
    assert [column.role for column in plan(tmp_path, header, row)].index(Role.EMAIL) == place


@pytest.mark.parametrize(
    ("header", "row", "column"),
    [
        ("Name", "x", Column(Role.TEXT, "name", "Name")),
        ("External ID", "x", Column(Role.TEXT, "external_id", "External ID")),
        ("Source", "x", Column(Role.TEXT, "source", "Source")),
        ("Status", "x", Column(Role.STATUS, name="Status")),
        ("TAGS", "x", Column(Role.LABELS, name="TAGS")),
        ("Labels", "x", Column(Role.LABELS, name="Labels")),
        ("City", "7", Column(Role.FIELD, "city", "Kota Asal", FieldType.TEXT)),
        ("kota  asal", "7", Column(Role.FIELD, "city", "Kota Asal", FieldType.TEXT)),
        ("new name", "x", Column(Role.FIELD, "old_key", "New Name", FieldType.NUMBER)),
        ("Last Order", "2026-01-31", Column(Role.FIELD, "last_order", "Last Order", FieldType.DATE, True)),
        ("Archived", "x", Column(Role.FIELD, "archived_2", "Archived", FieldType.TEXT, True)),
        ("名前", "x", Column(Role.FIELD, "field", "名前", FieldType.TEXT, True)),
        ("Updated at", "x", Column(Role.NOTHING, name="Updated at")),
        ("Hollow", "", Column(Role.NOTHING, name="Hollow")),
        ("", "x", Column(Role.NOTHING)),
    ],
)
def test_a_column_becomes_what_its_name_says(tmp_path: Path, header: str, row: str, column: Column) -> None:
    assert plan(tmp_path, f"email,{header}", f"a@example.com,{row}")[1] == column


def test_names_that_suggest_one_key_get_keys_of_their_own(tmp_path: Path) -> None:
    columns = plan(tmp_path, "email,名前,都市,a-b,a b", "a@example.com,x,y,1,2")
    assert [column.key for column in columns[1:]] == ["field", "field_2", "a_b", "a_b_2"]


@pytest.mark.parametrize(
    ("header", "row", "sentence"),
    [
        ("name,city", "x,y", "no column holds e-mail addresses"),
        ("one,two", "a@example.com,b@example.com", "more than one column"),
        ("email,x,X", "a,b,c", 'two columns are called "X"'),
        ("email,Name,Full name", "a,b,c", '"Name" and "Full name" mean the same field'),
        ("email,old_key,New name", "a,1,2", "mean the same field"),
        ("email," + ",".join(f"c{number}" for number in range(499)), "a" + ",1" * 499, "at most 500"),
    ],
)
def test_a_header_that_says_no_one_thing_is_refused(tmp_path: Path, header: str, row: str, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        plan(tmp_path, header, row)
