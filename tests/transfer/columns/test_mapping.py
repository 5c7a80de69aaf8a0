"""The caller's own word on columns, and what is wrong with it."""

from collections.abc import Sequence
from typing import Any

import pytest

from app.filters.problems import Problem, Refused
from app.filters.vocabulary import FieldType
from app.transfer.columns.given_words import with_usual_refusals
from app.transfer.columns.mapping import check_mapping
from app.transfer.columns.plan import Column, Plan, Role, Rule
from tests.transfer.columns.catalogs import OWN, planned


def mapped(mapping: object, cells: Sequence[str] = ("x",), header: str = "X") -> Plan:
    """The plan for a file with addresses and one more column."""
    return planned(["email", header], [[f"{at}@example.com", cell] for at, cell in enumerate(cells)], mapping=mapping)


def refused(mapping: object, cells: Sequence[str] = ("x",)) -> tuple[Problem, ...]:
    """What is wrong."""
    with pytest.raises(Refused) as raised:
        mapped(mapping, cells)
    return raised.value.problems


@pytest.mark.parametrize(
    ("entry", "column"),
    [
        (None, Column(Role.NOTHING, name="X")),
        ({"to": None}, Column(Role.NOTHING, name="X")),
        ("name", Column(Role.TEXT, "name", "X")),
        ("Name", Column(Role.TEXT, "name", "X")),
        ("source", Column(Role.TEXT, "source", "X")),
        ("external id", Column(Role.TEXT, "external_id", "X")),
        ("labels", Column(Role.LABELS, name="X", rule=Rule.ADD)),
        ("created_at", Column(Role.TIME, "created_at", "X", FieldType.DATETIME)),
        ("subscribed_at", Column(Role.TIME, "subscribed_at", "X", FieldType.DATETIME)),
        ("first_name", Column(Role.FIELD, "first_name", "X", is_new=True, name_part=1)),
        ("last_name", Column(Role.FIELD, "last_name", "X", is_new=True, name_part=2)),
        ("city", Column(Role.FIELD, "city", "Kota Asal")),
        ("kota  asal", Column(Role.FIELD, "city", "Kota Asal")),
        ({"to": "city", "rule": "FILL"}, Column(Role.FIELD, "city", "Kota Asal", rule=Rule.FILL)),
        ({"to": "city", "clears": True}, Column(Role.FIELD, "city", "Kota Asal", clears=True)),
        ({"to": "born", "dates": "DMY"}, Column(Role.FIELD, "born", "Born", FieldType.DATE, form="DMY")),
        ({"to": "born", "dates": "ISO"}, Column(Role.FIELD, "born", "Born", FieldType.DATE)),
        ({"to": "spent", "numbers": "comma"}, Column(Role.FIELD, "spent", "Spent", FieldType.NUMBER, form="comma")),
        ({"to": "Shoe Size"}, Column(Role.FIELD, "shoe_size", "Shoe Size", is_new=True)),
        ({"to": "Shoe", "type": "NUMBER"}, Column(Role.FIELD, "shoe", "Shoe", FieldType.NUMBER, is_new=True)),
        ({"type": "NUMBER"}, Column(Role.FIELD, "x", "X", FieldType.NUMBER, is_new=True)),
        ({"to": "city", "type": "TEXT"}, Column(Role.FIELD, "city", "Kota Asal")),
        ({"rule": "FILL"}, Column(Role.FIELD, "x", "X", is_new=True, rule=Rule.FILL)),
        ({"to": "labels", "rule": "OVERWRITE", "clears": True}, Column(Role.LABELS, name="X", clears=True)),
        ({"to": "labels", "rule": "FILL"}, Column(Role.LABELS, name="X", rule=Rule.FILL)),
        (
            {"to": "status", "words": {"Ja": "ACTIVE", "*": "PENDING", "N/A": ""}},
            Column(
                Role.STATUS, name="X", words=with_usual_refusals((("ja", "ACTIVE"), ("*", "PENDING"), ("n a", "")))
            ),
        ),
        ({}, Column(Role.FIELD, "x", "X", is_new=True)),
    ],
)
def test_a_column_becomes_what_is_asked(entry: object, column: Column) -> None:
    assert mapped({"x": entry}).columns[1] == column


