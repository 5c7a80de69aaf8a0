"""Columns whose values can be read in two ways: what is made of them, and what is said of it."""

from dataclasses import replace

import pytest

from app.filters.catalog import Field
from app.filters.problems import Refused
from app.filters.vocabulary import FieldType
from app.transfer.columns.plan import Column, Role
from tests.transfer.columns.catalogs import BORN, EMPTY, OWN, catalog, planned

POINTS = ["3.500", "12.250", "7"]
COMMAS = ["3,500", "7"]
THOUSANDS = '3.500 is read as 3500; where it is 3.5, say {"numbers": "plain"}'
DECIMALS = '3.500 is read as 3.5; where it is 3500, say {"numbers": "comma"}'
DECIMAL_COMMA = '1,234 is read as 1.234; where it is 1234, say {"numbers": "thousands"}'
NO_YEAR = "its days have no year, which Born needs"
BESIDE = Field("born_no_year", "Born (no year)", FieldType.TEXT, (), 9)


def column(
    header: str, cells: list[str], *, known: bool = True, mapping: object = None, decimal_comma: bool = False
) -> Column:
    """What becomes of a column beside the addresses."""
    rows = [["a@example.com", cell] for cell in cells]
    return planned(
        ["email", header], rows, OWN if known else EMPTY, mapping=mapping, decimal_comma=decimal_comma
    ).columns[1]


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize(
    ("cells", "decimal_comma", "form", "note"),
    [
        (POINTS, False, "", DECIMALS),
        (POINTS, True, "comma", THOUSANDS),
        ([*POINTS, "1.5"], True, "", ""),
        ([*POINTS, "1,5"], False, "comma", ""),
        ([*POINTS, "1.234.567"], False, "comma", ""),
        (COMMAS, True, "comma", DECIMAL_COMMA),
        ([*COMMAS, "1.5"], True, "thousands", ""),
        ([*COMMAS, "1,5"], False, "comma", ""),
        (["7", "3500"], True, "", ""),
        (["7", "3500"], False, "", ""),
    ],
)
def test_doubtful_numbers_are_read_as_the_file_has_others(
    cells: list[str], decimal_comma: bool, form: str, note: str, known: bool
) -> None:
    found = column("Spent", cells, known=known, decimal_comma=decimal_comma)
    assert (found.type, found.form, found.note) == (FieldType.NUMBER, form, note)


@pytest.mark.parametrize("form", ["plain", "comma"])
def test_a_form_that_is_asked_for_is_not_doubtful(form: str) -> None:
    found = column("Spent", POINTS, mapping={"Spent": {"to": "spent", "numbers": form}})
    assert (found.form, found.note) == ("" if form == "plain" else form, "")


@pytest.mark.parametrize(
    ("cells", "refused"), [(POINTS, True), (["3500"], False), (["1.5"], False), (["1,5"], False)]
)
@pytest.mark.parametrize("note", ["pilah_line", "pilah_reason"])
def test_mended_rows_do_not_tell_what_their_file_meant(cells: list[str], refused: bool, note: str) -> None:
    header, rows = ["email", "Spent", note], [["a@example.com", cell, "7"] for cell in cells]
    if refused:
        with pytest.raises(Refused, match=r'mapping\["Spent"\]: its points can part thousands or decimals'):
            planned(header, rows)
        mapping = {"Spent": {"to": "spent", "numbers": "comma"}}
        assert planned(header, rows, mapping=mapping).columns[1].form == "comma"
    else:
        assert planned(header, rows).columns[1].key == "spent"


@pytest.mark.parametrize("days", [["01/31", "12/25"], ["31.12.", "1.2."], ["25 March", "1 Jan", "n/a"], ["1-2"]])
def test_days_without_a_year_go_beside_a_date(days: list[str]) -> None:
    made = Column(Role.FIELD, "born_no_year", "Born (no year)", is_new=True, note=NO_YEAR)
    assert column("Born", days) == made
    rows = [["a@example.com", day] for day in days]
    again = planned(["email", "Born"], rows, catalog(BORN, BESIDE)).columns[1]
    assert again == replace(made, is_new=False)
    taken = replace(BESIDE, type=FieldType.DATE)
    assert planned(["email", "Born"], rows, catalog(BORN, taken)).columns[1].role is Role.NOTHING


def test_days_without_a_year_are_refused_for_a_date_that_is_asked_for() -> None:
    with pytest.raises(Refused, match=r'its days have no year, which Born needs; map it to a text, as {"to": "Born'):
        column("Born", ["01/31"], mapping={"Born": "born"})


@pytest.mark.parametrize("days", [["2026-01-31", "01/31", "2026-02-01"], ["13/02/2026", "x", "1/2"], ["x", "y"]])
def test_a_few_days_without_a_year_change_nothing(days: list[str]) -> None:
    assert column("Born", days).key == "born"


def test_days_without_a_year_are_a_text_of_their_own() -> None:
    assert column("Birthday", ["01/31"], known=False) == Column(Role.FIELD, "birthday", "Birthday", is_new=True)
