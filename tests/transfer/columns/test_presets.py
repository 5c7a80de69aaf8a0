"""Exports of other tools, planned with no mapping by hand."""

from collections.abc import Iterable

import pytest

from app.filters.catalog import Field
from app.filters.values import read_value
from app.filters.vocabulary import FieldType, Status
from app.transfer.columns import forms
from app.transfer.columns.plan import Column, Plan, Role, Rule
from app.transfer.columns.presets import PRESETS
from app.transfer.columns.presets.preset import Preset
from app.transfer.columns.statuses import read_status, strictest, word_of
from app.transfer.columns.words import plain
from tests.transfer.columns.catalogs import CITY, EMPTY, catalog, planned, sample
from tests.transfer.columns.exports import PLANS, TOOLS


def told(column: Column) -> str:
    """A column of the plan in a few words."""
    form = f" as {column.form}" if column.form else ""
    match column.role:
        case Role.NOTHING:
            return ""
        case Role.FIELD:
            part = f" part {column.name_part}" if column.name_part else ""
            return f"{'new ' if column.is_new else ''}{column.key} {column.type.value}{form}{part}"
        case _:
            return f"{column.role.value} {column.key}{form}".strip()


def names(plan: Plan, header: Iterable[str]) -> list[str]:
    """What the caller calls the plan's columns."""
    given = list(header)
    return given + [f"{given[one.place]}.{key}" for one in plan.expansions for key in one.keys]


@pytest.mark.parametrize("name", PLANS)
def test_an_export_is_planned_by_its_tool(name: str) -> None:
    header, rows = sample(name)
    plan = planned(header, rows, EMPTY)
    assert dict(zip(names(plan, header), map(told, plan.columns), strict=True)) == PLANS[name]
    assert plan.tool == TOOLS[name]


@pytest.mark.parametrize("name", TOOLS)
def test_each_row_of_an_export_gets_its_status(name: str) -> None:
    """Each sample's addresses say what the row's status must come to."""
    header, rows = sample(name)
    plan = planned(header, rows, EMPTY)
    email = next(place for place, column in enumerate(plan.columns) if column.role is Role.EMAIL)
    whole = Status(plan.status) if plan.status else None
    for row in rows:
        cells = zip(plan.columns, row, strict=False)
        said = [read_status(cell, column.words) for column, cell in cells if column.role is Role.STATUS]
        status = strictest([whole, *said])
        assert f".{status.value.lower() if status else 'silent'}@" in row[email]


@pytest.mark.parametrize("name", TOOLS)
def test_every_value_of_an_export_can_be_read(name: str) -> None:
    header, rows = sample(name)
    plan = planned(header, rows, EMPTY)
    for expansion in plan.expansions:
        rows = expansion.widen(rows)
    values = [
        read_value(forms.read(cell, column.form, column.type), Field(column.key, "", column.type), EMPTY.zone)
        for row in rows
        for column, cell in zip(plan.columns, row, strict=True)
        if column.role in (Role.FIELD, Role.TIME)
    ]
    assert sum(value is not None for value in values) >= len(rows)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.tool)
def test_a_preset_writes_its_headers_plainly(preset: Preset) -> None:
    headers = [*preset.columns, *preset.objects, *preset.implied, *(start for start, _ in preset.starts)]
    assert [
        header for header in (*headers, *(one for sign in preset.signs for one in sign)) if plain(header) != header
    ] == []
    words = [word for column in preset.columns.values() for word, _ in column.words if word != "*"]
    assert [word for word in words if word_of(word) != word] == []


@pytest.mark.parametrize("name", TOOLS)
def test_an_export_in_any_case_and_order_is_recognised(name: str) -> None:
    header, rows = sample(name)
    turned = [cell.upper() for cell in reversed(header)]
    assert planned(turned, [row[::-1] for row in rows], EMPTY).tool == TOOLS[name]


def test_a_file_put_together_by_hand_is_read_row_by_row() -> None:
    header = ["Email Address", "LEID", "EUID", "UNSUB_TIME", "CLEAN_TIME"]
    rows = [[f"{number}@example.com", "1", "1", "", ""] for number in range(3)]
    rows[1][3] = rows[2][4] = "2025-01-31 10:00:00"
    plan = planned(header, rows, EMPTY)
    assert plan.status == ""
    assert [told(column) for column in plan.columns[3:]] == ["STATUS", "STATUS"]
    statuses = [strictest(read_status(row[at], plan.columns[at].words) for at in (3, 4)) for row in rows]
    assert statuses == [None, Status.UNSUBSCRIBED, Status.HARD_BOUNCE]


def test_our_own_export_makes_nothing_new() -> None:
    header, rows = sample("pilah")
    plan = planned(header, rows, catalog(CITY, Field("tags", "Tags", FieldType.TEXT, (), 9)))
    assert [told(column) for column in plan.columns] == [
        "EMAIL",
        "TEXT name",
        "STATUS",
        "LABELS",
        "TEXT source",
        "TEXT external_id",
        "TIME created_at",
        "",
        "TIME subscribed_at",
        "",
        "",
        "",
        "city TEXT",
        "tags TEXT",
    ]
    assert plan.columns[2].words == ()
    assert plan.columns[3].rule is Rule.ADD