@pytest.mark.parametrize("entry", ["status", {"to": "status"}])
def test_a_word_that_is_no_status_is_noted_with_what_to_say(entry: object) -> None:
    example = '{"X": {"to": "status", "words": {"kündigte": "UNSUBSCRIBED"}}}'
    note = f'"kündigte" is no status, and its rows are refused; say what it means, as {example}'
    assert mapped({"x": entry}, ["active", "kündigte"]).columns[1] == Column(Role.STATUS, name="X", note=note)
    assert mapped({"x": entry}, ["active"]).columns[1].note == ""
    words = {"to": "status", "words": {"kündigte": "UNSUBSCRIBED", "active": "ACTIVE"}}
    assert mapped({"x": words}, ["active", "kündigte"]).columns[1].note == ""


@pytest.mark.parametrize(
    ("entry", "cells", "type", "form"),
    [
        ({"dates": "DMY"}, ["01/02/2026"], "DATE", "DMY"),
        ({"dates": "MDY"}, ["01/02/2026 10:00"], "DATETIME", "MDY"),
        ({"dates": "MDY", "type": "DATETIME"}, ["01/02/2026"], "DATETIME", "MDY"),
        ({"dates": "DMY"}, ["01/02/2026", "01/02/2026 10:00"], "DATETIME", "DMY"),
        ({"type": "DATE"}, ["13/02/2026"], "DATE", "DMY"),
        ({"type": "DATETIME"}, ["13/02/2026"], "DATETIME", "DMY"),
        ({"type": "TEXT"}, ["7"], "TEXT", ""),
        ({"numbers": "thousands"}, ["1,234"], "NUMBER", "thousands"),
        ({"type": "NUMBER"}, ["1,5"], "NUMBER", "comma"),
        ({"to": "New"}, ["2026-01-31"], "DATE", ""),
        ({"to": "New"}, [""], "TEXT", ""),
    ],
)
def test_a_new_field_has_the_type_and_form_asked(entry: object, cells: list[str], type: str, form: str) -> None:
    column = mapped({"X": entry}, cells).columns[1]
    assert (column.type, column.form, column.is_new) == (FieldType(type), form, True)


