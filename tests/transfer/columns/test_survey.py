"""What columns are taken for, by all of their values."""

import pytest

from app.filters.problems import Refused
from app.filters.vocabulary import FieldType
from app.transfer.columns.seen import MOST_NOTED, Seen
from app.transfer.columns.survey import Survey


def seen(cells: list[str]) -> Seen:
    """What one column holds, in batches of two."""
    survey = Survey(["x"])
    for start in range(0, len(cells), 2):
        survey.see([[cell] for cell in cells[start : start + 2]])
    return survey.columns[0]


@pytest.mark.parametrize(
    ("cells", "type", "form"),
    [
        (["true", "FALSE", "Yes", "no"], "BOOLEAN", ""),
        (["1", "0"], "NUMBER", ""),
        (["1", "-2.50", "0.5", "0"], "NUMBER", ""),
        (["1.234", "5.678"], "NUMBER", ""),
        (["1.234", "5,5"], "NUMBER", "comma"),
        (["1.234.567", "5"], "NUMBER", "comma"),
        (["1,5", "2"], "NUMBER", "comma"),
        (["1,234", "5"], "TEXT", ""),
        (["1,234", "5.5"], "NUMBER", "thousands"),
        (["1,234,567", "5"], "NUMBER", "thousands"),
        (["1,5", "1.5"], "TEXT", ""),
        (["123456789012345"], "NUMBER", ""),
        (["1234567890123456"], "TEXT", ""),
        (["1.234.567.890.123.456"], "TEXT", ""),
        (["00001", "00002"], "TEXT", ""),
        (["1", "2", "007"], "TEXT", ""),
        (["+6281234567"], "TEXT", ""),
        (["1e5"], "TEXT", ""),
        (["１２"], "TEXT", ""),
        (["2026-01-31", "1999-12-31"], "DATE", ""),
        (["2026-01-31", "2026-02-31"], "DATE", ""),
        (["2026/01/31", "2026-02-01"], "DATE", "YMD"),
        (["01/02/2026", "31/01/2026"], "DATE", "DMY"),
        (["01/02/2026", "01/31/2026"], "DATE", "MDY"),
        (["01/02/2026", "02/01/2026"], "TEXT", ""),
        (["31/01/2026", "01/31/2026"], "TEXT", ""),
        (["01-02-2026", "13-01-2026"], "DATE", "DMY"),
        (["01.02.2026"], "DATE", "DMY"),
        (["Jan 2, 2026", "02/01/2026"], "DATE", "MDY"),
        (["2 Januari 2026", "2 Feb 2026"], "DATE", "DMY"),
        (["31/01/2026 10:00", "01/02/2026 9:00 PM"], "DATETIME", "DMY"),
        (["31/01/2026 10:00", "01/02/2026"], "TEXT", ""),
        (["2026-01-31T10:00", "2026-01-31 10:00:00.5+07:00", "2026-01-31t10:00:00z"], "DATETIME", ""),
        (["2026-01-31 10:00 UTC"], "DATETIME", "YMD"),
        (["2026-01-31", "2026-01-31T10:00"], "TEXT", ""),
        (["1769817600"], "NUMBER", ""),
        (["true", "1"], "TEXT", ""),
        (["1", "n/a"], "TEXT", ""),
        (["", " ", "7", "\u00a0"], "NUMBER", ""),
        ([" " * 400 + "7", "8" + " " * 400], "NUMBER", ""),
        (["7", "7" + " " * 400 + "x"], "TEXT", ""),
        ([" 7 "], "NUMBER", ""),
    ],
)
def test_the_whole_column_decides_its_kind(cells: list[str], type: str, form: str) -> None:
    assert seen(cells).kind == (FieldType(type), form)
    assert seen(cells[::-1]).kind == (FieldType(type), form)


def test_a_late_word_makes_a_text_of_numbers() -> None:
    assert seen([str(number) for number in range(25_000)] + ["one"]).kind == (FieldType.TEXT, "")


@pytest.mark.parametrize("cells", [[], ["", " \t"]])
def test_a_column_of_blanks_has_no_kind(cells: list[str]) -> None:
    assert seen(cells).kind is None


