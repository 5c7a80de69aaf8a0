"""Cells of JSON objects become cells of their own."""

import pytest

from app.transfer.columns.expansion import Expansion


@pytest.mark.parametrize(
    ("cell", "wider"),
    [
        ('{"city": "Jakarta", "age": 20}', ["Jakarta", "20"]),
        ('{"age": 2.50, "city": true}', ["true", "2.5"]),
        ('{"city": ["a", "b, c", null], "age": null}', ['a, "b, c"', ""]),
        ('{"city": [["a, b", ["c"]], "d"]}', ['"[""a, b"",[""c""]]", d', ""]),
        ('{"city": {"name": "Solo"}}', ['{"name":"Solo"}', ""]),
        ('{"other": 1}', ["", ""]),
        ("{}", ["", ""]),
        ("", ["", ""]),
        ("[1, 2]", ["", ""]),
        ("{broken", ["", ""]),
        ("[" * 5_000, ["", ""]),
    ],
)
def test_row_is_widened_by_its_keys(cell: str, wider: list[str]) -> None:
    expansion = Expansion(1, ("city", "age"))
    assert expansion.widen([["a", cell, "z"], ["b", cell, "y"]]) == [
        ["a", cell, "z", *wider],
        ["b", cell, "y", *wider],
    ]
