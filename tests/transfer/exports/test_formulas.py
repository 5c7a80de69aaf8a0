"""Cells that a spreadsheet would run are made harmless, and made what they were again."""

import pytest

from app.filters.vocabulary import FieldType
from app.queries.fields import create_field
from app.queries.labels import create_label
from app.transfer.files.formulas import disarmed, rearmed_cell
from tests.transfer.exports.written import add, csv_objects, csv_rows, ndjson_objects, written

CASES = (
    ("=1+1", "'=1+1"),
    ("+62 812", "'+62 812"),
    ("-5", "'-5"),
    ("@SUM(A1)", "'@SUM(A1)"),
    ("\tx", "'\tx"),
    ("\rx", "'\rx"),
    ("\nx", "'\nx"),
    ("'=1", "''=1"),
    ("''@x", "'''@x"),
    ("'", "'"),
    ("'tis", "'tis"),
    ("''", "''"),
    ("＝1+1", "'＝1+1"),
    ("＋62", "'＋62"),
    ("－5", "'－5"),
    ("＠SUM(A1)", "'＠SUM(A1)"),
    ("'＝1", "''＝1"),
    ("a=b", "a=b"),
    (" =1", "' =1"),
    ("\u3000\u00a0＝1", "'\u3000\u00a0＝1"),
    ("x;=1", "x;'=1"),
    ("x;'=1;-2", "x;''=1;'-2"),
    ("x\t@y", "x\t'@y"),
    ("x\n+1\r-2", "x\n'+1\r'-2"),
    ("\t=1", "\t'=1"),
    ("x;y", "x;y"),
    ("x; y=1", "x; y=1"),
    ("x; =1", "x;' =1"),
    ('"=1"', '\'"=1"'),
    ('x;"=1"', 'x;\'"=1"'),
    ("*x", "*x"),
    ("1-2", "1-2"),
    (",x", ",x"),
    ("×=", "×="),
)


@pytest.mark.parametrize(("text", "cell"), CASES)
async def test_a_text_that_would_run_gets_an_apostrophe(people: int, text: str, cell: str) -> None:
    await add(people, "x@example.id", {"name": text, "source": text, "external_id": text}, {"city": text})
    asked = {"field": {"key": "email", "test": {"matches": "x@example.id"}}}
    columns = "name,source,external_id,city"
    guarded = csv_rows(await written(people, asked, columns=columns))[1]
    assert guarded == [cell] * 4
    assert disarmed(text) == cell
    assert rearmed_cell(cell) == text
    assert csv_rows(await written(people, asked, columns=columns, formulas="keep"))[1] == [text] * 4
    values = ndjson_objects(await written(people, asked, columns=columns, format="ndjson"))[0].values()
    assert list(values) == [text] * 4


async def test_an_address_a_label_and_a_name_of_a_field_are_guarded(people: int) -> None:
    label = await create_label(people, "=VIP")
    await add(people, "+x@example.id", labels=[label])
    asked = {"label": {"containsAny": ["=vip"]}}
    assert csv_rows(await written(people, asked, columns="email,labels")) == [
        ["email", "labels"],
        ["'+x@example.id", "'=VIP"],
    ]


@pytest.mark.parametrize("parting", [";", "\t"])
async def test_texts_stand_in_quotes(people: int, parting: str) -> None:
    await create_field(people, "odd", "odd; one", FieldType.TEXT)
    text = f"x{parting}y"
    await add(people, "x@example.id", {"name": text}, {"odd": text})
    asked = {"field": {"key": "email", "test": {"matches": "x@example.id"}}}
    given = {"columns": "odd,name,spent,status", "header": "names"}
    head, line = (await written(people, asked, **given)).decode().splitlines()
    assert head == '"odd; one","Name","Spent","Status"'
    assert line == f'"{text}","{text}",,ACTIVE'
    kept = (await written(people, asked, formulas="keep", **given)).decode().splitlines()[1]
    assert kept == f"{text},{text},,ACTIVE"


async def test_numbers_and_dates_are_never_guarded(people: int) -> None:
    await add(people, "minus@example.id", values={"spent": "-5.5"})
    asked = {"field": {"key": "spent", "test": {"lessThan": 0}}}
    assert csv_objects(await written(people, asked, columns="spent")) == [{"spent": "-5.5"}]