@pytest.mark.parametrize(
    ("entry", "code", "sentence"),
    [
        (
            "citty",
            "UNKNOWN_FIELD",
            'there is no field "citty" (to make it, write {"to": "citty"}); did you mean "city"?',
        ),
        ("", "REQUIRED", "say the field"),
        (7, "ONE_OF", "say a field's key, null"),
        (["city"], "ONE_OF", "say a field's key, null"),
        ({"to": 7}, "REQUIRED", "say the field"),
        ({"too": "city"}, "UNKNOWN_OPTION", '"too" is no option; it is one of to, type, rule'),
        ("updated_at", "READ_ONLY", "Updated is kept by the system"),
        ({"to": "last opened at"}, "READ_ONLY", "Last Opened is kept by the system"),
        ({"type": "INTEGER"}, "UNKNOWN_OPTION", '"INTEGER" is no type; it is one of TEXT, NUMBER'),
        ({"type": "CHOICE"}, "NOT_ALLOWED", "make the field first"),
        ({"to": "city", "type": "DATE"}, "NOT_ALLOWED", "Kota Asal is a field of type TEXT already"),
        ({"to": "name", "type": "TEXT"}, "NOT_ALLOWED", "only a field has a type"),
        ({"rule": "fill"}, "UNKNOWN_OPTION", '"fill" is no rule; it is one of OVERWRITE, FILL, ADD'),
        ({"to": "city", "rule": "ADD"}, "NOT_ALLOWED", "only labels can be added"),
        ({"to": "status", "rule": "FILL"}, "NOT_ALLOWED", "a rule is for names"),
        ({"to": "created_at", "clears": True}, "NOT_ALLOWED", "a rule is for names"),
        ({"to": "city", "clears": 1}, "INVALID_BOOLEAN", "true or false"),
        ({"to": "city", "rule": "FILL", "clears": True}, "NOT_ALLOWED", "only a column that overwrites"),
        ({"to": "labels", "clears": True}, "NOT_ALLOWED", "only a column that overwrites"),
        ({"to": "city", "dates": "DMY"}, "NOT_ALLOWED", "only dates"),
        ({"to": "born", "numbers": "comma"}, "NOT_ALLOWED", "only numbers"),
        ({"dates": "DDMMYY"}, "UNKNOWN_OPTION", '"DDMMYY" is no form of dates; it is one of ISO, YMD, DMY, MDY'),
        ({"numbers": []}, "UNKNOWN_OPTION", "this is no form of numbers; it is one of plain, comma, thousands"),
        ({"to": "city", "words": {"a": "ACTIVE"}}, "NOT_ALLOWED", "only a status column has words"),
        ({"to": "status", "words": {"a": "active"}}, "UNKNOWN_OPTION", '"active" is no status'),
        ({"to": "status", "words": []}, "INVALID_STATUS", "the column's words"),
        ({"to": "status", "words": {"ja": "ACTIVE", " JA": "PENDING"}}, "TAKEN", '" JA" is given twice'),
        ({"to": "status", "words": {"x" * 201: "ACTIVE"}}, "TOO_LONG", "longer than 200"),
        ({"to": "status", "words": {"Cleaned": "PENDING"}}, "INVALID_STATUS", "it is UNSUBSCRIBED or HARD_BOUNCE"),
        ({"to": "status", "words": {"opt-out": ""}}, "INVALID_STATUS", "people who must not be mailed"),
        ({"to": "status", "words": {}}, "INVALID_STATUS", "the column's words"),
        ({"to": "x" * 201}, "TOO_LONG", "longer than 200"),
        ({"to": "a\x00b"}, "INVALID_TEXT", "can't be stored"),
    ],
)
def test_what_cannot_be_asked_is_refused(entry: object, code: str, sentence: str) -> None:
    (problem,) = refused({"X": entry})
    assert (problem.code.value, problem.path) == (code, 'mapping["X"]')
    assert sentence in problem.message


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("citty", "UNKNOWN_FIELD"),
        ({"to": "city", "type": "DATE"}, "NOT_ALLOWED"),
        ({"to": "New", "type": "TEXT", "dates": "DMY"}, "NOT_ALLOWED"),
        ({"to": "New", "dates": "DMY", "numbers": "comma"}, "NOT_ALLOWED"),
        ({"to": "labels", "clears": True}, "NOT_ALLOWED"),
        ({"to": "New", "type": "NUMBER", "numbers": "comma"}, None),
        ({"numbers": "comma"}, None),
        (None, None),
    ],
)
def test_what_the_file_does_not_change_is_told_without_it(entry: object, code: str | None) -> None:
    if code is None:
        assert len(check_mapping({"X": entry, "Y": "city"}, OWN)) == 2
        return
    with pytest.raises(Refused) as raised:
        check_mapping({"X": entry, "Y": 7}, OWN)
    problems = [(problem.code.value, problem.path) for problem in raised.value.problems]
    assert problems == [(code, 'mapping["X"]'), ("ONE_OF", 'mapping["Y"]')]


def test_piled_marks_are_the_name_of_no_column() -> None:
    (problem,) = refused({"x" + "\u0316\u0301" * 400: None})
    assert problem.code.value == "NOT_FOUND"


@pytest.mark.parametrize("mapping", [[], "email", 7, True])
def test_what_is_no_mapping_is_refused(mapping: object) -> None:
    (problem,) = refused(mapping)
    assert (problem.code.value, problem.path) == ("ONE_OF", "mapping")