@pytest.mark.parametrize(
    ("cells", "forms"),
    [
        (["01/02/2026", "02/01/2026"], ("DMY", "MDY")),
        (["01/02/2026", "02/01/2026 10:00"], ("DMY", "MDY")),
        (["01/02/2026 10:00", "13/01/2026"], ("DMY",)),
        (["2026-01-31", "2026-01-31T10:00"], ("", "YMD")),
        (["yesterday", "01/02/2026", "13/01/2026"], ("DMY",)),
        (["31/01/2026", "01/31/2026"], ()),
        (["", ""], ("", "YMD", "DMY", "MDY")),
        ([*map(str, range(1_001)), "31/01/2026"], ()),
    ],
)
def test_the_forms_that_all_dates_fit_are_told(cells: list[str], forms: tuple[str, ...]) -> None:
    assert seen(cells).forms(FieldType.DATETIME) == forms


def test_cells_are_counted_and_noted() -> None:
    told = seen(["a@example.com", "", "a@example.com", "b@example", "x y@example.com", " ", "c@example.com "])
    assert (told.filled, told.addresses) == (5, 3)


def test_names_in_cells_are_noted_each_by_itself() -> None:
    cells = [f"VIP, {number % 7}" for number in range(MOST_NOTED * 3)] + ['"Jakarta, Pusat"']
    assert seen(cells).names == {"VIP", "Jakarta, Pusat", *"0123456"}


def test_what_is_not_all_noted_is_more_than_the_most() -> None:
    told = seen(["x" * 200, *map(str, range(MOST_NOTED)), "x" * 200, "last"])
    assert len(told.names) > MOST_NOTED


def test_what_is_too_long_for_a_label_is_not_noted() -> None:
    assert seen(["x" * 201, f"{'y' * 300}, VIP"]).names == {"VIP"}


def test_keys_of_objects_are_columns_of_their_own() -> None:
    survey = Survey(["uuid", "email", "Attributes", "status"])
    survey.see([["1", "a@example.com", '{"age": 20, "tags": ["VIP"]}', "enabled"]])
    survey.see([["2", "b@example.com", '{"born": "2001-01-31", "age": 30.5}', ""], ["3", "c@example.com", "", ""]])
    assert [(one.place, one.keys) for one in survey.expansions] == [(2, ("age", "tags", "born"))]
    assert survey.rows == 3
    assert [column.filled for column in survey.columns] == [3, 3, 2, 1, 2, 1, 1]
    assert [column.kind for column in survey.columns[4:]] == [
        (FieldType.NUMBER, ""),
        (FieldType.TEXT, ""),
        (FieldType.DATE, ""),
    ]
    assert not survey.too_many_keys


def test_keys_too_long_for_a_name_are_too_many() -> None:
    survey = Survey(["email", "attributes"], "listmonk")
    survey.see([["a@example.com", '{"%s": 1, "city": 2}' % ("k" * 201)]])
    assert (survey.too_many_keys, survey.expansions[0].keys) == (True, ("city",))


@pytest.mark.parametrize(
    ("header", "tool"), [(["uuid", "email", "attributes"], "none"), (["email", "attributes"], None)]
)
def test_other_files_are_not_expanded(header: list[str], tool: str | None) -> None:
    survey = Survey(header, tool)
    survey.see([[*["x"] * (len(header) - 1), '{"age": 20}']])
    assert survey.expansions == ()
    assert len(survey.columns) == len(header)


def test_more_keys_than_there_may_be_are_told() -> None:
    survey = Survey(["email", "attributes"], "listmonk")
    survey.see([["a@example.com", "{" + ",".join(f'"k{number}":1' for number in range(201)) + "}"]])
    assert survey.too_many_keys
    assert len(survey.expansions[0].keys) == 200


def test_a_tool_that_there_is_not_is_refused() -> None:
    with pytest.raises(Refused, match=r'no preset "mailchump".*did you mean "mailchimp"'):
        Survey(["email"], "mailchump")
