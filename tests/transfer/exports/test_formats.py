"""Known people in each format, column by column."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.filters.problems import Refused
from app.filters.vocabulary import FieldType
from app.queries.connections import connection
from app.queries.fields import create_field
from tests.transfer.exports.written import add, csv_objects, csv_rows, ndjson_objects, parquet_objects, written

ANI_IN_CSV = {
    "email": "ani@example.com",
    "name": "Ani",
    "status": "ACTIVE",
    "labels": 'VIP, "He said ""hi"", twice"',
    "source": "shop",
    "external_id": "7",
    "created_at": "2026-01-02T00:00:00+07:00",
    "updated_at": "2026-01-02T07:00:00.5+07:00",
    "subscribed_at": "2026-01-03T07:00:00+07:00",
    "last_sent_at": "",
    "last_opened_at": "",
    "last_clicked_at": "",
    "city": 'Jakarta "Raya",\nIndonesia',
    "spent": "12345678901234567890.50",
    "born": "2000-02-29",
    "seen": "2026-01-31T15:30:00.25+07:00",
    "member": "true",
    "plan": "'-Plus",
}
MOMENTS = ("created_at", "updated_at", "subscribed_at")


async def test_csv_has_every_column_by_its_key(people: int) -> None:
    ani, budi = csv_objects(await written(people))
    assert ani == ANI_IN_CSV
    assert list(ani) == list(ANI_IN_CSV)
    empty = dict.fromkeys(ANI_IN_CSV, "")
    kept = {key: ANI_IN_CSV[key] for key in ("status", "created_at", "updated_at")}
    assert budi == empty | kept | {"email": "budi@example.com"}


async def test_ndjson_has_typed_values_and_null_for_none(people: int) -> None:
    content = await written(people, format="ndjson")
    ani, budi = ndjson_objects(content)
    assert ani == ANI_IN_CSV | {
        "labels": ["VIP", 'He said "hi", twice'],
        "spent": Decimal("12345678901234567890.50"),
        "member": True,
        "plan": "-Plus",
        **dict.fromkeys(("last_sent_at", "last_opened_at", "last_clicked_at")),
    }
    assert list(ani) == list(ANI_IN_CSV)
    assert b'"spent":12345678901234567890.50,' in content
    assert (budi["labels"], budi["city"], budi["seen"], budi["spent"]) == ([], None, None, None)


async def test_parquet_has_columns_of_their_types(people: int) -> None:
    ani, budi = parquet_objects(await written(people, format="parquet"))
    jakarta = ZoneInfo("Asia/Jakarta")
    assert (ani["spent"], ani["born"], ani["member"]) == (
        Decimal("12345678901234567890.50"),
        date(2000, 2, 29),
        True,
    )
    assert ani["seen"] == datetime(2026, 1, 31, 15, 30, 0, 250_000, jakarta)
    assert ani["seen"].tzinfo == jakarta
    assert ani["labels"] == ["VIP", 'He said "hi", twice']
    texts = ("email", "name", "status", "source", "external_id", "city")
    assert {key: ani[key] for key in texts} == {key: ANI_IN_CSV[key] for key in texts}
    assert ani["plan"] == "-Plus"
    assert (budi["labels"], budi["name"], budi["spent"], budi["member"]) == ([], None, None, None)


@pytest.mark.parametrize(
    ("numbers", "read"),
    [
        (("1", "2.50", "-0.125"), [Decimal("1.000"), Decimal("2.500"), Decimal("-0.125")]),
        ((), [None]),
        (("0",), [Decimal(0)]),
        (("9" * 34, "0.001"), [Decimal("9" * 34), Decimal("0.001")]),
        (("1e40", "1e-40"), ["1" + "0" * 40, "0." + "0" * 39 + "1"]),
    ],
    ids=["some", "none", "zero", "many digits", "too many digits for a decimal"],
)
async def test_no_digit_is_lost_in_parquet(people: int, numbers: tuple[str, ...], read: list[Any]) -> None:
    for place, number in enumerate(numbers):
        await add(people, f"{place}@numbers.id", values={"spent": number})
    await add(people, "none@numbers.id")
    asked = {"field": {"key": "email", "test": {"endsWith": "numbers.id"}}}
    rows = parquet_objects(await written(people, asked, format="parquet", columns="spent"))
    assert [row["spent"] for row in rows] == ([*read, None] if numbers else read)


@pytest.mark.parametrize("form", ["csv", "ndjson"])
async def test_times_are_in_utc_when_asked(people: int, form: str) -> None:
    content = await written(people, format=form, times="utc", columns=["seen", *MOMENTS])
    ani = (csv_objects if form == "csv" else ndjson_objects)(content)[0]
    assert ani == {
        "seen": "2026-01-31T08:30:00.25+00:00",
        "created_at": "2026-01-01T17:00:00+00:00",
        "updated_at": "2026-01-02T00:00:00.5+00:00",
        "subscribed_at": "2026-01-03T00:00:00+00:00",
    }


async def test_an_old_moment_keeps_the_seconds_of_its_zone(people: int) -> None:
    async with connection() as borrowed:
        await borrowed.execute("UPDATE contact SET last_sent_at = '1900-01-01Z' WHERE workspace_id = $1", people)
    ani = csv_objects(await written(people, columns="last_sent_at"))[0]
    assert ani["last_sent_at"] == "1900-01-01T07:07:12+07:07:12"
    assert datetime.fromisoformat(ani["last_sent_at"]) == datetime(1900, 1, 1, tzinfo=UTC)


async def test_columns_come_as_asked_under_names_if_wanted(people: int) -> None:
    rows = csv_rows(await written(people, columns="city, labels,email", header="names"))
    assert rows[0] == ["City", "Labels", "E-mail"]
    assert rows[1] == [ANI_IN_CSV["city"], ANI_IN_CSV["labels"], "ani@example.com"]
    ani = ndjson_objects(await written(people, columns=["born"], header="names", format="ndjson"))[0]
    assert ani == {"Born": "2000-02-29"}
    assert parquet_objects(await written(people, columns=["born"], header="names", format="parquet"))[0] == {
        "Born": date(2000, 2, 29)
    }


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet"])
async def test_nobody_is_a_whole_file_too(people: int, form: str) -> None:
    content = await written(people, {"status": ["PENDING"]}, format=form, columns="email,labels,spent")
    assert {"csv": csv_objects, "ndjson": ndjson_objects, "parquet": parquet_objects}[form](content) == []
    assert content.startswith({"csv": b"email,labels,spent\n", "ndjson": b"", "parquet": b"PAR1"}[form])


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet"])
async def test_one_empty_column_still_has_its_rows(people: int, form: str) -> None:
    content = await written(people, format=form, columns="last_sent_at")
    read: dict[str, Callable[[bytes], list[Any]]] = {
        "csv": csv_rows,
        "ndjson": ndjson_objects,
        "parquet": parquet_objects,
    }
    assert len(read[form](content)) == (3 if form == "csv" else 2)


async def test_two_columns_of_one_name_are_refused(people: int) -> None:
    await create_field(people, "other_city", "City", FieldType.TEXT)
    with pytest.raises(Refused, match='2 columns are called "City"'):
        await written(people, header="names")
    assert csv_rows(await written(people, columns="city,other_city"))[0] == ["city", "other_city"]


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        ({"format": "xlsx"}, [("UNKNOWN_OPTION", "format")]),
        ({"colums": "email"}, [("UNKNOWN_OPERATOR", "colums")]),
        ({"columns": "email,citty,email"}, [("UNKNOWN_FIELD", "columns[1]"), ("NOT_ALLOWED", "columns[2]")]),
        ({"columns": ""}, [("UNKNOWN_FIELD", "columns[0]")]),
        ({"columns": []}, [("EMPTY_LIST", "columns")]),
        ({"columns": [7]}, [("UNKNOWN_FIELD", "columns[0]")]),
        ({"times": "local", "header": 1}, [("UNKNOWN_OPTION", "times"), ("UNKNOWN_OPTION", "header")]),
        ({"gzip": "maybe"}, [("INVALID_BOOLEAN", "gzip")]),
        ({"gzip": True, "format": "parquet"}, [("NOT_ALLOWED", "gzip")]),
    ],
)
async def test_what_is_wrong_is_told_with_its_place(
    people: int, given: dict[str, object], problems: list[tuple[str, str]]
) -> None:
    with pytest.raises(Refused) as refused:
        await written(people, **given)
    assert [(problem.code.value, problem.path) for problem in refused.value.problems] == problems