def test_all_problems_are_told_at_once() -> None:
    problems = refused(
        {"Y": "citty", "X": {"rule": "MIX", "clears": "no", "to": "updated_at"}, "EMAIL": {"dates": 1}}
    )
    assert [(problem.code.value, problem.path) for problem in problems] == [
        ("NOT_FOUND", 'mapping["Y"]'),
        ("UNKNOWN_FIELD", 'mapping["Y"]'),
        ("UNKNOWN_OPTION", 'mapping["X"]'),
        ("INVALID_BOOLEAN", 'mapping["X"]'),
        ("READ_ONLY", 'mapping["X"]'),
        ("UNKNOWN_OPTION", 'mapping["EMAIL"]'),
    ]
    assert problems[0].message == 'the file has no column "Y"; it has "email", "X"'


def test_a_column_that_is_not_there_is_told_with_those_that_are() -> None:
    (problem,) = refused({"emial": None})
    assert problem.message == 'the file has no column "emial"; it has "email", "X"; did you mean "email"?'
    with pytest.raises(Refused, match=r'it has "c0", .*"c19", …;'):
        planned([f"c{number}" for number in range(30)], [], mapping={"zzz": None})


def test_a_column_can_be_mapped_once() -> None:
    problems = refused({"X": "city", "x": "born"})
    assert [(problem.code.value, problem.path) for problem in problems] == [("TAKEN", 'mapping["x"]')]


def test_a_mapping_of_too_many_columns_is_refused() -> None:
    assert len(refused({f"column {number}": "citty" for number in range(1_000)})) == 2_000
    (problem,) = refused({str(number): None for number in range(1_001)})
    assert (problem.code.value, problem.path) == ("TOO_MANY_VALUES", "mapping")


def test_hostile_headers_are_shown_fit_to_be_sent() -> None:
    (problem,) = refused({"\ud800" * 500: None})
    assert problem.path == f'mapping["{"?" * 100}"]'


@pytest.mark.parametrize(
    ("mapping", "roles"),
    [
        ({"Mail": "email"}, [Role.EMAIL, Role.NOTHING, Role.TEXT]),
        ({"Mail": "name"}, [Role.TEXT, Role.EMAIL, Role.NOTHING]),
        ({"Mail": "name", "Name": {"to": "Nick"}}, [Role.TEXT, Role.EMAIL, Role.FIELD]),
    ],
)
def test_what_is_asked_goes_before_what_names_say(mapping: dict[str, Any], roles: list[Role]) -> None:
    plan = planned(["Mail", "Email", "Name"], [["a@example.com", "b@example.com", "Ayu"]], mapping=mapping)
    assert [column.role for column in plan.columns] == roles


def test_two_columns_cannot_be_asked_to_be_one() -> None:
    with pytest.raises(Refused, match=r'mapping\["Y"\]: "X" and "Y" mean the same field'):
        planned(["email", "X", "Y"], [["a@example.com", "x", "y"]], mapping={"Y": "city", "X": "city"})


def test_a_part_of_the_attributes_can_be_mapped() -> None:
    header, rows = ["uuid", "email", "attributes"], [["1", "a@example.com", '{"town": "Solo", "secret": "x"}']]
    plan = planned(header, rows, OWN, mapping={"attributes.town": "city", "Attributes.Secret": None})
    assert [(column.role, column.key) for column in plan.columns[3:]] == [(Role.FIELD, "city"), (Role.NOTHING, "")]


@pytest.mark.parametrize("entry", [None, {"to": "Everything"}])
def test_attributes_that_are_mapped_whole_are_not_expanded(entry: object) -> None:
    header, rows = ["uuid", "email", "attributes"], [["1", "a@example.com", '{"town": "Solo"}']]
    plan = planned(header, rows, OWN, mapping={"attributes": entry})
    assert (len(plan.columns), plan.expansions) == (3, ())
