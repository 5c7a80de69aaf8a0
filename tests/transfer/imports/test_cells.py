"""Cells as they are staged, each text once."""

from zoneinfo import ZoneInfo

import pytest

from app.filters.catalog import Field
from app.filters.vocabulary import FieldType
from app.transfer.columns.plan import Column, Role
from app.transfer.imports.cells import LONGEST_KEPT, Cells, Fault, field_cells, label_cells

PILE = "a" + "\u0316\u0301" * 200


@pytest.mark.parametrize("type", [type for type in FieldType if type is not FieldType.CHOICE])
def test_no_field_takes_piled_marks(type: FieldType) -> None:
    field = Field("x", "X", type)
    cells = field_cells(Column(Role.FIELD, "x", "X", type), field, ZoneInfo("UTC"))
    assert cells[PILE] == Fault("X: this text piles too many marks on one character")


def test_a_name_too_long_for_a_label_is_none() -> None:
    long = "x" * 201
    found = label_cells(Column(Role.LABELS, name="Tags"), {long: 7, "vip": 8})
    assert found["VIP"] == {8}
    assert found[f"VIP, {long}"] == Fault(f'Tags: "{long[:40]}" can\'t be a label')


def test_only_short_texts_are_kept() -> None:
    cells = Cells(len)
    assert [cells["x" * LONGEST_KEPT], cells["x" * (LONGEST_KEPT + 1)]] == [LONGEST_KEPT, LONGEST_KEPT + 1]
    assert list(cells) == ["x" * LONGEST_KEPT]
